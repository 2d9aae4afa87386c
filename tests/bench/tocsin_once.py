"""Tocsin in one process: the very `run_once` of `tocsin once`."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import psutil

from services.cli.once import run_once
from services.cli.stack import Stack
from shared.logs import configure_logs
from shared.settings import load_settings
from shared.store.database import open_database
from tests.bench.job import Job
from tests.bench.measured import Meter, Turn
from tests.bench.passes import take_two_passes
from tests.bench.watched import LOOPBACK, add_all_feeds, count_releases, postgres_process, subscribe


@contextmanager
def watching_stack(job: Job) -> Iterator[Stack]:
    """Open the fresh database with every feed added and every topic subscribed to."""
    configure_logs("console")
    settings = load_settings(
        database_url=job.database_url, redis_url=job.redis_url, allowed_networks=LOOPBACK
    )
    database = open_database(job.database_url)
    try:
        subscribe(job, database)
        add_all_feeds(job, database)
        yield Stack(settings, database, job.database_url, job.redis_url)
    finally:
        database.close()


def run_tocsin_once(job: Job) -> Turn:
    """Run `once` cold and again after the switch."""
    with watching_stack(job) as stack:
        return take_two_passes(
            job,
            Meter([psutil.Process()], [postgres_process(stack.database)]),
            update=lambda: asyncio.run(run_once(stack)),
            count=lambda: count_releases(stack.database),
        )
