"""What the matcher reads and what it gives back: texts in, matches with evidence out."""

from dataclasses import dataclass
from typing import Literal

from shared.domain.releases.draft import Zone

Field = Literal["title", "body", "dateline", "tag"]


@dataclass(frozen=True, slots=True)
class MatchText:
    """The stored text of one revision, as the matcher reads it live, in a backtest and in a trial."""

    title: str
    body: str
    dateline: str = ""
    language: str | None = None
    tags: tuple[str, ...] = ()
    zones: tuple[Zone, ...] = ()
    feeds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """One stretch of text that satisfied one clause.

    `clause` is the clause as the query writes it; `text` equals `field[start:end]` of that revision, in
    0-based half-open code points; `concept` the concept's id where the clause is one, `language` the
    language of the form that was found.
    """

    clause: str
    text: str
    field: Field
    zone: str
    start: int
    end: int
    concept: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class TopicQuery:
    """A topic as the matcher needs it."""

    id: str
    name: str
    query: str
    version: int = 1


@dataclass(frozen=True, slots=True)
class TopicMatch:
    """A topic that holds for a text: its evidence (first the clause's first occurrences) and a snippet."""

    topic_id: str
    topic_version: int
    evidence: tuple[Evidence, ...]
    snippet: str
