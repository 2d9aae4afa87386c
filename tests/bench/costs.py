"""What a poll and a release cost in CPU, PostgreSQL's included: the figures of docs/scale.md.

`python -m tests.bench.costs`; CPU and not the clock, so that other work on the machine matters little.
"""

import argparse
import asyncio
from statistics import median

import psutil
from rich.console import Console
from rich.table import Table

from services.cli.once import run_once
from tests.bench.job import Job
from tests.bench.measured import Meter, Pass
from tests.bench.setting import own_storage, press_offices
from tests.bench.tocsin_once import watching_stack
from tests.bench.watched import count_releases, postgres_process


def main() -> None:
    """Poll every feed when all is new to it, when nothing is, and when one release is; print what each costs."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.costs", description=__doc__)
    parser.add_argument("--feeds", type=int, default=200)
    parser.add_argument("--entries", type=int, default=20, help="entries a feed")
    parser.add_argument("--runs", type=int, default=5, help="passes of each kind; the median is shown")
    chosen = parser.parse_args()
    with (
        press_offices(chosen.feeds, chosen.entries) as site,
        own_storage() as storage,
        storage.fresh(site, chosen.feeds, chosen.entries) as job,
    ):
        _print(*measure(job, chosen.runs))


def measure(job: Job, runs: int) -> tuple[Pass, list[Pass], list[Pass]]:
    """Give the first pass, those that find nothing new, and those that find one release in every feed."""
    with watching_stack(job) as stack:
        meter = Meter([psutil.Process()], [postgres_process(stack.database)])

        def poll() -> Pass:
            return meter.measure(lambda: asyncio.run(run_once(stack)), lambda: count_releases(stack.database))

        job.reset()
        first, still, new = poll(), [], []
        for _ in range(runs):
            still.append(poll())
            job.publish()
            new.append(poll())
    if any(one.entries for one in still) or any(one.entries != job.feeds for one in new):
        raise RuntimeError("a pass did not store what was published")
    return first, still, new


def _print(first: Pass, still: list[Pass], new: list[Pass]) -> None:
    feeds = new[0].entries
    nothing, one = (median(cpu(each) for each in passes) / feeds for passes in (still, new))
    table = Table("what", "CPU ms", "of it PostgreSQL")
    rows = (
        ("a poll that finds nothing new (304)", nothing, median(p.server_cpu_seconds for p in still) / feeds),
        (
            "a poll with one new release, matched, told",
            one,
            median(p.server_cpu_seconds for p in new) / feeds,
        ),
        (
            "a release of many at a first poll",
            cpu(first) / first.entries,
            first.server_cpu_seconds / first.entries,
        ),
    )
    for what, seconds, servers in rows:
        table.add_row(what, f"{seconds * 1000:.2f}", f"{servers * 1000:.2f}")
    Console(width=100).print(table)


def cpu(one: Pass) -> float:
    """Give the CPU of a pass, ours and PostgreSQL's."""
    return one.cpu_seconds + one.server_cpu_seconds


if __name__ == "__main__":
    main()
