"""Brings a database to the current schema, and gives the reader its password."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import psycopg.sql
from psycopg.errors import DeadlockDetected, LockNotAvailable
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from shared.errors import ServiceError
from shared.store.database import Database, open_database, sqlalchemy_url

MIGRATIONS = Path(__file__).parent / "migrations"
MIGRATION_LOCK = 0x746F6373_00000001
# Whoever waits for a table's lock holds up all who come after it: the line would stand still for as long.
LOCK_SECONDS = 10


def migrate(database_url: str, reader_database_url: str = "", *, lock_seconds: float = LOCK_SECONDS) -> None:
    """Apply every migration that is missing; safe to run by many at once and again.

    The read-only role gets the password of `reader_database_url` where one is given, else a generated one.
    Raises ServiceError where somebody else holds a table for longer than `lock_seconds`; nothing has changed then.
    """
    with _migrating(database_url, lock_seconds) as connection:
        _run_alembic(connection, "upgrade", "head")
        _give_reader_its_password(connection, reader_database_url)


def step_back(database_url: str, *, lock_seconds: float = LOCK_SECONDS) -> str:
    """Take the newest migration back; give the version that the schema has then.

    What the older schema cannot hold is converted or goes. Raises ServiceError as `migrate` does.
    """
    with _migrating(database_url, lock_seconds) as connection:
        _run_alembic(connection, "downgrade", "-1")
        return str(connection.scalar(text("SELECT version_num FROM public.tocsin_version")))


@contextmanager
def _migrating(database_url: str, lock_seconds: float) -> Iterator[Connection]:
    """Give a transaction that nobody else migrates in, and that waits for no table longer than `lock_seconds`."""
    database = open_database(database_url, connections=1)
    try:
        with database.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
            # Only now: whoever waits for another's migration holds up nobody.
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {round(lock_seconds * 1000)}")
            yield connection
    except OperationalError as error:
        if not isinstance(error.orig, (LockNotAvailable, DeadlockDetected)):
            raise
        raise ServiceError(
            "database",
            "is busy: a migration waited too long for a table that another session holds; "
            "nothing was changed, run `tocsin migrate` again",
        ) from error
    finally:
        database.close()


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
    {"upgrade": command.upgrade, "downgrade": command.downgrade}[direction](config, to)


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
