"""docs/queries.md: every question is answered, by the read-only role, on a database that holds an answer."""

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from shared.store.database import open_database
from shared.store.migrate import reader_url
from tests.bench.filled_archive import chunks, fill_releases, fill_world

PAGE = Path(__file__).parents[2] / "docs" / "queries.md"
RELEASES = 600
# Made-up texts hold no such words; the search has tests of its own.
MAY_FIND_NOTHING = frozenset({"What do the archive's texts say about something?"})


def questions() -> dict[str, str]:
    """Give each question of the page with its query."""
    found = re.findall(
        r"^### \d+\. (.+?)\n```sql\n(.+?)```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    return dict(found)


@pytest.fixture(scope="module")
def reader(filled_database_url: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    database = open_database(filled_database_url)
    with database.begin() as transaction:
        fill_world(transaction)
    for first, last in chunks(RELEASES):
        with database.begin() as transaction:
            fill_releases(transaction, first, last, of=RELEASES, days=20)
    with psycopg.connect(reader_url(database, filled_database_url), autocommit=True) as connection:
        yield connection
    database.close()


def test_the_page_answers_at_least_twenty_four_questions() -> None:
    assert len(questions()) >= 24


@pytest.mark.parametrize("question", questions())
def test_a_question_is_answered(question: str, reader: psycopg.Connection[tuple[object, ...]]) -> None:
    rows = reader.execute(questions()[question].encode()).fetchall()
    assert rows or question in MAY_FIND_NOTHING


def test_the_account_of_the_filled_database_adds_up(reader: psycopg.Connection[tuple[object, ...]]) -> None:
    ((missing, matched),) = reader.execute("SELECT sum(abs(missing)), sum(matched) FROM ledger").fetchall()
    assert (missing, matched) == (0, RELEASES // 4)
