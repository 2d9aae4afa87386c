"""How commands speak: tables for people, JSON for scripts; both with the views' column names."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

Json = Annotated[bool, typer.Option("--json", help="Print JSON: a listing as one array, else one object.")]
Row = Mapping[str, Any]

console = Console(highlight=False)


def print_rows(rows: Sequence[Row], columns: Sequence[str], *, as_json: bool, empty: str) -> None:
    """Print a listing: every column as JSON, or `columns` as a table that fits the terminal.

    `empty` is the line for a person where there is nothing, naming the next step.
    """
    if as_json:
        print_json(list(rows))
    elif not rows:
        console.print(empty)
    else:
        table = Table(box=None, pad_edge=False, header_style="bold")
        for column in columns:
            table.add_column(
                column, overflow="fold" if column == "id" else "ellipsis", no_wrap=column != "id"
            )
        for row in rows:
            table.add_row(*(cell(row.get(column)) for column in columns))
        console.print(table)


def print_object(row: Row, *, as_json: bool, text: str) -> None:
    """Print one object as JSON, or the line that says the same to a person."""
    if as_json:
        print_json(row)
    else:
        console.print(text, markup=False)


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
