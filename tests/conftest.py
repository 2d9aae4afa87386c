"""What tests on real services stand on: one PostgreSQL and one Valkey for the whole run."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest
import redis
from hypothesis import settings
from psycopg import sql

from shared.embedded import EmbeddedServices, embedded_services

# No test asserts a time: on a busy machine the fifth of a second that hypothesis allows an example passes.
settings.register_profile("tocsin", deadline=None)
settings.load_profile("tocsin")

_REDIS_DATABASES = 16
_turns = count()


@pytest.fixture(scope="session")
def services() -> Iterator[EmbeddedServices]:
    """Run the embedded services for as long as the tests run.

    Not below pytest's own folder: a second run of pytest closes that to the servers' user while we use it.
    """
    with TemporaryDirectory(prefix="tocsin-tests-") as folder, embedded_services(Path(folder)) as running:
        yield running


@pytest.fixture(scope="session")
def template_database(services: EmbeddedServices) -> str:
    """Migrate one database, once; return its name. Nobody may stay connected to it."""
    from shared.store.migrate import migrate  # noqa: PLC0415 - only tests on a database pay for its import

    name = f"template_{uuid4().hex}"
    _administer(services, "CREATE DATABASE {}", name)
    migrate(_on_database(services, name))
    return name


@pytest.fixture(scope="module")
def filled_database_url(services: EmbeddedServices, template_database: str) -> Iterator[str]:
    """Give a module a migrated database to fill once, dropped after it."""
    yield from _own_database(services, template_database)


@pytest.fixture
def database_url(services: EmbeddedServices, template_database: str) -> Iterator[str]:
    """Give the test a migrated database of its own, dropped after it."""
    yield from _own_database(services, template_database)


@pytest.fixture
def redis_url(services: EmbeddedServices) -> Iterator[str]:
    """Give the test an empty database number, not used by the last fifteen tests."""
    url = urlsplit(services.redis_url)._replace(path=f"/{next(_turns) % _REDIS_DATABASES}").geturl()
    with redis.Redis.from_url(url) as client:
        client.flushdb()
        yield url
        client.flushdb()


def _own_database(services: EmbeddedServices, template: str) -> Iterator[str]:
    name = f"test_{uuid4().hex}"
    _administer(services, "CREATE DATABASE {} TEMPLATE {}", name, template)
    yield _on_database(services, name)
    _administer(services, "DROP DATABASE {} WITH (FORCE)", name)


def _on_database(services: EmbeddedServices, name: str) -> str:
    return urlsplit(services.database_url)._replace(path=f"/{name}").geturl()


def _administer(services: EmbeddedServices, statement: str, *names: str) -> None:
    with psycopg.connect(services.database_url, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
