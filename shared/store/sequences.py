"""The numbers of a subscription's messages: without a hole, so that a hole is a message not delivered."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection, text


def take_sequences(connection: Connection, subscriptions: Sequence[UUID]) -> list[int]:
    """Take the next number of each subscription named, as often as it is named, in that order.

    Taken last in the transaction that makes the messages, and locked in the order of the ids.
    """
    distinct = sorted(set(subscriptions))
    rows = connection.execute(
        text("SELECT id, sequence FROM core.subscriptions WHERE id = ANY(:ids) ORDER BY id FOR UPDATE"),
        {"ids": distinct},
    )
    last = {row.id: row.sequence for row in rows}
    taken = []
    for subscription in subscriptions:
        last[subscription] += 1
        taken.append(last[subscription])
    connection.execute(
        text("UPDATE core.subscriptions SET sequence = :sequence WHERE id = :id"),
        [{"id": subscription, "sequence": last[subscription]} for subscription in distinct],
    )
    return taken
