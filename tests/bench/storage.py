"""Fresh storage for every turn: a migrated database, an empty broker, an empty folder."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import redis

from shared.embedded import EmbeddedServices
from shared.store.migrate import migrate
from tests.bench.job import Job


@dataclass(slots=True)
class FreshStorage:
    """Makes a turn's storage on the running services and takes it away after."""

    services: EmbeddedServices
    folder: Path
    numbers: Iterator[int] = field(default_factory=count)

    @contextmanager
    def fresh(self, site: str, feeds: int, entries: int) -> Iterator[Job]:
        """Give a job whose storage is empty."""
        name = f"bench_{next(self.numbers)}"
        url = urlsplit(self.services.database_url)._replace(path=f"/{name}").geturl()
        self._administer(f"CREATE DATABASE {name}")
        migrate(url)
        with redis.Redis.from_url(self.services.redis_url) as client:
            client.flushall()
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            yield Job(site, feeds, entries, url, self.services.redis_url, Path(folder))
        self._administer(f"DROP DATABASE {name} WITH (FORCE)")
        self._administer("CHECKPOINT")

    def _administer(self, statement: str) -> None:
        with psycopg.connect(self.services.database_url, autocommit=True) as connection:
            connection.execute(statement)
