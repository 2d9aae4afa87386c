"""The stored texts as the matcher read them: what a topic is tried on, found by their terms."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Row, text

from shared.domain.releases.draft import Zone
from shared.domain.topics.evidence import MatchText
from shared.domain.topics.needed_terms import Needed
from shared.domain.topics.terms_version import terms_version
from shared.errors import NotFoundError
from shared.store.names import looks_like_id
from shared.store.read_texts import AskedTerms, asked_terms


class ArchiveKey(NamedTuple):
    """One revision of a release, and when it was matched live."""

    release_id: UUID
    revision: int
    read_at: datetime


@dataclass(frozen=True, slots=True)
class ArchivedRelease:
    """One revision of a release, with its text exactly as it was matched live.

    `published_at` is the claim where it is believed, else when it was first seen; `backlog` tells that it was in
    a quiet feed's first document and rings for nobody.
    """

    id: UUID
    revision: int
    first_seen_at: datetime
    published_at: datetime
    publisher: str
    url: str | None
    backlog: bool
    text: MatchText


@dataclass(frozen=True, slots=True)
class ArchiveCounts:
    """How many texts there are: those with terms, by language, and those that must be read in full."""

    by_language: Mapping[str | None, int]
    without_terms: int
    oldest_at: datetime | None

    @property
    def total(self) -> int:
        """Count them all."""
        return sum(self.by_language.values()) + self.without_terms


# A text's language where nobody knows it.
_UNKNOWN = "unknown"
# Matched live, and without terms that ours can ask for: stored before they were, or by another version of us.
_WITHOUT_TERMS = """
    FROM core.revisions v
    JOIN core.releases r ON r.id = v.release_id
    LEFT JOIN core.read_texts t ON t.release_id = v.release_id AND t.revision = v.revision
    WHERE v.made_at >= :since AND (r.state = 'settled' OR r.matched_version IS NOT NULL)
        AND r.merged_into IS NULL AND r.erased_at IS NULL
        AND (t.terms IS NULL OR t.terms_version <> :version)
"""
_COUNT_WITHOUT = text(f"SELECT count(*) AS texts, min(v.made_at) AS oldest {_WITHOUT_TERMS}")
_LIST_WITHOUT = text(
    f"SELECT v.release_id, v.revision, coalesce(t.read_at, v.made_at) AS read_at {_WITHOUT_TERMS}"
)
_COUNT_READ = text("""
    SELECT language, count(*) AS texts, min(read_at) AS oldest FROM core.read_texts
    WHERE read_at >= :since AND terms_version = :version AND terms IS NOT NULL GROUP BY language
""")
_LIST_READ = text("""
    SELECT release_id, revision, read_at FROM core.read_texts
    WHERE read_at >= :since AND terms_version = :version AND terms IS NOT NULL
        AND coalesce(language, 'unknown') = ANY(CAST(:languages AS text[]))
""")
# Apart, so that the index of terms is the only way: the planner knows nothing of how rare a word is, and for many
# conditions would rather read everything.
_LIST_BY_TERMS = text("""
    WITH met AS MATERIALIZED (
        SELECT t.release_id, t.revision, t.read_at, asked.part, asked.least
        FROM unnest(CAST(:conditions AS tsquery[]), CAST(:languages AS text[]), CAST(:parts AS integer[]),
            CAST(:least AS integer[])) AS asked (condition, languages, part, least)
        JOIN core.read_texts t ON t.terms @@ asked.condition
        WHERE t.terms_version = :version
            AND coalesce(t.language, 'unknown') = ANY(string_to_array(asked.languages, ' ')))
    SELECT release_id, revision, read_at FROM met WHERE read_at >= :since
    GROUP BY release_id, revision, read_at HAVING count(DISTINCT part) >= min(least)
""")
# What live matching knew a text by is in read_texts; before that was kept, its feed is the primary sighting's.
_TEXTS = """
    SELECT r.id, v.revision, r.first_seen_at, core.masked_url(r.url) AS url, r.publisher, r.backlog,
        CASE WHEN r.published_at <= r.first_seen_at THEN r.published_at ELSE r.first_seen_at END AS published_at,
        v.title, v.body, v.dateline, v.language, v.zones,
        coalesce(t.tags, r.tags) AS tags,
        coalesce(t.feeds, ARRAY(
            SELECT DISTINCT f.title FROM core.sightings s JOIN core.feeds f ON f.id = s.feed_id
            WHERE s.release_id = r.id AND s.is_primary AND f.title <> '')) AS feeds
    FROM core.releases r
    JOIN core.revisions v ON v.release_id = r.id
    LEFT JOIN core.read_texts t ON t.release_id = r.id AND t.revision = v.revision
"""
_MANY = text(
    _TEXTS
    + " JOIN unnest(CAST(:ids AS uuid[]), CAST(:revisions AS integer[])) AS k (id, revision)"
    + " ON r.id = k.id AND v.revision = k.revision"
)
_ONE = text(_TEXTS + " WHERE r.id = :id AND v.revision = r.revision")


def count_archive(connection: Connection, since: datetime) -> ArchiveCounts:
    """Count the texts that were matched at or after `since`."""
    wanted = {"since": since, "version": terms_version()}
    rows = connection.execute(_COUNT_READ, wanted).all()
    without = connection.execute(_COUNT_WITHOUT, wanted).one()
    oldest = [row.oldest for row in (*rows, without) if row.oldest is not None]
    counts = {row.language: int(row.texts) for row in rows}
    return ArchiveCounts(counts, int(without.texts), min(oldest, default=None))


def list_by_terms(
    connection: Connection, since: datetime, needed: Mapping[str | None, Needed | None]
) -> list[ArchiveKey]:
    """List the texts in each of these languages whose terms hold what is needed in it (None: all of them).

    They may also be texts that hold a little less; those of other languages are left out.
    """
    wanted = {"since": since, "version": terms_version()}
    whole = [language or _UNKNOWN for language, terms in needed.items() if terms is None]
    rows = list(connection.execute(_LIST_READ, {**wanted, "languages": whole})) if whole else []
    asked = _asked_in(needed)
    if asked:
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        # Planned as if every condition were met by many: compiling takes longer than the answer.
        connection.execute(text("SET LOCAL jit = off"))
        rows += connection.execute(_LIST_BY_TERMS, {**wanted, **asked})
    return [ArchiveKey(*row) for row in rows]


def _asked_in(needed: Mapping[str | None, Needed | None]) -> dict[str, list[Any]]:
    """Give the columns of what is asked for: a condition that several languages share stands there once."""
    languages: defaultdict[tuple[str, int, int], list[str]] = defaultdict(list)
    for language, terms in needed.items():
        asked = AskedTerms(0, ()) if terms is None else asked_terms(terms)
        for part, conditions in enumerate(asked.parts):
            for condition in conditions:
                languages[condition, part, asked.least].append(language or _UNKNOWN)
    if not languages:
        return {}
    return {
        "conditions": [condition for condition, _, _ in languages],
        "parts": [part for _, part, _ in languages],
        "least": [least for _, _, least in languages],
        "languages": [" ".join(each) for each in languages.values()],
    }


def list_without_terms(connection: Connection, since: datetime) -> list[ArchiveKey]:
    """List the texts that no term tells of."""
    wanted = {"since": since, "version": terms_version()}
    return [ArchiveKey(*row) for row in connection.execute(_LIST_WITHOUT, wanted)]


def load_archived(connection: Connection, keys: Sequence[ArchiveKey]) -> list[ArchivedRelease]:
    """Load these texts in their order; one that is gone by now is left out."""
    wanted = {"ids": [key.release_id for key in keys], "revisions": [key.revision for key in keys]}
    found = {(row.id, row.revision): row for row in connection.execute(_MANY, wanted)}
    rows = (found.get((key.release_id, key.revision)) for key in keys)
    return [_archived(row) for row in rows if row is not None]


def find_archived(connection: Connection, name: str) -> ArchivedRelease:
    """Find one release by its id, in its latest revision; raises NotFoundError with the next step."""
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
        published_at=row.published_at,
        publisher=row.publisher,
        url=row.url,
        backlog=row.backlog,
        text=MatchText(
            row.title, row.body, row.dateline, row.language, tuple(row.tags), zones, tuple(row.feeds)
        ),
    )
