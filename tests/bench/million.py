"""A million stored releases: what the questions of docs/queries.md, the search and the next release then take.

`python -m tests.bench.million [--releases N]`, a target of its own: a million takes about half an hour on two cores,
nearly all of it to make the releases up. It runs on the embedded PostgreSQL, in a folder that it removes.
"""

import argparse
import re
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from rich.progress import track
from sqlalchemy import text

from shared.embedded import embedded_services
from shared.store.database import Database, open_database
from shared.store.migrate import migrate, reader_url
from shared.store.searching import index_texts
from tests.bench.filled_archive import chunks, fill_releases, fill_world
from tests.services.line import Item, Line

PAGE = Path(__file__).parents[2] / "docs" / "queries.md"
_BATCHES, _A_BATCH = 8, 50
_INDEXED_AT_ONCE = 2_000
_SEARCHES = 40


def main() -> None:
    """Fill, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.million", description=__doc__)
    parser.add_argument("--releases", type=int, default=1_000_000)
    releases = parser.parse_args().releases
    with filled_place() as url:
        rates = [insert_rate(url, "first")]
        fill(url, releases)
        rates.append(insert_rate(url, "after"))
        print_page(url, releases, rates)


@contextmanager
def filled_place() -> Iterator[str]:
    """Give an empty, migrated database of our own."""
    with TemporaryDirectory(prefix="tocsin-million-") as folder, embedded_services(Path(folder)) as services:
        migrate(services.database_url)
        yield services.database_url


def fill(url: str, releases: int) -> None:
    """Store so many releases, and put them all into the index of the search."""
    database = open_database(url)
    with database.begin() as transaction:
        fill_world(transaction)
    for first, last in track(list(chunks(releases)), description="Making releases up"):
        with database.begin() as transaction:
            fill_releases(transaction, first, last, of=releases)
        _index(database)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    database.close()


def _index(database: Database) -> None:
    while True:
        with database.begin() as transaction:
            if not index_texts(transaction, _INDEXED_AT_ONCE):
                return


def insert_rate(url: str, name: str) -> float:
    """Process fetches of fifty new entries each, with one topic watched; give the median releases a second."""
    line = Line(url)
    line.subscribe(f"terrorism AND {name}", name=name)
    feed = line.feed(f"https://press.example/{name}.xml")
    rates = []
    for batch in range(_BATCHES):
        fetch = line.poll(feed, *(Item(f"{name} {batch} {n}") for n in range(_A_BATCH)))
        begun = time.perf_counter()
        line.process(fetch)
        rates.append(_A_BATCH / (time.perf_counter() - begun))
    line.close()
    return statistics.median(rates)


def print_page(url: str, releases: int, rates: list[float]) -> None:
    """Print what everything took."""
    database = open_database(url)
    with psycopg.connect(reader_url(database, url), autocommit=True) as reader:
        print(f"{releases:,} releases stored, {_size(reader)}\n")
        print(f"next release: {rates[0]:.0f} a second at none stored, {rates[1]:.0f} at {releases:,}\n")
        print(f"search(), {_SEARCHES} words of every frequency: {_search(reader)}\n")
        for question, query in _questions().items():
            print(f"{_seconds(reader, query) * 1000:9.0f} ms  {question}")
    database.close()


def _questions() -> dict[str, str]:
    found = re.findall(
        r"^### \d+\. (.+?)\n```sql\n(.+?)```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    return dict(found)


def _size(reader: psycopg.Connection[tuple[object, ...]]) -> str:
    ((size,),) = reader.execute("SELECT pg_size_pretty(pg_database_size(current_database()))").fetchall()
    return str(size)


def _search(reader: psycopg.Connection[tuple[object, ...]]) -> str:
    """Search for words from the commonest to the rarest; the filler's vocabulary has a long tail."""
    words = [f"w{round(60_000 ** (n / (_SEARCHES - 1)))}" for n in range(_SEARCHES)]
    seconds = sorted(_seconds(reader, f"SELECT * FROM search('{word}')", times=1) for word in words)  # noqa: S608 - ours
    p95 = seconds[round(0.95 * (len(seconds) - 1))]
    return f"median {statistics.median(seconds) * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms"


def _seconds(reader: psycopg.Connection[tuple[object, ...]], query: str, times: int = 3) -> float:
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        try:
            reader.execute(query.encode()).fetchall()
        except psycopg.errors.QueryCanceled:
            return float("inf")
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


if __name__ == "__main__":
    main()
