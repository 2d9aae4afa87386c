"""Times how soon a worker holds a change of topics: `python -m tests.bench.topic_changes --topics 100000`.

A worker looks at the version of what is watched with each release, and while it is idle with every sign of life
(`BEAT_SECONDS`); what is timed here is what it then does: load what changed, put it beside the rest, match a text.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path
from random import Random

from rich.console import Console
from rich.table import Table
from sqlalchemy import text

from services.worker.watching import Watching
from shared.domain.topics.evidence import MatchText
from shared.embedded import embedded_services
from shared.queue import BEAT_SECONDS
from shared.store.database import Database, open_database
from shared.store.migrate import migrate
from shared.store.watch import get_watched_version, raise_watched_version
from tests.bench.documents import sentence
from tests.bench.phrases import LANGUAGES

CHANGES = (1, 10, 100, 1_000, 10_000)
RUNS = 3


def main() -> None:
    """Store the topics, start a worker's matcher, change more and more of them."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.topic_changes", description=__doc__)
    parser.add_argument("--topics", type=int, default=100_000)
    topics = parser.parse_args().topics
    console = Console(width=110)
    numbers = count()
    with (
        tempfile.TemporaryDirectory(prefix="tocsin-topics-") as folder,
        embedded_services(Path(folder)) as services,
    ):
        migrate(services.database_url)
        database = open_database(services.database_url)
        add(database, topics, numbers)
        watching = Watching()
        table = Table(title=f"A worker that watches {topics:,} topics, {RUNS} runs", title_justify="left")
        for name in ("topics added", "until they are held, s: best", "worst", "next text, ms: worst"):
            table.add_column(name, justify="right")
        table.add_row(f"{topics:,} (a start)", *_figures([caught_up(database, watching)]))
        for changes in CHANGES:
            taken = []
            for _ in range(RUNS):
                add(database, changes, numbers)
                taken.append(caught_up(database, watching))
            table.add_row(f"{changes:,}", *_figures(taken))
        console.print(table)
        console.print(f"An idle worker looks every {BEAT_SECONDS:.0f} s, a busy one with each release.")
        database.close()


def add(database: Database, how_many: int, numbers: Iterator[int]) -> None:
    """Add topics in one transaction, each with a word of its own."""
    rows = [
        {"name": f"topic {number}", "query": f"(ship{number} OR harbour{number}) -vaccine"}
        for number in islice(numbers, how_many)
    ]
    with database.begin() as transaction:
        raise_watched_version(transaction)
        transaction.execute(text("INSERT INTO core.topics (name, query) VALUES (:name, :query)"), rows)


def caught_up(database: Database, watching: Watching) -> tuple[float, float]:
    """Give how long a worker takes to hold what is watched now, and then to match a text, in seconds."""
    began = time.perf_counter()
    with database.begin() as transaction:
        compiled = watching.at(transaction, get_watched_version(transaction))
    held = time.perf_counter()
    compiled.match(a_text())
    return held - began, time.perf_counter() - held


def a_text() -> MatchText:
    """Write a text of some 600 words."""
    language, random = LANGUAGES[0], Random(1)
    return MatchText("A report", "\n".join(sentence(random, language) for _ in range(28)), "", language.code)


def _figures(taken: list[tuple[float, float]]) -> tuple[str, str, str]:
    held, matched = zip(*taken, strict=True)
    return f"{min(held):.3f}", f"{max(held):.3f}", f"{max(matched) * 1e3:.1f}"


if __name__ == "__main__":
    main()
