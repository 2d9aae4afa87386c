"""Lists go to PostgreSQL as they are, whichever way they are written."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from sqlalchemy import text

from shared.store.database import Database, open_database

LISTS = [
    ("bigint[]", [0, -1, 2**63 - 1, -(2**63)]),
    ("integer[]", [3, 1, 2]),
    ("uuid[]", [UUID(int=0), UUID(int=2**128 - 1)]),
    ("bytea[]", [b"", b"\\", b'"}{,', bytes(range(256)), b"NULL"]),
    ("text[]", ["", "NULL", 'a "quoted" \\ word', "{a,b}", " ", "ô"]),
    ("bigint[]", [1, None, 3]),
    ("bytea[]", [None, b"\x00"]),
    ("integer[]", [[1, 2], [3, 4]]),
    ("boolean[]", [True, False]),
    ("uuid[]", []),
]


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = open_database(database_url)
    yield opened
    opened.close()


@pytest.mark.parametrize(("kind", "values"), LISTS)
def test_a_list_comes_back_as_it_was_given(database: Database, kind: str, values: list[object]) -> None:
    with database.begin() as transaction:
        assert transaction.scalar(text(f"SELECT CAST(:values AS {kind})"), {"values": values}) == values


@pytest.mark.parametrize("values", [[7], [2**40], [UUID(int=7)], [b"7"]])
def test_postgresql_is_told_the_type_of_the_elements(database: Database, values: list[object]) -> None:
    with database.begin() as transaction:
        assert transaction.scalar(text("SELECT :one = ANY(:values)"), {"one": values[0], "values": values})
