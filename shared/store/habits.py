"""What publishers repeat: the paragraph digests of their recent releases."""

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, text

from shared.domain.releases.draft import Draft
from shared.domain.releases.habits import (
    DIGEST_BYTES,
    REMEMBERED,
    HabitKey,
    Habits,
    digests_of,
    habit_key,
    remembers,
)

_LOAD = text("""
    SELECT h.publisher, h.language, h.recent FROM core.habits h
    JOIN unnest(CAST(:publishers AS text[]), CAST(:languages AS text[])) AS k (publisher, language)
    USING (publisher, language)
""")

# The newest last; `most` are kept.
_ADD = text("""
    INSERT INTO core.habits AS h (publisher, language, recent)
    VALUES (:publisher, :language, CAST(:recent AS bytea[]))
    ON CONFLICT (publisher, language) DO UPDATE SET updated_at = now(),
        recent = (h.recent || excluded.recent)[
            greatest(1, cardinality(h.recent) + cardinality(excluded.recent) - :most + 1) :]
""")


def load_habits(connection: Connection, keys: Collection[HabitKey]) -> dict[HabitKey, Habits]:
    """Load what is remembered of these publishers; one that is not known yet is left out."""
    if not keys:
        return {}
    publishers, languages = zip(*keys, strict=True)
    rows = connection.execute(_LOAD, {"publishers": list(publishers), "languages": list(languages)})
    return {
        (row.publisher, row.language): Habits(tuple(_split(bytes(digests)) for digests in row.recent))
        for row in rows
    }


def add_to_habits(connection: Connection, drafts: Iterable[Draft]) -> None:
    """Remember the paragraphs of new releases with their publishers; called under the identity lock."""
    recent: dict[HabitKey, list[bytes]] = {}
    for draft in drafts:
        if remembers(draft):
            recent.setdefault(habit_key(draft), []).append(b"".join(sorted(digests_of(draft.body))))
    rows = [
        {"publisher": publisher, "language": language, "recent": texts[-REMEMBERED:], "most": REMEMBERED}
        for (publisher, language), texts in sorted(recent.items())
    ]
    if rows:
        connection.execute(_ADD, rows)


def _split(digests: bytes) -> frozenset[bytes]:
    return frozenset(digests[at : at + DIGEST_BYTES] for at in range(0, len(digests), DIGEST_BYTES))
