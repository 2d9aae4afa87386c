"""Brings a database to the current schema, and gives the reader its password."""

import logging
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import psycopg.sql
from psycopg.errors import DeadlockDetected, LockNotAvailable
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from shared.errors import ServiceError
from shared.store.database import Database, open_database, sqlalchemy_url

LOG = logging.getLogger("tocsin.migrate")
MIGRATIONS = Path(__file__).parent / "migrations"
MIGRATION_LOCK = 0x746F6373_00000001


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a migration waits for a table, how long it then lets others go first, and how often it asks."""

    # Whoever waits for a table's lock holds up all who come after it: the line stands still for as long.
    lock_seconds: float = 2
    pause_seconds: float = 5
    attempts: int = 12


PATIENCE = Patience()


def migrate(database_url: str, reader_database_url: str = "", *, patience: Patience = PATIENCE) -> None:
    """Apply every migration that is missing; safe to run by many at once and again.

    The read-only role gets the password of `reader_database_url` where one is given, else a generated one.
    Raises ServiceError where others hold a table for longer than `patience`; the steps before that stay done.
    """
    with _migrating(database_url) as connection:
        _move(connection, "upgrade", "head", patience)
        with connection.begin():
            _give_reader_its_password(connection, reader_database_url)


def step_back(database_url: str, *, patience: Patience = PATIENCE) -> str:
    """Take the newest migration back; give the version that the schema has then.

    What the older schema cannot hold is converted or goes. Raises ServiceError as `migrate` does.
    """
    return str(move_schema(database_url, "downgrade", "-1", patience=patience))


def move_schema(
    database_url: str, direction: Literal["upgrade", "downgrade"], to: str, *, patience: Patience = PATIENCE
) -> str | None:
    """Go to one version, given as Alembic's commands take it; give the version that the schema has then, if any."""
    with _migrating(database_url) as connection:
        _move(connection, direction, to, patience)
        with connection.begin():
            version: str | None = connection.scalar(text("SELECT version_num FROM public.tocsin_version"))
    return version


@contextmanager
def _migrating(database_url: str) -> Iterator[Connection]:
    """Give a connection, outside of a transaction, while nobody else migrates."""
    database = open_database(database_url, connections=1)
    try:
        with database.connect() as connection:
            # Asked for and not waited for: a session that waits has a transaction open, and whoever builds an
            # index concurrently waits for that one to end.
            while not _has_turn(connection):
                time.sleep(0.2)
            yield connection
    finally:
        database.close()


def _has_turn(connection: Connection) -> bool:
    with connection.begin():
        return bool(connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": MIGRATION_LOCK}))


def _move(
    connection: Connection, direction: Literal["upgrade", "downgrade"], to: str, patience: Patience
) -> None:
    for left in reversed(range(patience.attempts)):
        try:
            with connection.begin():
                connection.exec_driver_sql(f"SET lock_timeout = {round(patience.lock_seconds * 1000)}")
            _run_alembic(connection, direction, to)
        except OperationalError as error:
            if not isinstance(error.orig, (LockNotAvailable, DeadlockDetected)):
                raise
            why = f"a migration waited too long for a table that {_holder(connection)} holds"
            if not left:
                raise ServiceError(
                    "database", f"is busy: {why}; that step was not done, run `tocsin migrate` again"
                ) from error
            LOG.warning("%s; tries again in %g s, %d times at most", why, patience.pause_seconds, left)
            time.sleep(patience.pause_seconds)
        else:
            return


def _holder(connection: Connection) -> str:
    """Name the session that has had a table of ours for longest."""
    with connection.begin():
        found = connection.execute(text(_HOLDER)).one_or_none()
    if found is None:
        return "another session"
    return f"process {found.pid} of the database ({found.name}, {found.state} for {found.seconds} s)"


_HOLDER = """
    SELECT a.pid, coalesce(nullif(a.application_name, ''), 'without a name') AS name,
        coalesce(a.state, 'open') AS state, extract(epoch FROM now() - a.xact_start)::integer AS seconds
    FROM pg_stat_activity a
    WHERE a.pid <> pg_backend_pid() AND a.xact_start IS NOT NULL AND EXISTS (
        SELECT FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
        WHERE l.pid = a.pid AND l.granted AND c.relnamespace = to_regnamespace('core')
            AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()))
    ORDER BY a.xact_start LIMIT 1
"""


def schema_state(database: Database) -> Literal["current", "empty", "old"]:
    """Tell whether every migration has been applied, none yet, or some."""
    head = max(path.stem[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
    with database.begin() as connection:
        if connection.scalar(text("SELECT to_regclass('public.tocsin_version')")) is None:
            return "empty"
        version = connection.scalar(text("SELECT version_num FROM public.tocsin_version"))
    return "current" if version == head else "old"


def reader_url(database: Database, database_url: str) -> str:
    """Give the URL that logs in as `tocsin_reader` to the same database."""
    with database.begin() as connection:
        password = connection.scalar(text("SELECT value FROM core.secrets WHERE name = 'reader_password'"))
    url = make_url(sqlalchemy_url(database_url)).set(
        drivername="postgresql", username="tocsin_reader", password=password
    )
    return url.render_as_string(hide_password=False)


def _run_alembic(connection: Connection, direction: Literal["upgrade", "downgrade"], to: str) -> None:
    # Imported here: every command would pay for it at its start, and only this one needs it.
    from alembic import command  # noqa: PLC0415 - as said
    from alembic.config import Config  # noqa: PLC0415 - as said

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    try:
        {"upgrade": command.upgrade, "downgrade": command.downgrade}[direction](config, to)
    finally:
        # Each step was committed; what may be open is the question which steps there are.
        connection.rollback()


def _give_reader_its_password(connection: Connection, reader_database_url: str) -> None:
    given = make_url(sqlalchemy_url(reader_database_url)).password if reader_database_url else None
    known = connection.scalar(text("SELECT value FROM core.secrets WHERE name = 'reader_password'"))
    password = given or known or secrets.token_urlsafe(24)
    # Set each time: the role belongs to the whole cluster, where another database may have given it another.
    # ALTER ROLE takes no parameters: the literal is quoted by the driver.
    statement = psycopg.sql.SQL("ALTER ROLE tocsin_reader LOGIN PASSWORD {}").format(
        psycopg.sql.Literal(password)
    )
    connection.exec_driver_sql(statement.as_string(None).replace("%", "%%"))
    # A database that was made anew around a restored schema lets everybody make temporary tables.
    connection.exec_driver_sql(
        "DO $$ BEGIN EXECUTE format('REVOKE TEMPORARY ON DATABASE %%I FROM PUBLIC', current_database()); END $$"
    )
    connection.execute(
        text(
            "INSERT INTO core.secrets VALUES ('reader_password', :password) "
            "ON CONFLICT (name) DO UPDATE SET value = excluded.value"
        ),
        {"password": password},
    )
