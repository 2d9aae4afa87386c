"""What every migration must keep to, so that the line goes on while it runs."""

import re
from pathlib import Path

import pytest

from shared.store.migrate import MIGRATIONS

# Those that came first make the tables.
WITH_THE_TABLES = 3
INDEX = re.compile(
    r"CREATE\s+(?:UNIQUE\s+)?INDEX\b.*?\bON\s+(?:ONLY\s+)?core\.(\w+)", re.DOTALL | re.IGNORECASE
)
TABLE = re.compile(r"CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?core\.(\w+)", re.IGNORECASE)
BEHIND_A_CONSTRAINT = re.compile(r"\bADD\s+(?:CONSTRAINT\s+\w+\s+)?(?:UNIQUE|PRIMARY\s+KEY)\b", re.IGNORECASE)


def later_migrations() -> list[Path]:
    return [
        path
        for path in sorted((MIGRATIONS / "versions").glob("[0-9]*.py"))
        if int(path.stem[:4]) > WITH_THE_TABLES
    ]


def forward_words(migration: Path) -> str:
    """All that a migration says on its way forward, its scripts included."""
    scripts = sorted((MIGRATIONS / "sql").glob(f"{migration.stem[:4]}_*.sql"))
    code, _, _ = migration.read_text("utf-8").partition("def downgrade")
    return code + "".join(path.read_text("utf-8") for path in scripts)


def on_tables_of_others(words: str) -> list[str]:
    return [table for table in INDEX.findall(words) if table not in TABLE.findall(words)]


@pytest.mark.parametrize("migration", later_migrations(), ids=lambda path: path.stem)
def test_an_index_of_a_table_that_exists_is_made_by_build_index(migration: Path) -> None:
    words = forward_words(migration)
    assert on_tables_of_others(words) == [], "use shared.store.migrations.indexes.build_index"
    assert "op.create_index" not in words
    assert not BEHIND_A_CONSTRAINT.search(words), "build a unique index, then ADD CONSTRAINT … USING INDEX"


def test_a_plain_index_of_an_older_table_would_be_found() -> None:
    assert on_tables_of_others("CREATE TABLE core.notes (id int); CREATE INDEX n ON core.notes (id);") == []
    assert on_tables_of_others("CREATE UNIQUE INDEX r\n  ON core.releases (url);") == ["releases"]
    assert on_tables_of_others("CREATE INDEX CONCURRENTLY p ON ONLY core.polls (ms)") == ["polls"]
