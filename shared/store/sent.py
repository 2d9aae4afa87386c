"""What was sent, or will be: a message with where it goes and what it is signed with."""

from dataclasses import dataclass

from sqlalchemy import Connection, text

from shared.store.subscriptions import Door, load_door


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message as each attempt at it is built: its id, its bytes, its endpoint."""

    webhook_id: str
    payload: bytes
    door: Door


def load_sent(connection: Connection, webhook_id: str) -> SentMessage | None:
    """Load the message that goes by this `webhook-id`; None where there is none, as of a test message."""
    row = connection.execute(
        text("SELECT webhook_id, payload, endpoint_id FROM core.messages WHERE webhook_id = :id"),
        {"id": webhook_id},
    ).one_or_none()
    if row is None:
        return None
    return SentMessage(row.webhook_id, bytes(row.payload), load_door(connection, row.endpoint_id))
