"""What a topic would have rung for: the stored texts, found by their terms, judged by the matcher itself."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from shared.domain.topics.concepts import Concepts
from shared.domain.topics.evidence import TopicMatch, TopicQuery
from shared.domain.topics.forecast import Forecast, forecast_alerts, is_broad
from shared.domain.topics.match import match_topic
from shared.domain.topics.needed_terms import AnyTerm, Needed, needed_terms
from shared.domain.topics.query import Leaf, Query
from shared.domain.topics.query_lint import sought_words
from shared.domain.topics.query_parser import parse_query
from shared.domain.topics.reading import ReadText
from shared.store.archive import (
    ArchiveCounts,
    ArchivedRelease,
    ArchiveKey,
    count_archive,
    list_by_terms,
    list_without_terms,
    load_archived,
)
from shared.store.database import Database, Transaction
from shared.store.read_texts import StoredReading, record_read_texts

_BATCH_SIZE = 200
# Enough for a forecast: a topic that may hold for more than this in a month is asked about in any case.
FORESEEN_SPAN, FORESEEN_TEXTS = timedelta(days=30), 2_000
_SEEN_WITHIN = timedelta(days=365)

_TRIED = TopicQuery("", "", "")

# Told how many of how many candidates have been read.
OnProgress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Hit:
    """One revision of a release that a topic would have rung for, `rang_at` an instant.

    A first revision counts for the day it was published on, where it was seen later: feeds that are polled for the
    first time carry weeks at once. `backlog` ones ring for nobody.
    """

    release_id: UUID
    revision: int
    title: str
    language: str | None
    publisher: str
    url: str | None
    first_seen_at: datetime
    read_at: datetime
    rang_at: datetime
    backlog: bool
    match: TopicMatch

    def as_row(self) -> dict[str, Any]:
        """Give the hit as JSON has it, with its evidence."""
        return {
            "release_id": self.release_id,
            "revision": self.revision,
            "title": self.title,
            "language": self.language,
            "publisher": self.publisher,
            "url": self.url,
            "first_seen_at": self.first_seen_at,
            "evidence": [asdict(piece) for piece in self.match.evidence],
            "snippet": self.match.snippet,
        }


@dataclass(frozen=True, slots=True)
class Backtest:
    """What a query would have rung for among `read` texts, the newest first.

    `since` is from when on there were texts to read, at the earliest what was asked for.
    """

    read: int
    since: datetime
    until: datetime
    hits: tuple[Hit, ...]

    @property
    def forecast(self) -> Forecast:
        """Say how often it would ring."""
        instants = (hit.rang_at for hit in self.hits if not hit.backlog)
        return forecast_alerts(instants, self.since, self.until)

    @property
    def is_too_much(self) -> bool:
        """Say whether so many alerts, or so large a part of everything, should be asked for twice."""
        return self.forecast.is_flood or is_broad(self.read, len(self.hits))

    @property
    def by_language(self) -> list[tuple[str, int]]:
        """Count the hits of each language, the most first."""
        return Counter(hit.language or "unknown" for hit in self.hits).most_common()

    @property
    def by_publisher(self) -> list[tuple[str, int]]:
        """Count the hits of each publisher, the most first."""
        return Counter(hit.publisher or "unknown" for hit in self.hits).most_common()

    @property
    def by_clause(self) -> list[tuple[str, int]]:
        """Count the hits that each clause has evidence in, the most first."""
        clauses = ({piece.clause for piece in hit.match.evidence} for hit in self.hits)
        return Counter(clause for found in clauses for clause in sorted(found)).most_common()

    def counts(self) -> dict[str, Any]:
        """Give how much was read, how often it would ring, and where from, as JSON has it."""
        return {
            "read": self.read,
            "since": self.since,
            "forecast": asdict(self.forecast),
            "languages": dict(self.by_language),
            "publishers": dict(self.by_publisher),
            "clauses": dict(self.by_clause),
        }


def backtest(
    database: Database,
    query: str,
    concepts: Concepts,
    *,
    since: datetime,
    now: datetime,
    most: int | None = None,
    on_progress: OnProgress | None = None,
) -> Backtest:
    """Try a query on the texts that were matched live from `since` on; raises QueryError where it cannot be used.

    Only texts whose terms allow a match are loaded, and what is then matched is what was matched live: the same
    words, tags and feeds. With `most`, no more than the newest of those are loaded, and `since` and `read` say how far
    that went.
    """
    tree = parse_query(query, concepts)
    with database.begin() as transaction:
        counts = count_archive(transaction, since)
        candidates, unread = _candidates(transaction, tree, counts, since)
    candidates.sort(key=lambda key: (key.read_at, key.release_id, key.revision), reverse=True)
    read, start = counts.total, max(since, counts.oldest_at or now)
    if most is not None and len(candidates) > most:
        candidates = candidates[:most]
        start = candidates[-1].read_at
        with database.begin() as transaction:
            read = count_archive(transaction, start).total
    hits = _match_all(database, tree, candidates, unread, on_progress)
    return Backtest(read, start, now, tuple(hits))


def _candidates(
    transaction: Transaction, query: Query, counts: ArchiveCounts, since: datetime
) -> tuple[list[ArchiveKey], frozenset[ArchiveKey]]:
    """List the texts that may match, and which of them have no terms yet."""
    unread = list_without_terms(transaction, since) if counts.without_terms else []
    needed = {language: needed_terms(query, language) for language in counts.by_language}
    return unread + list_by_terms(transaction, since, needed), frozenset(unread)


def _match_all(
    database: Database,
    query: Query,
    keys: Sequence[ArchiveKey],
    unread: frozenset[ArchiveKey],
    on_progress: OnProgress | None,
) -> Iterator[Hit]:
    """Match a batch at a time, each in a transaction of its own: trying a topic on years holds up nothing."""
    for start in range(0, len(keys), _BATCH_SIZE):
        if on_progress:
            on_progress(start, len(keys))
        batch = keys[start : start + _BATCH_SIZE]
        instants = {(key.release_id, key.revision): key.read_at for key in batch}
        with database.begin() as transaction:
            releases = load_archived(transaction, batch)
        readings = []
        for release in releases:
            key = ArchiveKey(release.id, release.revision, instants[release.id, release.revision])
            read = ReadText(release.text)
            match = match_topic(_TRIED, query, read)
            if match is not None:
                yield _hit(release, key.read_at, match)
            if key in unread:
                readings.append(_reading(release, read, key.read_at))
        if readings:
            with database.begin() as transaction:
                record_read_texts(transaction, readings)


def _hit(release: ArchivedRelease, read_at: datetime, match: TopicMatch) -> Hit:
    return Hit(
        release_id=release.id,
        revision=release.revision,
        title=release.text.title,
        language=release.text.language,
        publisher=release.publisher,
        url=release.url,
        first_seen_at=release.first_seen_at,
        read_at=read_at,
        rang_at=min(release.published_at, read_at) if release.revision == 1 else read_at,
        backlog=release.backlog,
        match=match,
    )


def _reading(release: ArchivedRelease, read: ReadText, read_at: datetime) -> StoredReading:
    return StoredReading(
        release.id,
        release.revision,
        read.language,
        release.text.tags,
        release.text.feeds,
        read.terms,
        read_at,
    )


# Of fewer texts than this, a word may be missing by chance.
_LEAST_SEEN = 200


def find_unseen(database: Database, query: Query, now: datetime) -> list[tuple[Leaf, int, tuple[str, ...]]]:
    """Find the words of a query that no stored text has, in any language of the archive that is read enough.

    Of each: the clause, how many texts were looked at, and their languages; those that `lang:` excludes are not.
    """
    since = now - _SEEN_WITHIN
    unseen = []
    with database.begin() as transaction:
        counts = count_archive(transaction, since).by_language
        languages = {
            language: count
            for language, count in counts.items()
            if language and count >= _LEAST_SEEN and needed_terms(query, language) != AnyTerm(())
        }
        for leaf, _ in sought_words(query) if languages else ():
            needed: dict[str | None, Needed | None] = {
                language: needed_terms(leaf, language) for language in languages
            }
            if not list_by_terms(transaction, since, needed):
                unseen.append((leaf, sum(languages.values()), tuple(sorted(languages))))
    return unseen
