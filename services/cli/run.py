"""The commands that run Tocsin: up, its services one by one, once, migrate and status."""

import asyncio
import logging
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from services.cli.output import Json, print_object
from services.cli.stack import open_stack
from shared.errors import RefusedError
from shared.settings import Settings, load_settings
from shared.store.endpoint_secrets import seal_secrets
from shared.store.migrate import migrate as migrate_database
from shared.store.migrate import step_back

Queues = Annotated[
    list[str] | None, typer.Option("--queue", help="process or deliver; both where none is named.")
]


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    for command in (up, migrate, ingest, worker, api, once, status):
        app.command()(command)
    app.command(name="demo-office", hidden=True)(demo_office)
    app.command(name="demo-receiver", hidden=True)(demo_receiver)


def _configure_logs(settings: Settings, level: int = logging.INFO) -> None:
    # `status` logs nothing, and what formats logs takes as long to import as what reads the database.
    from shared.logs import configure_logs  # noqa: PLC0415 - as said

    configure_logs(settings.log_format, level)


def up(
    demo: Annotated[bool, typer.Option("--demo", help="With feeds that publish and a receiver.")] = False,
) -> None:
    """Run everything here, on the embedded services where none are given; stops on Ctrl-C."""
    from services.cli.up import run_up  # noqa: PLC0415 - the CLI alone imports the services, lazily

    settings = load_settings()
    _configure_logs(settings)
    with open_stack(broker=True, settings=settings) as stack:
        run_up(stack, demo=demo)


def migrate(
    back: Annotated[
        bool, typer.Option("--back", help="Take the newest step back, before an older version is started.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Bring the database to the current schema."""
    settings = load_settings()
    _configure_logs(settings)
    if back:
        _step_back(settings, as_json=as_json)
        return
    if settings.database_url:
        migrate_database(settings.database_url, settings.reader_database_url)
    with open_stack(settings=settings) as stack, stack.database.begin() as transaction:
        sealed = seal_secrets(transaction)
    said = f" The secrets of {sealed} endpoints are sealed." if sealed else ""
    text = f"The database is at the current schema.{said}"
    print_object({"migrated": True, "secrets_sealed": sealed}, as_json=as_json, text=text)


def _step_back(settings: Settings, *, as_json: bool) -> None:
    if not settings.database_url:
        raise RefusedError("--back", "our own database is brought to the current schema by every command")
    version = step_back(settings.database_url)
    text = f"The schema is at step {version} now; start the version of Tocsin that knows no later one."
    print_object({"schema": version}, as_json=as_json, text=text)


def ingest() -> None:
    """Poll feeds (and sweep) until stopped."""
    from services.ingest.main import run_ingest  # noqa: PLC0415 - lazily, as above

    settings = load_settings()
    _configure_logs(settings)
    with open_stack(broker=True, settings=settings) as stack:
        run_ingest(settings, stack.database, stack.database_url, stack.broker_url)


def worker(
    queue: Queues = None,
    concurrency: Annotated[int, typer.Option(help="Child processes; 0: as many as fit.")] = 0,
) -> None:
    """Process fetches and deliver messages until stopped."""
    from services.worker.main import QUEUES, run_worker  # noqa: PLC0415 - lazily, as above

    settings = load_settings()
    _configure_logs(settings)
    queues = tuple(queue or QUEUES)
    if not set(queues) <= set(QUEUES):
        raise typer.BadParameter(f"a queue is one of {', '.join(QUEUES)}")
    with open_stack(broker=True, settings=settings) as stack:
        stack.database.close()
        run_worker(
            settings,
            stack.database_url,
            stack.broker_url,
            queues=queues,
            concurrency=concurrency or _children(queues),
        )


def _children(queues: tuple[str, ...]) -> int:
    """One child sends for all endpoints at once; processing takes a child a core."""
    return (len(queues) > 1 or "process" in queues) * max(2, os.cpu_count() or 1) + ("deliver" in queues)


def api() -> None:
    """Serve health, the schema and the first of the HTTP API until stopped."""
    from services.api.main import run_api  # noqa: PLC0415 - lazily, as above

    settings = load_settings()
    _configure_logs(settings)
    with open_stack(broker=True, settings=settings) as stack:
        run_api(settings, stack.database, stack.broker_url)


def once(as_json: Json = False) -> None:
    """Poll every feed now, process, and deliver what is due, in this process; then print the counts."""
    from services.cli.once import run_once  # noqa: PLC0415 - lazily, as above

    settings = load_settings()
    _configure_logs(settings, logging.WARNING)
    with open_stack(settings=settings) as stack:
        counts = asdict(asyncio.run(run_once(stack)))
    text = "  ".join(f"{name} {count}" for name, count in counts.items())
    print_object(counts, as_json=as_json, text=text)


def status(as_json: Json = False) -> None:
    """Say whether everything works, and what does not; exit 0 when ready."""
    from shared.health import read_status  # noqa: PLC0415 - lazily, as above
    from shared.queue import Bell  # noqa: PLC0415 - lazily, as above

    with open_stack(broker=True) as stack:
        found = read_status(stack.database, Bell(stack.broker_url))
    print_object(found.as_row(), as_json=as_json, text=found.as_text())
    sys.exit(0 if found.ready else 1)


Port = Annotated[int, typer.Option(help="Port to listen on; 0: any free one.")]
Host = Annotated[str, typer.Option(help="Address to listen on.")]


def demo_office(port: Port = 0, every_seconds: float = 3.0, host: Host = "127.0.0.1") -> None:
    """Run the demo's press office."""
    from services.demo.press_office import run_press_office  # noqa: PLC0415 - lazily, as above

    run_press_office(host, port, every_seconds)


def demo_receiver(
    secret_file: Annotated[Path, typer.Option(help="File with one whsec_ secret a line.")],
    port: Port = 0,
    host: Host = "127.0.0.1",
) -> None:
    """Run the demo's receiver, which verifies and prints every alert."""
    from services.demo.receiver import run_receiver  # noqa: PLC0415 - lazily, as above

    run_receiver(host, port, secret_file)
