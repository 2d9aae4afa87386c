"""Withdrawals: a release keeps its text and says that it was taken back."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from shared.domain.releases.identity import fold_title
from shared.domain.releases.withdrawal import TakenBack

# A wire takes back what it has sent lately; among so many, its title is sought.
_LATEST_RELEASES = 500

# Revision n+1 holds the same text: what has been told is told once more, by the same account.
_AGAIN = text("""
    INSERT INTO core.revisions (release_id, revision, title, summary, body, dateline, language, zones, words,
        made_at, changes)
    SELECT release_id, revision + 1, title, summary, body, dateline, language, zones, words, :now, NULL
    FROM core.revisions WHERE release_id = :id AND revision = :revision
""")


@dataclass(frozen=True, slots=True)
class WithdrawnRelease:
    """A release as its withdrawal is told: its new revision, with the text of the one before."""

    id: UUID
    revision: int
    backlog: bool
    facts: dict[str, Any]


def find_withdrawable(connection: Connection, taken: TakenBack) -> UUID | None:
    """Find the release that a feed takes back: only that of which it is the primary source itself."""
    known: UUID | None = connection.scalar(
        text(
            "SELECT s.release_id FROM core.sightings s "
            "JOIN core.releases r ON r.id = s.release_id AND r.merged_into IS NULL AND r.erased_at IS NULL "
            "WHERE s.feed_id = :feed AND s.entry_key = :key AND s.is_primary "
            "ORDER BY s.last_seen_at DESC, s.release_id DESC LIMIT 1"
        ),
        {"feed": taken.feed_id, "key": taken.entry_key},
    )
    return known or _find_by_title(connection, taken.feed_id, taken.titles)


def _find_by_title(connection: Connection, feed_id: UUID, titles: Collection[str]) -> UUID | None:
    if not titles:
        return None
    rows = connection.execute(
        text(
            "SELECT r.id, v.title FROM ("
            "  SELECT release_id FROM core.sightings WHERE feed_id = :feed AND is_primary "
            "  AND first_seen_at > now() - interval '30 days' ORDER BY first_seen_at DESC LIMIT :most) s "
            "JOIN core.releases r ON r.id = s.release_id AND r.merged_into IS NULL AND r.erased_at IS NULL "
            "JOIN core.revisions v ON v.release_id = r.id AND v.revision = r.revision ORDER BY r.id DESC"
        ),
        {"feed": feed_id, "most": _LATEST_RELEASES},
    )
    return next((row.id for row in rows if fold_title(row.title) in titles), None)


def mark_withdrawn(
    connection: Connection, release_id: UUID, taken: TakenBack, *, now: datetime
) -> WithdrawnRelease | None:
    """Withdraw a release, its text kept; None where it is withdrawn already."""
    if taken.carried is not None:
        connection.execute(
            text(
                "UPDATE core.sightings SET carried = :carried, last_seen_at = :now "
                "WHERE release_id = :id AND feed_id = :feed AND entry_key = :key"
            ),
            {
                "carried": taken.carried,
                "now": now,
                "id": release_id,
                "feed": taken.feed_id,
                "key": taken.entry_key,
            },
        )
    row = connection.execute(
        text(
            "UPDATE core.releases SET withdrawn_at = coalesce(CAST(:at AS timestamptz), :now), "
            "withdrawn_reason = :reason, revision = revision + 1, updated_at = :now "
            "WHERE id = :id AND withdrawn_at IS NULL RETURNING *"
        ),
        {
            "at": _past(taken.at, now),
            "now": now,
            "reason": taken.reason,
            "id": release_id,
        },
    ).one_or_none()
    if row is None:
        return None
    connection.execute(_AGAIN, {"id": release_id, "revision": row.revision - 1, "now": now})
    told = connection.execute(
        text(
            "SELECT id, url, title, summary, language, dateline, publisher, published_at, revision "
            "FROM public.releases WHERE id = :id"
        ),
        {"id": release_id},
    )
    return WithdrawnRelease(release_id, row.revision, row.backlog, dict(told.mappings().one()))


def _past(at: datetime | None, now: datetime) -> datetime | None:
    return at if at is not None and at <= now else None
