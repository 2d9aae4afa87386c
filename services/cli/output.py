"""How commands speak: tables for people, JSON for scripts; both with the views' column names."""

import json
import textwrap
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.console import Console

from services.cli.fitting import Heading, lay_out, printable

Json = Annotated[bool, typer.Option("--json", help="Print JSON: a listing as one array, else one object.")]
Row = Mapping[str, Any]

console = Console(highlight=False)


def print_rows(
    rows: Sequence[Row], columns: Sequence[str], *, as_json: bool, empty: str, most: int | None = None
) -> None:
    """Print a listing: every column as JSON, or `columns` as a table that fits the terminal.

    `empty` is the line for a person where there is nothing, naming the next step. `most` is how many rows were
    asked for: where that many came, a person is told that there may be more.
    """
    if as_json:
        print_json(list(rows))
    elif not rows:
        console.print(empty)
    else:
        headings = [_heading(column, [row.get(column) for row in rows]) for column in columns]
        cells = [[cell(row.get(column)) for column in columns] for row in rows]
        typer.echo(lay_out(headings, cells, console.width))
        if len(rows) == most:
            typer.echo(f"(the first {most}; `--most {2 * most}` shows more)", err=True)


def _heading(name: str, values: Sequence[object]) -> Heading:
    """Cut words only: an id, an instant or a number that is cut is another one."""
    known = [value for value in values if value is not None]
    whole = bool(known) and all(isinstance(value, UUID | datetime | int | float) for value in known)
    number = whole and not any(isinstance(value, UUID | datetime | bool) for value in known)
    return Heading(name, may_be_cut=not whole, to_the_right=number)


def print_object(row: Row, *, as_json: bool, text: str) -> None:
    """Print one object as JSON, or the line that says the same to a person."""
    if as_json:
        print_json(row)
    else:
        typer.echo("\n".join(map(_fitted, text.splitlines())))


def _fitted(line: str) -> str:
    """Wrap a line for a terminal between words: an address or a secret stays whole, to be copied."""
    shown = printable(line)
    if not console.is_terminal:
        return shown
    return textwrap.fill(shown, console.width, break_long_words=False, break_on_hyphens=False)


def print_json(value: object) -> None:
    """Print a value as JSON on standard output, in the view's words."""
    typer.echo(json.dumps(value, ensure_ascii=False, default=_plain))


def cell(value: object) -> str:
    """Write a value for a table: instants in UTC, nothing for None."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=_plain)
    return str(value)


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else str(value)
