"""`tocsin sql` and `tocsin psql`: the archive for everybody who knows SQL, read-only."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Literal

import typer

from services.cli.output import Json
from services.cli.postgres_tools import find_program, run_program
from services.cli.stack import open_stack
from shared.settings import load_settings
from shared.store.migrate import reader_url
from shared.store.reading import run_query

Format = Annotated[
    Literal["table", "csv", "json", "ndjson", "parquet"],
    typer.Option("--format", help="How rows are written; parquet needs pyarrow."),
]


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(sql)
    app.command()(psql)


def sql(
    query: Annotated[str, typer.Argument(help='One statement, for example "select * from feeds".')],
    form: Format = "table",
    as_json: Json = False,
) -> None:
    """Query the views, read-only: releases, alerts, polls, ledger and the others."""
    # A query and a table cost little to import; a command that reads no rows need not have them.
    from services.cli.sql_formats import WRITERS  # noqa: PLC0415 - lazily, as above

    with _reader() as url, run_query(url, query) as answer:
        WRITERS["json" if as_json else form](answer)


def psql(
    print_only: Annotated[
        bool, typer.Option("--print", help="Only print the URL, with its password.")
    ] = False,
) -> None:
    """Open psql as the read-only role, or print the URL to open it with."""
    with _reader() as url:
        program = None if print_only else find_program("psql")
        if program is None:
            typer.echo(url)
            return
        sys.exit(_run(program, url))


@contextmanager
def _reader() -> Iterator[str]:
    settings = load_settings()
    if settings.reader_database_url:
        yield settings.reader_database_url
        return
    with open_stack(settings=settings) as stack:
        yield reader_url(stack.database, stack.database_url)


def _run(program: str, url: str) -> int:
    """Run psql under us, not in our place: the embedded server lives as long as we do."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return run_program(program, url)
    finally:
        signal.signal(signal.SIGINT, before)
