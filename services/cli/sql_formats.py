"""How the rows of a query are written: as a table, CSV, JSON, one JSON object a line, or Parquet."""

import csv
import importlib
import json
import math
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice
from typing import Any

import typer

from services.cli.fitting import Heading, lay_out
from services.cli.output import console
from shared.errors import RefusedError
from shared.store.reading import Column, JsonText, QueryAnswer

# A table is laid out as a whole; the other formats are written as the rows arrive.
MOST_TABLE_ROWS = 1000
_BATCH_ROWS = 10_000


def write_table(answer: QueryAnswer) -> None:
    """Print a table that fits the terminal, or one record under another; at most MOST_TABLE_ROWS of them."""
    rows = [[_as_text(value) for value in row] for row in islice(answer.rows, MOST_TABLE_ROWS)]
    headings = [
        Heading(c.name, may_be_cut=c.kind in {"text", "json"}, to_the_right=c.kind in {"integer", "number"})
        for c in answer.columns
    ]
    typer.echo(lay_out(headings, rows, console.width))
    if not rows:
        typer.echo("(no rows)", err=True)
    if next(answer.rows, None) is not None:
        typer.echo(f"(the first {MOST_TABLE_ROWS} rows; `--format csv` or `ndjson` gives all)", err=True)


def write_csv(answer: QueryAnswer) -> None:
    """Print a header and a line a row (RFC 4180, but plain line ends); NULL is an empty field."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow([column.name for column in answer.columns])
    writer.writerows([_as_text(value, keep_t=True) for value in row] for row in answer.rows)


def write_json(answer: QueryAnswer) -> None:
    """Print one array of objects."""
    separator = "["
    for line in _objects(answer):
        sys.stdout.write(f"{separator}{line}")
        separator = ",\n "
    sys.stdout.write("[]\n" if separator == "[" else "]\n")


def write_ndjson(answer: QueryAnswer) -> None:
    """Print one object a line."""
    for line in _objects(answer):
        sys.stdout.write(f"{line}\n")


def write_parquet(answer: QueryAnswer) -> None:
    """Write a Parquet file to standard output; decimals become doubles, JSON stays text."""
    try:
        pyarrow, parquet = (importlib.import_module(name) for name in ("pyarrow", "pyarrow.parquet"))
    except ImportError as error:
        raise RefusedError("parquet", "needs pyarrow: `pip install pyarrow`, or take --format csv") from error
    if sys.stdout.isatty():
        raise RefusedError("parquet", "is no text: write it to a file, `tocsin sql … > rows.parquet`")
    # Parquet is written from its end backwards: a pipe cannot be asked where it is, this sink counts itself.
    schema = pyarrow.schema([(name, _arrow_type(pyarrow, c)) for name, c in _named(answer.columns)])
    sink = pyarrow.PythonFile(sys.stdout.buffer, mode="w")
    with parquet.ParquetWriter(sink, schema) as writer:
        while batch := list(islice(answer.rows, _BATCH_ROWS)):
            writer.write_table(_arrow_table(pyarrow, schema, answer.columns, batch))


WRITERS = {
    "table": write_table,
    "csv": write_csv,
    "json": write_json,
    "ndjson": write_ndjson,
    "parquet": write_parquet,
}


def _objects(answer: QueryAnswer) -> Iterator[str]:
    keys = [json.dumps(name, ensure_ascii=False) for name, _ in _named(answer.columns)]
    for row in answer.rows:
        yield "{" + ", ".join(f"{key}: {_as_json(v)}" for key, v in zip(keys, row, strict=True)) + "}"


def _named(columns: Sequence[Column]) -> list[tuple[str, Column]]:
    """Give every column a name of its own: `select 1, 2` names both `?column?`."""
    seen: dict[str, int] = {}
    named = []
    for column in columns:
        seen[column.name] = turn = seen.get(column.name, 0) + 1
        named.append((column.name if turn == 1 else f"{column.name}_{turn}", column))
    return named


def _as_json(value: object) -> str:
    match value:
        case JsonText():
            return str(value)
        case None | bool() | int():
            return json.dumps(value)
        case float() | Decimal():
            # JSON has no infinity and no NaN.
            return str(value) if math.isfinite(value) else "null"
        case list() | tuple():
            return "[" + ", ".join(map(_as_json, value)) + "]"
        case datetime() | date() | time():
            return f'"{value.isoformat()}"'
        case _:
            return json.dumps(str(value), ensure_ascii=False)


def _as_text(value: object, *, keep_t: bool = False) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case datetime():
            return value.isoformat() if keep_t else value.replace(tzinfo=None).isoformat(" ", "seconds")
        case list() | tuple():
            return _as_json(value)
        case _:
            return str(value)


def _arrow_type(pyarrow: Any, column: Column) -> Any:  # noqa: ANN401 - pyarrow is not there to be typed
    types = {
        "integer": pyarrow.int64(),
        "number": pyarrow.float64(),
        "boolean": pyarrow.bool_(),
        "date": pyarrow.date32(),
        "instant": pyarrow.timestamp("us", tz="UTC"),
    }
    return types.get(column.kind, pyarrow.string())


def _arrow_table(pyarrow: Any, schema: Any, columns: Sequence[Column], rows: Iterable[Any]) -> Any:  # noqa: ANN401 - as above
    arrays = [
        pyarrow.array([_arrow_value(value, column) for value in values], type=kind)
        for values, column, kind in zip(zip(*rows, strict=True), columns, schema.types, strict=True)
    ]
    return pyarrow.Table.from_arrays(arrays, schema=schema)


def _arrow_value(value: Any, column: Column) -> Any:  # noqa: ANN401 - as above
    if value is None or column.kind in {"integer", "boolean", "date", "instant"}:
        return value
    return float(value) if column.kind == "number" else _as_text(value, keep_t=True)
