"""`tocsin topic lint`: advice before a topic is watched."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.store.database import Database, open_database
from shared.store.read_texts import StoredReading, record_read_texts
from tests.services.command_line import CommandLine, command_line
from tests.store.archive import store_release


@pytest.fixture
def tocsin(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> CommandLine:
    return command_line(database_url, monkeypatch, capsys)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = open_database(database_url, connections=2)
    yield database
    database.close()


def test_a_query_that_is_refused_is_shown_with_its_repair(tocsin: CommandLine) -> None:
    (linted,) = tocsin("topic", "lint", "crue or inondation", "--json").json
    assert linted["refused"].startswith("column 6: ")
    assert linted["repaired"] == "crue OR inondation"
    assert "try: crue OR inondation" in tocsin("topic", "lint", "crue or inondation").out


def test_every_topic_of_a_file_is_looked_at(tocsin: CommandLine, tmp_path: Path) -> None:
    listed = tmp_path / "topics.yaml"
    listed.write_text("topics:\n- {name: A, query: port}\n- {name: B, query: 'port near5 ship'}\n")
    linted = tocsin("topic", "lint", str(listed), "--json").json
    assert [(each["name"], len(each["advice"])) for each in linted] == [("A", 0), ("B", 1)]


def test_a_word_that_no_release_has_is_named_with_its_column(tocsin: CommandLine, database: Database) -> None:
    with database.begin() as transaction:
        readings = [
            StoredReading(
                store_release(database, "Crue", "x"), 1, "fr", (), (), ("crue", "+cru"), datetime.now(UTC)
            )
            for _ in range(200)
        ]
        record_read_texts(transaction, readings)
    (linted,) = tocsin("topic", "lint", "crue OR inondattion", "--json").json
    (advice,) = linted["advice"]
    assert (advice["column"], advice["text"]) == (9, "inondattion")
    assert "none of the 200 stored releases in fr" in advice["advice"]


def test_adding_a_topic_gives_the_advice(tocsin: CommandLine) -> None:
    added = tocsin("topic", "add", "Ports", "por*", "--json").json
    assert [each["column"] for each in added["advice"]] == [1]
    assert "many other words" in tocsin("topic", "add", "Ports", "por*").out
