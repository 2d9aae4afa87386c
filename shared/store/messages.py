"""Numbers messages and stores them, due now, with their bytes frozen as their door takes them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, insert

from shared.domain.alerts.doors import for_door
from shared.store.ids import new_ids
from shared.store.sequences import take_sequences
from shared.store.tables import Message, table_of


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message to a subscription's endpoint; `write` gives its standard body for the number that it gets."""

    subscription_id: UUID
    endpoint_id: UUID
    event: str
    format: str
    write: Callable[[int], bytes]
    ttl: timedelta | None = None


def add_messages(connection: Connection, wanted: Sequence[NewMessage], now: datetime) -> list[UUID]:
    """Store messages in this order and give their ids; their numbers are taken, so call it late in a transaction."""
    if not wanted:
        return []
    ids = new_ids(connection, len(wanted))
    sequences = take_sequences(connection, [one.subscription_id for one in wanted])
    rows = [
        {
            "id": message_id,
            "endpoint_id": one.endpoint_id,
            "subscription_id": one.subscription_id,
            "type": one.event,
            "format": one.format,
            "payload": for_door(one.format, one.write(sequence)),
            "sequence": sequence,
            "next_attempt_at": now,
            "created_at": now,
            "expires_at": now + one.ttl if one.ttl else None,
        }
        for message_id, sequence, one in zip(ids, sequences, wanted, strict=True)
    ]
    connection.execute(insert(table_of(Message)), rows)
    return ids
