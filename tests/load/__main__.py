"""Runs the load and prints what it showed; `python -m tests.load --help` says what may be chosen."""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import redis
from rich.console import Console
from rich.table import Table

from shared.embedded import embedded_services
from shared.store.migrate import migrate
from tests.load.findings import (
    Arrival,
    broken_repeats,
    fastest_second,
    holes,
    latencies,
    median_of,
    repeats,
    requests_in_pauses,
)
from tests.load.receivers import RETRY_AFTER_SECONDS
from tests.load.run import Ran, Shape, run_load

_BAD = {"hangs": 10, "fails": 10, "limits": 5, "cuts": 5}


def main() -> None:
    """Run without the bad, with them, and with kills; exit 1 where something is not as it must be."""
    chosen = _arguments()
    good = Shape({"good": 70}, chosen.batches, chosen.releases)
    bad = Shape({"good": 70} | _BAD, chosen.batches, chosen.releases)
    killed = Shape({"good": 70} | _BAD, chosen.batches, chosen.releases, kills=chosen.kills)
    with _storage() as fresh:
        quiet = run_load(*fresh("quiet"), good)
        loaded = run_load(*fresh("loaded"), bad)
        survived = run_load(*fresh("killed"), killed)
    wrong = [*_judge(quiet, loaded, bad), *_judge_killed(survived, killed)]
    _print(quiet, loaded, survived, wrong)
    sys.exit(1 if wrong else 0)


def _judge(quiet: Ran, ran: Ran, shape: Shape) -> list[str]:
    slower = _median(ran, "/good/") / max(_median(quiet, "/good/"), 0.001)
    usual, beside = _healed(ran, ran.usual), _healed(ran, ran.beside)
    fastest = fastest_second(one for one in _bad(ran.arrivals) if one.at > ran.healed_at + 1)
    checks = {
        f"{ran.early_starts} posts started in a pause that was asked for": ran.early_starts > 0,
        f"the good were {slower:.1f} times slower": slower > 2,
        "the bad were owed nothing while the good were served": not ran.owed_when_good_were_done,
        f"{fastest} posts in a second, and the rate is {shape.rate:g}": fastest > shape.rate + 1,
        f"what was new waited {beside:.2f} s beside the owed, usually {usual:.2f}": beside > 2 * usual,
    }
    early = requests_in_pauses(ran.arrivals, RETRY_AFTER_SECONDS)
    return [words for words, is_wrong in checks.items() if is_wrong] + early[:5] + _lasting(ran)


def _judge_killed(ran: Ran, shape: Shape) -> list[str]:
    too_few = [] if ran.killed == shape.kills else [f"killed {ran.killed} times, not {shape.kills}"]
    return too_few + _lasting(ran)


def _lasting(ran: Ran) -> list[str]:
    """List what must never be, whoever dies: holes, two ids, two bodies, a ledger that does not sum."""
    matched, delivered, missing = ran.ledger
    sums = [] if (matched, missing) == (delivered, 0) else [f"the ledger: {ran.ledger}"]
    return sums + holes(ran.arrivals, ran.sequence)[:5] + broken_repeats(ran.arrivals)[:5]


def _print(quiet: Ran, loaded: Ran, survived: Ran, wrong: list[str]) -> None:
    table = Table(title=f"Load run on {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    for column in ("", "good alone", "beside 30 bad", "and killed"):
        table.add_column(column, justify="right" if column else "left")
    runs = (quiet, loaded, survived)
    table.add_row("alerts", *(str(ran.ledger[0]) for ran in runs))
    table.add_row("posts", *(str(len(ran.arrivals)) for ran in runs))
    table.add_row("median latency of the good", *(f"{_median(ran, '/good/'):.3f} s" for ran in runs))
    table.add_row("owed when the good were done", *(str(ran.owed_when_good_were_done) for ran in runs))
    table.add_row("caught up after", *(f"{ran.caught_up_seconds:.1f} s" for ran in runs))
    table.add_row("new beside the owed", *(f"{_healed(ran, ran.beside):.3f} s" for ran in runs))
    table.add_row("the same, usually", *(f"{_healed(ran, ran.usual):.3f} s" for ran in runs))
    table.add_row("taken twice, same id and bytes", *(str(repeats(ran.arrivals)) for ran in runs))
    table.add_row("kills", *(str(ran.killed) for ran in runs))
    console = Console(width=100)
    console.print(table)
    for line in wrong:
        console.print(f"WRONG: {line}")


def _median(ran: Ran, where: str) -> float:
    return median_of(latencies((one for one in ran.arrivals if where in one.endpoint), ran.due_at))


def _healed(ran: Ran, due_at: dict[str, float]) -> float:
    return median_of(latencies(_bad(ran.arrivals), due_at))


def _bad(arrivals: list[Arrival]) -> list[Arrival]:
    return [one for one in arrivals if "/good/" not in one.endpoint]


@contextmanager
def _storage() -> Iterator[Callable[[str], tuple[str, str]]]:
    with (
        tempfile.TemporaryDirectory(prefix="tocsin-load-") as folder,
        embedded_services(Path(folder)) as services,
    ):

        def fresh(name: str) -> tuple[str, str]:
            with psycopg.connect(services.database_url, autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name}")
            url = urlsplit(services.database_url)._replace(path=f"/{name}").geturl()
            migrate(url)
            with redis.Redis.from_url(services.redis_url) as client:
                client.flushall()
            return url, services.redis_url

        yield fresh


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument("--batches", type=int, default=10, help="batches of releases")
    parser.add_argument(
        "--releases", type=int, default=10, help="releases a batch, each told to every receiver"
    )
    parser.add_argument(
        "--kills", type=int, default=50, help="times that the worker is killed in the last run"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
