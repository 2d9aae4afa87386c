"""What Tocsin watches in the benchmark: every feed, and every topic told to one receiver."""

import psutil
from sqlalchemy import text

from shared.domain.alerts.signing import new_secret
from shared.domain.web.url import host_of
from shared.store.database import Database
from shared.store.feeds import NewFeed, add_feeds
from shared.store.subscriptions import add_subscription
from shared.store.topics import add_topic
from tests.bench.job import Job
from tests.bench.topics import topic_queries

LOOPBACK = "127.0.0.0/8"
_SECRET = new_secret(bytes(range(24)))


def subscribe(job: Job, database: Database) -> None:
    """Subscribe the receiver, which the press offices' server holds, to every topic."""
    with database.begin() as transaction:
        for name, query in topic_queries(job.topics):
            topic = add_topic(transaction, name, query)
            add_subscription(transaction, topic.id, f"{job.site}/hook", _SECRET)


def add_all_feeds(job: Job, database: Database) -> None:
    """Add the feeds as `feed add --quiet` does: what their first documents hold does not ring."""
    with database.begin() as transaction:
        new = [NewFeed(url, host_of(url), starts_quiet=True, own_network=True) for url in job.urls]
        add_feeds(transaction, new)


def make_all_due(database: Database) -> None:
    """Let every feed be polled at once, whatever its rhythm."""
    with database.begin() as transaction:
        transaction.execute(text("UPDATE core.feeds SET next_poll_at = now()"))


def count_releases(database: Database) -> int:
    """Count what is stored."""
    with database.begin() as transaction:
        return int(transaction.scalar(text("SELECT count(*) FROM core.releases")) or 0)


def postgres_process(database: Database) -> psutil.Process:
    """Give the server of a database on this machine."""
    with database.begin() as transaction:
        server = psutil.Process(int(transaction.scalar(text("SELECT pg_backend_pid()")) or 0)).parent()
    if server is None:
        raise RuntimeError("the server has no process of its own")
    return server
