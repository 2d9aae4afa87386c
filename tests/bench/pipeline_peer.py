"""The pipeline that anyone would write first: httpx, then feedparser, then a row at a time."""

from io import BytesIO

import feedparser
import httpx
import psutil
import psycopg

from tests.bench.job import Job
from tests.bench.measured import Meter, Turn
from tests.bench.passes import take_two_passes

_TABLE = """
    CREATE TABLE entries (feed text, guid text, url text, title text, body text, published text,
                          PRIMARY KEY (feed, guid))
"""
_INSERT = "INSERT INTO entries VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (feed, guid) DO NOTHING"


def run_pipeline(job: Job) -> Turn:
    """Fetch each feed, parse it, insert each entry and commit it."""
    with psycopg.connect(job.database_url) as connection, httpx.Client(timeout=30) as client:
        connection.execute(_TABLE)
        connection.commit()

        def update() -> None:
            for url in job.urls:
                _store(connection, url, client.get(url).content)

        return take_two_passes(
            job, Meter([psutil.Process()], [_server(connection)]), update, lambda: _count(connection)
        )


def _store(connection: psycopg.Connection, url: str, body: bytes) -> None:
    for entry in feedparser.parse(BytesIO(body)).entries:
        row = (url, entry.id, entry.link, entry.title, entry.content[0].value, entry.published)
        connection.execute(_INSERT, row)
        connection.commit()


def _count(connection: psycopg.Connection) -> int:
    count = connection.execute("SELECT count(*) FROM entries").fetchone()
    connection.commit()
    return int(count[0]) if count else 0


def _server(connection: psycopg.Connection) -> psutil.Process:
    server = psutil.Process(connection.info.backend_pid).parent()
    if server is None:
        raise RuntimeError("the server has no process of its own")
    return server
