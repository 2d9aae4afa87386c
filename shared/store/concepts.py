"""Concepts of the user's own, and the lexicon that they make up with the built-in ones."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from shared.domain.topics.concepts import ConceptEntry, Concepts
from shared.domain.topics.lexicon import load_lexicon
from shared.store.watch import raise_watched_version


@dataclass(frozen=True, slots=True)
class AddedConcepts:
    """How many concepts a call made, gave other phrases, and found as they were."""

    added: int
    changed: int
    unchanged: int


_ADD = text("""
    INSERT INTO core.concepts (id, definition, broader, phrases, changed_version)
    VALUES (:id, :definition, :broader, CAST(:phrases AS jsonb), :version)
    ON CONFLICT (id) DO UPDATE SET definition = excluded.definition, broader = excluded.broader,
        phrases = excluded.phrases, version = core.concepts.version + 1, changed_version = excluded.changed_version
""")

# What was built of a database's concepts last: thousands take most of a second, and every worker asks at every change.
_built: dict[str, tuple[int, Concepts]] = {}


def add_concepts(connection: Connection, entries: Sequence[ConceptEntry]) -> AddedConcepts:
    """Add concepts, or give those of the same id other phrases; topics know them from the next release on."""
    version = raise_watched_version(connection)
    known = {entry.id: entry for entry in list_own_concepts(connection)}
    new = [entry for entry in entries if known.get(entry.id) != entry]
    if new:
        connection.execute(_ADD, [_row(entry, version) for entry in new])
    added = sum(entry.id not in known for entry in new)
    return AddedConcepts(added, len(new) - added, len(entries) - len(new))


def _row(entry: ConceptEntry, version: int) -> dict[str, object]:
    return {
        "id": entry.id,
        "definition": entry.definition,
        "broader": list(entry.broader),
        "phrases": json.dumps(entry.phrases, ensure_ascii=False),
        "version": version,
    }


def list_own_concepts(connection: Connection) -> list[ConceptEntry]:
    """List the concepts that were added to the built-in ones."""
    rows = connection.execute(text("SELECT id, definition, broader, phrases FROM core.concepts ORDER BY id"))
    return [
        ConceptEntry(
            row.id, tuple((each[0], each[1]) for each in row.phrases), tuple(row.broader), row.definition
        )
        for row in rows
    ]


def load_concepts(connection: Connection) -> Concepts:
    """Load every concept that a query may name; the same object as long as none changes."""
    version = int(connection.scalar(text("SELECT coalesce(max(changed_version), 0) FROM core.concepts")) or 0)
    if version == 0:
        return load_lexicon()
    database = str(connection.engine.url)
    if _built.get(database, (0, None))[0] != version:
        own = list_own_concepts(connection)
        _built[database] = (version, Concepts((*load_lexicon().entries, *own)))
    return _built[database][1]
