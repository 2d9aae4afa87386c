"""What is watched: topics and subscriptions as the matcher and the alerts need them, and their version."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from shared.domain.evidence import TopicQuery
from shared.domain.holding import Timing


@dataclass(frozen=True, slots=True)
class Watch:
    """Every live topic, as of one version of `core.topic_version`."""

    version: int
    topics: tuple[TopicQuery, ...]


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


def load_watch(connection: Connection) -> Watch:
    """Load every live topic with the version that they make up."""
    version = get_watched_version(connection)
    rows = connection.execute(
        text("SELECT id, name, query, version FROM core.topics WHERE removed_at IS NULL ORDER BY id")
    )
    return Watch(version, tuple(TopicQuery(str(row.id), row.name, row.query, row.version) for row in rows))


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


def list_watchers(connection: Connection, topic_ids: Collection[UUID]) -> list[Watcher]:
    """List the live subscriptions of these topics."""
    rows = connection.execute(
        text(
            "SELECT id, topic_id, endpoint_id, format, held_until, ttl, gather, digest_at, zone, quiet_from, "
            "quiet_to, muted_until FROM core.subscriptions "
            "WHERE removed_at IS NULL AND topic_id = ANY(:ids) ORDER BY id"
        ),
        {"ids": list(topic_ids)},
    )
    return [
        Watcher(row.id, row.topic_id, row.endpoint_id, row.format, timing_of(row), row.held_until, row.ttl)
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
