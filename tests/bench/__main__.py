"""Runs the benchmark and prints its tables; `python -m tests.bench --help` says what may be chosen."""

import argparse
import json
import os
import subprocess
import sys

from rich.console import Console
from rich.progress import Progress

from tests.bench.job import Job
from tests.bench.measured import Turn
from tests.bench.setting import own_storage, press_offices
from tests.bench.steps import Cost
from tests.bench.tables import comparison, step_costs

PEERS = ("once", "stack", "reader 1", "reader 4", "pipeline")


def main() -> None:
    """Take every peer's turn, run after run, then the steps; the medians are printed side by side."""
    chosen = _arguments()
    console = Console(width=128)
    turns: dict[str, list[Turn]] = {peer: [] for peer in chosen.peers}
    with (
        press_offices(chosen.feeds, chosen.entries) as site,
        own_storage() as storage,
        Progress(console=console) as bar,
    ):
        task = bar.add_task("", total=chosen.runs * len(chosen.peers) + 1)
        for run in range(chosen.runs):
            for peer in chosen.peers:
                bar.update(task, description=f"run {run + 1}: {peer}")
                with storage.fresh(site, chosen.feeds, chosen.entries) as job:
                    turns[peer].append(_turn(peer, job))
                bar.advance(task)
        console.print(comparison(turns, feeds=chosen.feeds, entries=chosen.entries))
        bar.update(task, description="steps")
        with storage.fresh(site, chosen.feeds, chosen.entries) as job:
            costs = _steps(job)
        bar.advance(task)
    console.print(step_costs(costs, feeds=chosen.feeds))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="turns of each peer; the median is shown")
    parser.add_argument("--feeds", type=int, default=200)
    parser.add_argument("--entries", type=int, default=50, help="entries a feed")
    parser.add_argument("--peers", nargs="+", choices=PEERS, default=PEERS)
    return parser.parse_args()


def _turn(peer: str, job: Job) -> Turn:
    return Turn.from_json(_last_line("tests.bench.turn", peer, job.to_json()))


def _steps(job: Job) -> dict[str, Cost]:
    found = json.loads(_last_line("tests.bench.steps", job.to_json()))
    return {step: Cost(**cost) for step, cost in found.items()}


def _last_line(module: str, *arguments: str) -> str:
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=dict(os.environ))
    return done.stdout.splitlines()[-1]


if __name__ == "__main__":
    main()
