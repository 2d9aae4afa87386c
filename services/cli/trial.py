"""Trying a query on the stored releases with the matcher that rings for it live."""

import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from rich.progress import track

from services.cli.asking import stderr
from shared.domain.evidence import Evidence, TopicMatch, TopicQuery
from shared.domain.lexicon import load_lexicon
from shared.domain.match import Matcher, compile_topics
from shared.store.archive import ArchivedRelease, count_archive, list_archive
from shared.store.database import Database

_SHOWN_EVIDENCE = 3


@dataclass(frozen=True, slots=True)
class Hit:
    """A stored release that the query would have rung for."""

    release: ArchivedRelease
    match: TopicMatch

    def as_row(self) -> dict[str, Any]:
        """Give the hit as JSON has it."""
        return {
            "release_id": self.release.id,
            "revision": self.release.revision,
            "title": self.release.text.title,
            "language": self.release.text.language,
            "url": self.release.url,
            "first_seen_at": self.release.first_seen_at,
            "evidence": [asdict(piece) for piece in self.match.evidence],
            "snippet": self.match.snippet,
        }


@dataclass(frozen=True, slots=True)
class Trial:
    """How many releases were read, and those that the query holds for, the newest first."""

    read: int
    hits: tuple[Hit, ...]


def try_query(database: Database, query: str, since: datetime, *, most: int | None = None) -> Trial:
    """Match a query with the releases first seen since an instant, with a bar on a terminal."""
    with database.begin() as transaction:
        count = count_archive(transaction, since)
    total = count if most is None else min(count, most)
    releases = track(
        list_archive(database, since, most=most),
        description="Reading releases",
        total=total,
        console=stderr,
        disable=not sys.stderr.isatty(),
        transient=True,
    )
    return _match_all(compile_topics([TopicQuery("", "", query)], load_lexicon()), releases)


def _match_all(matcher: Matcher, releases: Iterable[ArchivedRelease]) -> Trial:
    read = 0
    hits: list[Hit] = []
    for release in releases:
        read += 1
        hits += [Hit(release, match) for match in matcher.match(release.text)]
    return Trial(read, tuple(hits))


def because(evidence: tuple[Evidence, ...]) -> str:
    """Say in one line which words satisfied which clauses."""
    told = [f'{piece.clause} → "{piece.text}" in {piece.zone}' for piece in evidence[:_SHOWN_EVIDENCE]]
    more = len(evidence) - len(told)
    return "; ".join(told) + (f"; and {more} more" if more > 0 else "")
