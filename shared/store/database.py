"""The connection to PostgreSQL: one engine a process, and the only place where a transaction commits."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import psycopg
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import OperationalError

from shared.errors import ServiceError
from shared.store.arrays import FlatListDumper
from shared.store.vault import VAULT, make_vault

# What the store's functions take; services pass it on and never look inside.
Transaction = Connection


@dataclass(frozen=True, slots=True)
class Database:
    """An open PostgreSQL; made once a process, after any fork."""

    engine: Engine

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        """Give one transaction: committed at the end of the block, rolled back where it raises.

        Raises ServiceError where the database does not answer.
        """
        with _answering(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """Give one connection whose transactions the caller begins: a migration has several. Raises as `begin`."""
        with _answering(), self.engine.connect() as connection:
            yield connection

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        if error.connection_invalidated or "connection" in str(error.orig):
            raise ServiceError("database", f"does not answer: {str(error.orig).strip()}") from error
        raise


def read_clock(connection: Transaction) -> datetime:
    """Read the database's clock: what is due is compared with it, and machines' clocks differ."""
    instant: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    return instant


def open_database(url: str, *, connections: int = 5, secret_keys: Sequence[str] = ()) -> Database:
    """Open a pool of at most `connections`; nothing is connected before the first transaction.

    `url` is a libpq URL. A connection that died while idle is noticed before it is used. `secret_keys` open
    what endpoints' secrets are sealed with; the first seals.
    """
    engine = create_engine(
        sqlalchemy_url(url),
        pool_size=connections,
        max_overflow=0,
        pool_pre_ping=True,
        execution_options={VAULT: make_vault(secret_keys)},
        connect_args={"application_name": "tocsin", "keepalives_idle": 30, "connect_timeout": 10},
    )
    event.listen(engine, "connect", _write_flat_lists)
    return Database(engine)


def _write_flat_lists(connection: psycopg.Connection, _: object) -> None:
    connection.adapters.register_dumper(list, FlatListDumper)


def sqlalchemy_url(url: str) -> str:
    """Name psycopg 3 as the driver of a libpq URL."""
    scheme, _, rest = url.partition("://")
    if scheme not in {"postgresql", "postgres"}:
        raise ServiceError(
            "TOCSIN_DATABASE_URL", "is no postgresql:// URL; write postgresql://user:password@host/name"
        )
    return f"postgresql+psycopg://{rest}"
