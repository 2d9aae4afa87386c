"""What `once` asks the database: what is left to do, and what its run came to."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, text


@dataclass(frozen=True, slots=True)
class OnceCounts:
    """What one run of the whole line came to; `unchanged` polls are counted in `not_modified`."""

    feeds: int
    not_modified: int
    failed: int
    fetches: int
    releases_new: int
    releases_revised: int
    alerts_new: int
    delivered: int
    pending: int


_COUNT = text("""
    SELECT p.feeds, p.not_modified, p.failed,
        (SELECT count(*) FROM core.fetches WHERE fetched_at >= :since) AS fetches,
        (SELECT count(*) FROM core.releases WHERE first_seen_at >= :since) AS releases_new,
        (SELECT count(*) FROM core.revisions WHERE made_at >= :since AND revision > 1) AS releases_revised,
        (SELECT count(*) FROM core.alerts WHERE created_at >= :since) AS alerts_new,
        (SELECT count(*) FROM core.messages WHERE told_at >= :since) AS delivered,
        (SELECT count(*) FROM core.messages WHERE state = 'pending') AS pending
    FROM (
        SELECT count(*) AS feeds,
            count(*) FILTER (WHERE outcome IN ('not_modified', 'unchanged')) AS not_modified,
            count(*) FILTER (WHERE outcome NOT IN ('not_modified', 'unchanged', 'moved', 'changed')) AS failed
        FROM core.polls WHERE started_at >= :since) p
""")


def count_since(connection: Connection, since: datetime) -> OnceCounts:
    """Count what has come about since an instant."""
    row = connection.execute(_COUNT, {"since": since}).one()
    return OnceCounts(**row._asdict())


def list_late(connection: Connection) -> list[UUID]:
    """List the releases whose late pages are due to be asked for again."""
    return list(
        connection.scalars(
            text(
                "SELECT id FROM core.releases WHERE (state = 'settling' OR late_until IS NOT NULL) "
                "AND state = 'settled' AND merged_into IS NULL AND erased_at IS NULL AND ring_at <= now() "
                "AND (leased_until IS NULL OR leased_until < now()) ORDER BY id"
            )
        )
    )


def list_settling(connection: Connection) -> list[tuple[UUID, bool]]:
    """List the releases that wait for their page, and whether each one's time has come."""
    rows = connection.execute(
        text(
            "SELECT id, coalesce(ring_at, now()) <= now() OR settle_attempts = 0 AS is_due FROM core.releases "
            "WHERE state = 'settling' AND (leased_until IS NULL OR leased_until < now()) ORDER BY id"
        )
    )
    return [(row.id, row.is_due) for row in rows]
