"""Times how soon a worker holds a change of topics: `python -m tests.bench.topic_changes --topics 100000`.

A worker looks at the version of what is watched with each release: first what it then does is timed, to load what
changed, put it beside the rest and match a text. It also looks once a second, whether there is work or not: then idle
worker processes are timed from the commit of a change until the last of them holds it.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator
from itertools import count, islice
from multiprocessing import get_context
from multiprocessing.queues import Queue
from pathlib import Path
from random import Random
from threading import Event, Thread

from rich.console import Console
from rich.table import Table
from sqlalchemy import text

from services.worker.watching import Watching, watch_until
from shared.domain.topics.evidence import MatchText
from shared.embedded import embedded_services
from shared.store.database import Database, open_database
from shared.store.migrate import migrate
from shared.store.watch import get_watched_version, raise_watched_version
from tests.bench.documents import sentence
from tests.bench.phrases import LANGUAGES

CHANGES = (1, 10, 100, 1_000, 10_000)
RUNS = 3
IDLE_PROCESSES, IDLE_CHANGES, IDLE_RUNS = 4, (1, 100), 10


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
        console.print(idle_table(database, services.database_url, numbers))
        database.close()


def idle_table(database: Database, database_url: str, numbers: Iterator[int]) -> Table:
    """Time some idle worker processes from the commit of a change until each of them holds it."""
    processes = get_context("spawn")
    held: Queue[tuple[int, float]] = processes.Queue()
    idle = [
        processes.Process(target=stay_idle, args=(database_url, held), daemon=True)
        for _ in range(IDLE_PROCESSES)
    ]
    table = Table(title=f"{IDLE_PROCESSES} idle processes, {IDLE_RUNS} runs", title_justify="left")
    for name in ("topics added", "until one holds them, s: median", "until all do: median", "worst"):
        table.add_column(name, justify="right")
    for process in idle:
        process.start()
    wait_for(held, _version(database))
    for changes in IDLE_CHANGES:
        taken = []
        for _ in range(IDLE_RUNS):
            time.sleep(Random(len(taken)).random())
            add(database, changes, numbers)
            committed = time.time()
            taken.append([at - committed for at in wait_for(held, _version(database))])
        every = sorted(at for each in taken for at in each)
        last = sorted(max(each) for each in taken)
        figures = (every[len(every) // 2], last[len(last) // 2], last[-1])
        table.add_row(f"{changes:,}", *(f"{figure:.2f}" for figure in figures))
    for process in idle:
        process.terminate()
    return table


def stay_idle(database_url: str, held: "Queue[tuple[int, float]]") -> None:
    """Watch as a worker's process does, and tell when it holds another version."""
    topics = Watching()
    watched = (Event(), open_database(database_url), topics, "bench")
    Thread(target=watch_until, args=watched, daemon=True).start()
    told = 0
    while True:
        version = topics.newest.version
        if version != told:
            held.put((version, time.time()))
            told = version
        time.sleep(0.005)


def wait_for(held: "Queue[tuple[int, float]]", version: int) -> list[float]:
    """Wait until every process holds a version; give the instants at which they did."""
    instants: list[float] = []
    while len(instants) < IDLE_PROCESSES:
        at_version, at = held.get(timeout=120)
        instants += [at] if at_version == version else []
    return instants


def _version(database: Database) -> int:
    with database.begin() as transaction:
        return get_watched_version(transaction)


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
