"""What the matcher read of each revision, kept so that a topic is tried on exactly that, and found by its terms."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from math import comb
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, text

from shared.domain.topics.needed_terms import AnyTerm, EveryTerm, Needed, SomeTerms, Term
from shared.domain.topics.terms_version import terms_version

# Longer words are stored and sought by their beginning, which loses nothing; PostgreSQL takes 2,046 bytes.
_LONGEST_TERM = 200
# PostgreSQL takes 1 MB of words in a tsvector.
_MOST_BYTES = 1_000_000
# Between terms on their way: psycopg writes an array of some hundred strings ten times slower than a string.
_SEPARATOR = "\x1f"
# Above so many words the parts of what is needed are asked for apart, as far as they stand side by side at its top.
_MOST_WORDS_OF_ONE = 200
# Below that, of a condition of more words than this only a part is asked for.
_MOST_WORDS = 4_000
# AT LEAST is written out as so many combinations at most; beyond, one of its clauses is asked for.
_MOST_COMBINATIONS = 30


@dataclass(frozen=True, slots=True)
class StoredReading:
    """One revision as it was matched: what `core.revisions` does not hold of it, and its terms."""

    release_id: UUID
    revision: int
    language: str | None
    tags: tuple[str, ...]
    feeds: tuple[str, ...]
    terms: Collection[str]
    read_at: datetime


_RECORD = text("""
    INSERT INTO core.read_texts (release_id, revision, terms_version, language, tags, feeds, terms, read_at)
    VALUES (:release_id, :revision, :terms_version, :language, :tags, :feeds,
        array_to_tsvector(string_to_array(CAST(:terms AS text), :separator)), :read_at)
    ON CONFLICT (release_id, revision) DO UPDATE SET terms_version = excluded.terms_version,
        language = excluded.language, tags = excluded.tags, feeds = excluded.feeds, terms = excluded.terms
""")


def record_read_texts(connection: Connection, readings: Sequence[StoredReading]) -> None:
    """Store what was read of these revisions; read again, the terms are replaced and the instant stays."""
    if readings:
        connection.execute(_RECORD, [_row(reading) for reading in readings])


def _row(reading: StoredReading) -> dict[str, object]:
    return {
        "release_id": reading.release_id,
        "revision": reading.revision,
        "terms_version": terms_version(),
        "language": reading.language,
        "tags": list(reading.tags),
        "feeds": list(reading.feeds),
        "terms": _storable(reading.terms),
        "separator": _SEPARATOR,
        "read_at": reading.read_at,
    }


def _storable(terms: Collection[str]) -> str | None:
    cut = _SEPARATOR.join({term[:_LONGEST_TERM] for term in terms})
    return cut if len(cut.encode()) < _MOST_BYTES else None


class AskedTerms(NamedTuple):
    """What terms are asked for: of so many `parts` at least `least`, each met by one of its tsqueries."""

    least: int
    parts: tuple[tuple[str, ...], ...]


def asked_terms(needed: Needed) -> AskedTerms:
    """Write what is needed as short tsqueries; where it is long, what they ask for may be less than that.

    GIN compares every word of a condition with each text that has one of them: a concept's thousand words in one
    condition cost fifty times what its phrases cost one by one.
    """
    if _count_words(needed) > _MOST_WORDS_OF_ONE:
        match needed:
            case EveryTerm(parts):
                return AskedTerms(len(parts), tuple(map(_one_by_one, parts)))
            case SomeTerms(count, parts):
                return AskedTerms(count, tuple(map(_one_by_one, parts)))
    return AskedTerms(1, (_one_by_one(needed),))


def _one_by_one(needed: Needed) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(_written, _alternatives(needed))))


def _alternatives(needed: Needed) -> Iterator[Needed]:
    match needed:
        case AnyTerm(parts):
            for part in parts:
                yield from _alternatives(part)
        case EveryTerm(parts) if _count_words(needed) > _MOST_WORDS:
            yield from _alternatives(min(parts, key=_count_words))
        case SomeTerms(_, parts) if _count_words(needed) > _MOST_WORDS:
            yield from _alternatives(AnyTerm(parts))
        case _:
            yield needed


def _count_words(needed: Needed) -> int:
    match needed:
        case Term():
            return 1
        case SomeTerms():
            return _count_words(_written_out(needed))
        case _:
            return sum(map(_count_words, needed.parts))


def _written_out(needed: SomeTerms) -> Needed:
    """Write out every combination; of too many one part is asked for."""
    together = needed.count if comb(len(needed.parts), needed.count) <= _MOST_COMBINATIONS else 1
    return AnyTerm(tuple(map(EveryTerm, combinations(needed.parts, together))))


def _written(needed: Needed) -> str:
    match needed:
        case Term(key, is_prefix):
            quoted = key[:_LONGEST_TERM].replace("\\", "\\\\").replace("'", "''")
            return f"'{quoted}'{':*' if is_prefix else ''}"
        case EveryTerm(parts):
            return f"({' & '.join(map(_written, parts))})"
        case AnyTerm(parts):
            return f"({' | '.join(map(_written, parts))})"
        case SomeTerms():
            return _written(_written_out(needed))
