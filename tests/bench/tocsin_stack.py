"""Tocsin as it runs: `tocsin ingest` and `tocsin worker` on PostgreSQL and Valkey, measured from outside."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import psutil
import redis

from services.cli.up import program
from shared.store.database import Database, open_database
from shared.store.heartbeats import Heartbeat, list_heartbeats
from tests.bench.job import Job
from tests.bench.measured import Meter, Turn
from tests.bench.passes import take_two_passes
from tests.bench.watched import (
    LOOPBACK,
    add_all_feeds,
    count_releases,
    make_all_due,
    postgres_process,
    subscribe,
)

SERVICES = (("ingest",), ("worker", "--queue", "process"), ("worker", "--queue", "deliver"))
_LOOK_SECONDS = 0.02
PATIENCE_SECONDS = 600.0


def run_tocsin_stack(job: Job) -> Turn:
    """Measure from the moment every feed is due until every entry is stored.

    The schedule adds nothing: feeds are added, and later set due, in SQL. The poller looks for due feeds every
    0.2 s, and that is in the figure. Deliveries go on beside it and are not waited for.
    """
    database = open_database(job.database_url)
    try:
        subscribe(job, database)
        with _services(job, database) as processes:
            servers = [postgres_process(database), _broker_process(job)]
            makes_due = iter((lambda: add_all_feeds(job, database), lambda: make_all_due(database)))
            expected = iter((job.feeds * job.entries, job.feeds * (job.entries + 1)))

            def update() -> None:
                next(makes_due)()
                _wait_for(database, next(expected))

            return take_two_passes(job, Meter(processes, servers), update, lambda: count_releases(database))
    finally:
        database.close()


@contextmanager
def _services(job: Job, database: Database) -> Iterator[list[psutil.Process]]:
    """Run the services and wait until each has shown a sign of life."""
    environment = dict(os.environ) | {
        "TOCSIN_DATABASE_URL": job.database_url,
        "TOCSIN_REDIS_URL": job.redis_url,
        "TOCSIN_ALLOWED_NETWORKS": LOOPBACK,
        "TOCSIN_POLL_MIN_SECONDS": "3600",
        "TOCSIN_LOG_FORMAT": "json",
    }
    children: list[subprocess.Popen[bytes]] = []
    with (job.folder / "services.log").open("wb") as log:
        try:
            for arguments in SERVICES:
                command = [*program(), *arguments]
                children.append(subprocess.Popen(command, env=environment, stdout=log, stderr=log))
            _wait(
                lambda: len({beat.service for beat in _beats(database)}) == len(SERVICES), "no sign of life"
            )
            yield [psutil.Process(child.pid) for child in children]
        finally:
            _end(children)


def _end(children: Sequence[subprocess.Popen[bytes]]) -> None:
    for child in children:
        child.terminate()
    for child in children:
        child.wait(timeout=30)


def _beats(database: Database) -> list[Heartbeat]:
    with database.begin() as transaction:
        return list_heartbeats(transaction)


def _broker_process(job: Job) -> psutil.Process:
    with redis.Redis.from_url(job.redis_url) as client:
        return psutil.Process(int(client.info()["process_id"]))


def _wait_for(database: Database, releases: int) -> None:
    _wait(lambda: count_releases(database) >= releases, f"{releases} releases did not come")


def _wait(until: Callable[[], bool], complaint: str) -> None:
    gives_up_at = time.monotonic() + PATIENCE_SECONDS
    while not until():
        if time.monotonic() > gives_up_at:
            raise RuntimeError(complaint)
        time.sleep(_LOOK_SECONDS)
