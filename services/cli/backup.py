"""`tocsin backup` and `tocsin restore`: everything in one file, and back."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from services.cli.asking import confirm
from services.cli.output import Json, print_object
from services.cli.postgres_tools import find_program, run_quietly
from services.cli.stack import Stack, open_stack
from shared.errors import RefusedError
from shared.store.backup import Holdings, clear_database, count_holdings
from shared.store.endpoint_secrets import count_foreign_secrets, count_sealed_secrets, seal_secrets
from shared.store.heartbeats import list_heartbeats
from shared.store.migrate import migrate

# Whoever has not been seen for six beats is gone.
_ALIVE_SECONDS = 30.0

File = Annotated[Path, typer.Argument(metavar="FILE", help="A file in the format of pg_dump (custom).")]


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(backup)
    app.command()(restore)


def backup(file: File, as_json: Json = False) -> None:
    """Write the whole database to a file, while everything runs."""
    program = _program("pg_dump")
    part = file.with_name(f"{file.name}.part")
    with open_stack() as stack:
        # Under another name until it is whole: half a backup must not be taken for one.
        run_quietly(program, stack.database_url, "--format=custom", "--no-owner", f"--file={part}")
        held = _holdings(stack)
        with stack.database.begin() as transaction:
            sealed = count_sealed_secrets(transaction)
    part.replace(file)
    size = file.stat().st_size
    text = f"Written: {file}, {size:,} bytes, about {_in_words(held)}.\n  `tocsin restore {file}` brings it back."
    if sealed:
        text += f"\n  The secrets of {sealed} endpoints in it are sealed: keep TOCSIN_SECRET_KEY too, apart from it."
    row = asdict(held) | {"file": str(file), "bytes": size, "secrets_sealed": sealed}
    print_object(row, as_json=as_json, text=text)


def restore(
    file: File,
    yes: Annotated[bool, typer.Option("--yes", help="Replace what is there without asking.")] = False,
    without_key: Annotated[
        bool, typer.Option("--without-key", help="Although TOCSIN_SECRET_KEY opens no secret in it.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Replace the database by a backup; nothing may be running."""
    program = _program("pg_restore")
    if not file.is_file():
        raise RefusedError(str(file), "is no file; name what `tocsin backup` wrote")
    run_quietly(program, "", "--list", str(file))
    with open_stack() as stack:
        _refuse_beside_others(stack)
        if not without_key:
            _refuse_what_cannot_ring(stack, program, file)
        before = _holdings(stack)
        if before.releases and not yes:
            confirm(f"this replaces {_in_words(before)}", "Replace it?", flag="--yes replaces it unasked")
        with stack.database.begin() as transaction:
            clear_database(transaction)
        run_quietly(
            program,
            stack.database_url,
            "--no-owner",
            "--exit-on-error",
            "--single-transaction",
            str(file),
        )
        migrate(stack.database_url, stack.settings.reader_database_url)
        with stack.database.begin() as transaction:
            seal_secrets(transaction)
        held = _holdings(stack)
    text = (
        f"Restored: {_in_words(held)}.\n"
        "  Polling goes on where the backup was made. What was published since is stored and told anew: a release\n"
        "  that was told after the backup may be told again, with another webhook-id."
    )
    print_object(asdict(held) | {"file": str(file)}, as_json=as_json, text=text)


def _program(name: str) -> str:
    program = find_program(name)
    if program is None:
        raise RefusedError(
            name, "is not on this machine; docs/operating.md has the same for a database elsewhere"
        )
    return program


def _refuse_beside_others(stack: Stack) -> None:
    with stack.database.begin() as transaction:
        alive = list_heartbeats(transaction, _ALIVE_SECONDS)
    if alive:
        running = ", ".join(sorted({beat.service for beat in alive}))
        raise RefusedError(
            "restore",
            f"{running} ran within {_ALIVE_SECONDS:.0f} s; stop everything, and try again when that time has passed",
        )


def _refuse_what_cannot_ring(stack: Stack, program: str, file: Path) -> None:
    """Refuse a backup whose secrets the key does not open, while what is there is still whole."""
    copied = run_quietly(
        program, "", "--data-only", "--schema=core", "--table=endpoints", "--file=-", str(file)
    )
    with stack.database.begin() as transaction:
        foreign = count_foreign_secrets(transaction, copied)
    if foreign:
        raise RefusedError(
            "TOCSIN_SECRET_KEY",
            f"does not open {foreign} secrets of endpoints in {file}, which could not be rung; set the key of when "
            "it was made, or take --without-key and give each a new one: `tocsin endpoint rotate ENDPOINT --hours 0`",
        )


def _holdings(stack: Stack) -> Holdings:
    with stack.database.begin() as transaction:
        return count_holdings(transaction)


def _in_words(held: Holdings) -> str:
    return f"{held.feeds:,} feeds, {held.releases:,} releases and {held.alerts:,} alerts"
