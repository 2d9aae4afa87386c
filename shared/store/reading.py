"""A reader's own query: run as `tocsin_reader`, row by row, a refusal told in PostgreSQL's words on one line."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import psycopg
from psycopg import errors, pq
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.types.string import TextLoader

from shared.errors import RefusedError, ServiceError

ColumnKind = Literal["integer", "number", "boolean", "date", "instant", "id", "json", "text"]

# So many rows travel at once: one at a time costs three times as much, all at once would sit in memory.
_CHUNK_ROWS = 500
_KINDS: dict[str, ColumnKind] = {
    "int2": "integer",
    "int4": "integer",
    "int8": "integer",
    "float4": "number",
    "float8": "number",
    "numeric": "number",
    "bool": "boolean",
    "date": "date",
    "timestamp": "instant",
    "timestamptz": "instant",
    "uuid": "id",
    "json": "json",
    "jsonb": "json",
}
_READ_ONLY = "`tocsin sql` logs in read-only, as tocsin_reader"


class JsonText(str):
    """JSON as PostgreSQL wrote it: going through Python would round its numbers and cost the time."""

    __slots__ = ()


class _JsonLoader(Loader):
    def load(self, data: Buffer) -> JsonText:
        return JsonText(bytes(data).decode())


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an answer: its name, which another may share, and what its values are."""

    name: str
    kind: ColumnKind


@dataclass(frozen=True, slots=True)
class QueryAnswer:
    """An answer under way: the columns at once, the rows as they arrive; rows can be gone over once."""

    columns: tuple[Column, ...]
    rows: Iterator[Sequence[Any]]


@contextmanager
def run_query(reader_url: str, query: str) -> Iterator[QueryAnswer]:
    """Run one statement on a connection of its own and give its rows while they arrive.

    Values are Python's; JSON stays text (`JsonText`), intervals and bytes are as PostgreSQL writes them,
    instants are in UTC. Raises RefusedError for what PostgreSQL refuses, also while rows are being read, and
    ServiceError where it does not let the reader in.
    """
    connection = _connect(reader_url)
    with connection:
        try:
            columns = _describe(connection, query)
            # Rows under way hold the connection's lock, which ending the connection would wait for.
            with closing(_rows(connection, query, columns)) as rows:
                yield QueryAnswer(columns, rows)
        except psycopg.Error as error:
            raise RefusedError("sql", _in_one_line(error, query)) from error


def _connect(reader_url: str) -> psycopg.Connection[tuple[Any, ...]]:
    try:
        connection = psycopg.connect(
            reader_url, autocommit=True, application_name="tocsin sql", connect_timeout=10
        )
    except psycopg.Error as error:
        told = " ".join(str(error).split())
        raise ServiceError("database", f"does not let tocsin_reader in: {told}") from error
    connection.execute("SET TIME ZONE 'UTC'")
    for name in ("json", "jsonb"):
        connection.adapters.register_loader(name, _JsonLoader)
    for name in ("interval", "bytea"):
        connection.adapters.register_loader(name, TextLoader)
    return connection


def _describe(connection: psycopg.Connection[Any], query: str) -> tuple[Column, ...]:
    """Ask for the columns before the first row: an answer without rows has them too."""
    if "\0" in query:
        raise RefusedError("sql", "the query holds a NUL character; take it out")
    prepared = connection.pgconn.prepare(b"", query.encode())
    if prepared.status != pq.ExecStatus.COMMAND_OK:
        raise errors.error_from_result(prepared)
    described = connection.pgconn.describe_prepared(b"")
    return tuple(
        Column((described.fname(n) or b"").decode(), _kind(connection, described.ftype(n)))
        for n in range(described.nfields)
    )


def _kind(connection: psycopg.Connection[Any], oid: int) -> ColumnKind:
    known = connection.adapters.types.get(oid)
    return _KINDS.get(known.name, "text") if known and known.oid == oid else "text"


def _rows(
    connection: psycopg.Connection[Any], query: str, columns: Sequence[Column]
) -> Generator[Sequence[Any], None, None]:
    # The driver wants queries as literals, against pasted values; this one is a person's, on purpose.
    statement: Any = query
    cursor = connection.cursor()
    if not columns:
        cursor.execute(statement)
        raise RefusedError(
            "sql", "the statement gives no rows; `tocsin sql` answers SELECT, TABLE and EXPLAIN"
        )
    # A NOTICE or a parameter takes no part: without parameters, a percent sign is a percent sign.
    yield from cursor.stream(statement, size=_CHUNK_ROWS)


def _in_one_line(error: psycopg.Error, query: str) -> str:
    told = " ".join((error.diag.message_primary or str(error)).split())
    if isinstance(error, errors.QueryCanceled):
        return f"{told}; narrow the query, for example to some days of first_seen_at"
    if isinstance(error, errors.InsufficientPrivilege | errors.ReadOnlySqlTransaction):
        return f"{told}; {_READ_ONLY}, and sees the views of schema public"
    if isinstance(error, errors.ObjectNotInPrerequisiteState | errors.FeatureNotSupported):
        return f"{told}; {_READ_ONLY}"
    if "multiple commands" in told:
        return "these are several statements; give one at a time, or open `tocsin psql`"
    hint = f"; {' '.join(error.diag.message_hint.split())}" if error.diag.message_hint else ""
    return f"{told}{_where(error, query)}{hint}"


def _where(error: psycopg.Error, query: str) -> str:
    if not error.diag.statement_position:
        return ""
    before = query[: int(error.diag.statement_position) - 1]
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return f" (line {line}, column {column})" if "\n" in query else f" (column {column})"
