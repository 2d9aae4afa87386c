"""The stored releases as the matcher reads them: what a topic is tried on."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from shared.domain.draft import Zone
from shared.domain.evidence import MatchText
from shared.errors import NotFoundError
from shared.store.database import Database
from shared.store.names import looks_like_id


@dataclass(frozen=True, slots=True)
class ArchivedRelease:
    """A release in its latest revision, with its text exactly as it was matched live."""

    id: UUID
    revision: int
    first_seen_at: datetime
    url: str | None
    text: MatchText


# The feed that live matching knows a text by is the one that the text is taken from: the primary sighting's.
_RELEASES = """
    SELECT r.id, r.revision, r.first_seen_at, core.masked_url(r.url) AS url, r.tags,
        v.title, v.body, v.dateline, v.language, v.zones,
        ARRAY(SELECT DISTINCT f.title FROM core.sightings s JOIN core.feeds f ON f.id = s.feed_id
              WHERE s.release_id = r.id AND s.is_primary AND f.title <> '') AS feeds
    FROM core.releases r
    JOIN core.revisions v ON v.release_id = r.id AND v.revision = r.revision
"""
_BATCH = text(
    _RELEASES + " WHERE r.state = 'settled' AND r.first_seen_at >= :since"
    " AND (CAST(:at AS timestamptz) IS NULL OR (r.first_seen_at, r.id) < (:at, CAST(:id AS uuid)))"
    " ORDER BY r.first_seen_at DESC, r.id DESC LIMIT :most"
)
_ONE = text(_RELEASES + " WHERE r.id = :id")
_BATCH_SIZE = 200


def count_archive(connection: Connection, since: datetime) -> int:
    """Count the releases that were first seen at or after `since`."""
    statement = "SELECT count(*) FROM core.releases WHERE state = 'settled' AND first_seen_at >= :since"
    return int(connection.scalar(text(statement), {"since": since}) or 0)


def list_archive(
    database: Database, since: datetime, *, most: int | None = None
) -> Iterator[ArchivedRelease]:
    """List the releases first seen at or after `since`, the newest first, at most `most` of them.

    Reads a batch at a time, each in a transaction of its own: trying a topic on years holds up nothing.
    """
    left, at, last = most, None, None
    while left is None or left > 0:
        size = _BATCH_SIZE if left is None else min(left, _BATCH_SIZE)
        with database.begin() as connection:
            rows = connection.execute(_BATCH, {"since": since, "at": at, "id": last, "most": size}).all()
        yield from map(_archived, rows)
        if len(rows) < size:
            return
        left = None if left is None else left - size
        at, last = rows[-1].first_seen_at, rows[-1].id


def find_archived(connection: Connection, name: str) -> ArchivedRelease:
    """Find one release by its id; raises NotFoundError with the next step."""
    row = connection.execute(_ONE, {"id": name}).one_or_none() if looks_like_id(name) else None
    if row is None:
        raise NotFoundError(name, "no release has this id; `tocsin release list` shows them")
    return _archived(row)


def _archived(row: Row[Any]) -> ArchivedRelease:
    zones = tuple(Zone(**zone) for zone in row.zones)
    return ArchivedRelease(
        id=row.id,
        revision=row.revision,
        first_seen_at=row.first_seen_at,
        url=row.url,
        text=MatchText(
            row.title, row.body, row.dateline, row.language, tuple(row.tags), zones, tuple(row.feeds)
        ),
    )
