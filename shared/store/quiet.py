"""Which feeds are quiet: silent for longer than their own rhythm makes likely. A failing feed is not quiet."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, text

from shared.domain.polling.rhythm import Rhythm
from shared.domain.polling.silence import Silence


@dataclass(frozen=True, slots=True)
class SilentFeed:
    """A feed whose silence is to be judged, listened to until `heard_until`; `told` if it was quiet before."""

    id: UUID
    rhythm: Rhythm
    heard_until: datetime
    told: bool


# A poll that failed for our own reasons counts no failure, and was no listening either. `quiet_after` is
# reckoned when a feed speaks: what is not due costs nothing here. What the first document alone says of a rhythm
# (an import has thousands of entries of one minute) is not held against a feed for the first day.
_SILENT = text("""
    SELECT id, rhythm, last_polled_at, quiet_since IS NOT NULL AS told FROM core.feeds
    WHERE state = 'active' AND removed_at IS NULL AND failures = 0 AND quiet_after < last_polled_at
      AND created_at < now() - interval '1 day'
      AND last_outcome IN ('not_modified', 'unchanged', 'moved', 'changed')
      AND (quiet_judged_at IS NULL OR quiet_judged_at < now() - interval '1 hour')
    ORDER BY quiet_after LIMIT :most FOR UPDATE SKIP LOCKED
""")

_QUIET = text("""
    UPDATE core.feeds SET quiet_since = :since, quiet_chance = :chance, quiet_words = :words,
        quiet_judged_at = now()
    WHERE id = :id
""")

_HEARD_AGAIN = text("""
    UPDATE core.feeds SET quiet_since = NULL, quiet_chance = NULL, quiet_words = '', quiet_judged_at = NULL
    WHERE quiet_since IS NOT NULL AND (spoke_at > quiet_since OR state <> 'active')
    RETURNING id, old.quiet_since, CASE WHEN spoke_at > old.quiet_since THEN spoke_at END AS spoke_at
""")


def load_silent_feeds(connection: Connection, most: int) -> list[SilentFeed]:
    """Load the feeds whose silence has become remarkable, or was an hour ago."""
    rows = connection.execute(_SILENT, {"most": most})
    return [
        SilentFeed(row.id, rhythm, row.last_polled_at, row.told)
        for row in rows
        if (rhythm := Rhythm.from_bytes(row.rhythm)) is not None
    ]


def mark_feeds_quiet(connection: Connection, silences: Mapping[UUID, Silence]) -> None:
    """Write down that these feeds are quiet: since when, how likely that is, and in words."""
    rows = [
        {"id": feed_id, "since": silence.since, "chance": silence.chance, "words": silence.words}
        for feed_id, silence in silences.items()
    ]
    if rows:
        connection.execute(_QUIET, rows)


@dataclass(frozen=True, slots=True)
class HeardAgain:
    """A feed that is quiet no more; `spoke_at` is None where it was paused or is gone."""

    id: UUID
    quiet_since: datetime
    spoke_at: datetime | None


def mark_feeds_heard_again(connection: Connection) -> list[HeardAgain]:
    """Clear the mark of quiet feeds that spoke again, were paused or are gone."""
    return [HeardAgain(row.id, row.quiet_since, row.spoke_at) for row in connection.execute(_HEARD_AGAIN)]
