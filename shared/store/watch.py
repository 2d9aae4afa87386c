"""What is watched: topics and subscriptions as the matcher and the alerts need them, and their version."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from shared.domain.alerts.holding import Timing
from shared.domain.topics.evidence import TopicQuery


@dataclass(frozen=True, slots=True)
class WatchChanges:
    """What is watched as of one version of `core.topic_version`, as changes since another, 0 for all of it.

    `topics` are new or other than they were, `removed` the ids of those that are no longer watched.
    """

    since: int
    version: int
    topics: tuple[TopicQuery, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Watcher:
    """One live subscription of a topic: when it may be told, until when it holds, how long a message is good."""

    subscription_id: UUID
    topic_id: UUID
    endpoint_id: UUID
    format: str
    timing: Timing
    held_until: datetime | None
    ttl: timedelta | None
    per: str = "release"


def load_changes(connection: Connection, since_version: int) -> WatchChanges:
    """Load the topics that changed after a version, 0 for all; a database that went back is loaded whole."""
    version = get_watched_version(connection)
    after = since_version if since_version <= version else 0
    rows = connection.execute(
        text(
            "SELECT id, name, query, version, removed_at IS NOT NULL AS removed FROM core.topics "
            "WHERE changed_version > :after AND (removed_at IS NULL OR :after > 0) ORDER BY id"
        ),
        {"after": after},
    ).all()
    return WatchChanges(
        after,
        version,
        tuple(TopicQuery(str(row.id), row.name, row.query, row.version) for row in rows if not row.removed),
        tuple(str(row.id) for row in rows if row.removed),
    )


def get_watched_version(connection: Connection) -> int:
    """Read the version without holding it."""
    return int(connection.scalar(text("SELECT version FROM core.topic_version")) or 0)


def hold_watched_version(connection: Connection) -> int:
    """Read the version and hold it until the transaction ends.

    Whoever changes a topic or subscription waits for us, so nothing is stored beside a change unmatched.
    """
    return int(connection.scalar(text("SELECT version FROM core.topic_version FOR SHARE")) or 0)


def raise_watched_version(connection: Connection) -> int:
    """Say that what is watched has changed; give the version from which on releases are matched with it."""
    return int(
        connection.scalar(text("UPDATE core.topic_version SET version = version + 1 RETURNING version")) or 0
    )


def hold_watchers(connection: Connection, topic_ids: Collection[UUID]) -> list[Watcher]:
    """List the live subscriptions of these topics, and hold them until the transaction ends.

    All at once, in the order of their ids: whoever replays holds several too, and two that took them in other
    orders would wait for each other.
    """
    rows = connection.execute(
        text(
            "SELECT id, topic_id, endpoint_id, format, held_until, ttl, gather, digest_at, zone, quiet_from, "
            "quiet_to, muted_until, per FROM core.subscriptions "
            "WHERE removed_at IS NULL AND topic_id = ANY(:ids) ORDER BY id FOR UPDATE"
        ),
        {"ids": list(topic_ids)},
    )
    return [
        Watcher(
            row.id,
            row.topic_id,
            row.endpoint_id,
            row.format,
            timing_of(row),
            row.held_until,
            row.ttl,
            row.per,
        )
        for row in rows
    ]


def timing_of(row: Row[Any]) -> Timing:
    """Read when a subscription may be told from its columns."""
    quiet = (row.quiet_from, row.quiet_to) if row.quiet_from is not None else None
    return Timing(row.gather, row.digest_at, row.zone, quiet, row.muted_until)


def mark_topics_rang(connection: Connection, topic_ids: Sequence[UUID]) -> None:
    """Note that these topics rang just now; what they have read since proves a silence."""
    connection.execute(
        text("UPDATE core.topics SET last_rang_at = now() WHERE id = ANY(:ids)"), {"ids": list(topic_ids)}
    )
