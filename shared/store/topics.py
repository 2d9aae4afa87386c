"""Topics: named queries that someone watches; every change raises what is watched in its transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, text

from shared.errors import NotFoundError, RefusedError
from shared.store.names import looks_like_id
from shared.store.watch import raise_watched_version


@dataclass(frozen=True, slots=True)
class AddedTopic:
    """A topic that is there now; `is_new` tells whether this call made it."""

    id: UUID
    is_new: bool


def add_topic(connection: Connection, name: str, query: str) -> AddedTopic:
    """Add a topic, or give the one of this name and query; raises RefusedError where the query is another."""
    raise_watched_version(connection)
    row = connection.execute(
        text("SELECT id, query FROM core.topics WHERE name = :name AND removed_at IS NULL"), {"name": name}
    ).one_or_none()
    if row is None:
        added: UUID = connection.execute(
            text("INSERT INTO core.topics (name, query) VALUES (:name, :query) RETURNING id"),
            {"name": name, "query": query},
        ).scalar_one()
        return AddedTopic(added, True)
    if row.query != query:
        raise RefusedError(
            name, f"is a topic already, with the query {row.query!r}; `tocsin topic edit` changes it"
        )
    return AddedTopic(row.id, False)


def find_topic(connection: Connection, name: str) -> UUID:
    """Find a topic by its id or name; raises NotFoundError with the next step."""
    topic: UUID | None = connection.scalar(
        text("SELECT id FROM core.topics WHERE removed_at IS NULL AND (name = :name OR id::text = :id)"),
        {"name": name, "id": name.lower() if looks_like_id(name) else ""},
    )
    if topic is None:
        raise NotFoundError(name, "no topic has this id or name; `tocsin topic list` shows them")
    return topic


def mark_topic_edited(connection: Connection, topic_id: UUID, query: str) -> None:
    """Give a topic another query, and with it the next version; what it has told stays told."""
    raise_watched_version(connection)
    connection.execute(
        text(
            "UPDATE core.topics SET query = :query, version = version + 1 WHERE id = :id AND query <> :query"
        ),
        {"query": query, "id": topic_id},
    )


def mark_topic_removed(connection: Connection, topic_id: UUID) -> None:
    """Stop watching a topic and end its subscriptions; what they were still owed is cancelled."""
    raise_watched_version(connection)
    connection.execute(text("UPDATE core.topics SET removed_at = now() WHERE id = :id"), {"id": topic_id})
    subscriptions = connection.scalars(
        text("SELECT id FROM core.subscriptions WHERE topic_id = :id AND removed_at IS NULL ORDER BY id"),
        {"id": topic_id},
    ).all()
    end_subscriptions(connection, subscriptions)


def end_subscriptions(connection: Connection, subscription_ids: Sequence[UUID]) -> None:
    """End subscriptions: what was still to be told to them is cancelled, and says so.

    All their messages are locked at once, in the order of their ids, as by whoever records a round.
    """
    ids = {"ids": sorted(subscription_ids)}
    connection.execute(
        text("SELECT id FROM core.subscriptions WHERE id = ANY(:ids) ORDER BY id FOR UPDATE"), ids
    )
    connection.execute(
        text("UPDATE core.subscriptions SET removed_at = now(), held_until = NULL WHERE id = ANY(:ids)"), ids
    )
    connection.execute(
        text(
            "WITH held AS MATERIALIZED (SELECT id FROM core.messages "
            "  WHERE subscription_id = ANY(:ids) AND state = 'pending' ORDER BY id FOR UPDATE) "
            "UPDATE core.messages m SET state = 'cancelled', reason = 'unsubscribed', next_attempt_at = NULL "
            "FROM held WHERE m.id = held.id"
        ),
        ids,
    )
    connection.execute(
        text(
            "UPDATE core.alerts SET state = 'cancelled', reason = 'unsubscribed', telling = NULL "
            "WHERE subscription_id = ANY(:ids) AND state = 'held'"
        ),
        ids,
    )
