"""What the matcher read of each revision, kept so that a topic is tried on exactly that, and found by its terms."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, text

from shared.domain.topics.needed_terms import AnyTerm, EveryTerm, Needed, Term
from shared.domain.topics.terms_version import terms_version

# Longer words are stored and sought by their beginning, which loses nothing; PostgreSQL takes 2,046 bytes.
_LONGEST_TERM = 200
# PostgreSQL takes 1 MB of words in a tsvector.
_MOST_BYTES = 1_000_000
# Between terms on their way: psycopg writes an array of some hundred strings ten times slower than a string.
_SEPARATOR = "\x1f"
# A condition of more words than this costs the planner more than it saves.
_MOST_WORDS = 4_000


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


def terms_condition(needed: Needed | None) -> str | None:
    """Write what is needed as a tsquery; None where it tells nothing, or would be too long to be of use."""
    if needed is None or _count_words(needed) > _MOST_WORDS:
        return None
    return _written(needed)


def _count_words(needed: Needed) -> int:
    return 1 if isinstance(needed, Term) else sum(map(_count_words, needed.parts))


def _written(needed: Needed) -> str:
    match needed:
        case Term(key, is_prefix):
            quoted = key[:_LONGEST_TERM].replace("\\", "\\\\").replace("'", "''")
            return f"'{quoted}'{':*' if is_prefix else ''}"
        case EveryTerm(parts):
            return f"({' & '.join(map(_written, parts))})"
        case AnyTerm(parts):
            return f"({' | '.join(map(_written, parts))})"
