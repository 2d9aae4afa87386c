"""Times topics on a stored archive: `python -m tests.bench.archive --releases 100000`."""

import argparse
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from uuid import UUID

from rich.console import Console
from rich.progress import track
from rich.table import Table
from sqlalchemy import text

from shared.backtest import backtest
from shared.domain.topics.evidence import MatchText
from shared.domain.topics.lexicon import load_lexicon
from shared.domain.topics.reading import ReadText
from shared.embedded import embedded_services
from shared.store.database import Database, open_database
from shared.store.migrate import migrate
from shared.store.read_texts import StoredReading, record_read_texts
from tests.bench.documents import sentence
from tests.bench.phrases import LANGUAGES

BATCH = 500
SENTENCES = 14
DAYS = 30
QUERIES = (
    '"night train to Bergen"',
    '"council of Graz" OR "ayuntamiento de Graz"',
    "AT LEAST 3 OF (Graz, Lille, Turin, Cork)",
    "Patras NEAR/8 Dundee",
    "~human-trafficking OR ~money-laundering",
    "lang:fr AND vaccin AND Lausanne",
    "vaccine",
)


def main() -> None:
    """Store the releases, then try each query three times and show the median."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.archive", description=__doc__)
    parser.add_argument("--releases", type=int, default=100_000)
    releases = parser.parse_args().releases
    console = Console(width=110)
    with (
        tempfile.TemporaryDirectory(prefix="tocsin-archive-") as folder,
        embedded_services(Path(folder)) as services,
    ):
        migrate(services.database_url)
        database = open_database(services.database_url)
        fill(database, releases, console)
        table = Table(title=f"A topic tried on {releases:,} stored releases", title_justify="left")
        for name in ("query", "hits", "seconds", "releases/s"):
            table.add_column(name, justify="left" if name == "query" else "right")
        for query in QUERIES:
            hits, seconds = timed(database, query)
            table.add_row(query, f"{hits:,}", f"{seconds:.2f}", f"{releases / seconds:,.0f}")
        console.print(table)
        database.close()


def fill(database: Database, releases: int, console: Console) -> None:
    """Store releases with their terms as the worker does, spread over the last days."""
    now = datetime.now(UTC)
    numbered = iter(range(releases))
    for _ in track(range(-(-releases // BATCH)), description="Storing", console=console, transient=True):
        batch = [
            (number, a_release(number), now - timedelta(days=DAYS * number / releases))
            for number in islice(numbered, BATCH)
        ]
        store(database, batch)
    with database.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("VACUUM ANALYZE"))


def a_release(number: int) -> MatchText:
    """Write a release of about 300 words."""
    random = Random(number)
    language = LANGUAGES[number % len(LANGUAGES)]
    sentences: Iterator[str] = (sentence(random, language) for _ in range(SENTENCES))
    return MatchText(random.choice(language.headlines), "\n".join(sentences), "", language.code)


def store(database: Database, batch: list[tuple[int, MatchText, datetime]]) -> None:
    """Store a batch in one transaction."""
    releases = [
        {
            "id": UUID(int=number + 1),
            "at": at,
            "title": release.title,
            "body": release.body,
            "language": release.language,
        }
        for number, release, at in batch
    ]
    with database.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO core.releases (id, state, first_seen_at, updated_at, text_source) "
                "VALUES (:id, 'settled', :at, :at, 'feed')"
            ),
            releases,
        )
        connection.execute(
            text(
                "INSERT INTO core.revisions (release_id, revision, title, body, language, words, made_at) "
                "VALUES (:id, 1, :title, :body, :language, '', :at)"
            ),
            releases,
        )
        record_read_texts(connection, [_reading(*one) for one in batch])


def _reading(number: int, release: MatchText, at: datetime) -> StoredReading:
    read = ReadText(release)
    return StoredReading(UUID(int=number + 1), 1, read.language, (), (), read.terms, at)


def timed(database: Database, query: str) -> tuple[int, float]:
    """Give how many releases a query rings for, and the median time of three trials."""
    now = datetime.now(UTC)
    taken = []
    for _ in range(3):
        began = time.perf_counter()
        found = backtest(database, query, load_lexicon(), since=now - timedelta(days=2 * DAYS), now=now)
        taken.append(time.perf_counter() - began)
    return len(found.hits), sorted(taken)[1]


if __name__ == "__main__":
    main()
