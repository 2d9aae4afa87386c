"""Signed posts a second: one Tocsin process, a Celery task with a fresh client a post, and one shared client.

`python -m tests.bench.posting` prints the table. Every peer posts the same bodies, signed alike, to the same
receiver in a process of its own; the connections that it saw are counted by their ports.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from celery import Celery
from rich.console import Console
from rich.table import Table

from services.worker.deliver import deliver_endpoints
from shared.domain.alerts.signing import signed_headers
from shared.domain.web.address import parse_networks
from shared.embedded import embedded_services
from shared.http import open_client
from shared.store.endpoints import list_due_endpoints
from shared.store.migrate import migrate
from tests.services.line import SECRET, Item, Line

_BODY = b'{"type":"release.published","data":{"text":"' + b"x" * 1_500 + b'"}}'
_IN_FLIGHT = 64

app = Celery("posting", broker=os.environ.get("POSTING_BROKER", "memory://"))
app.conf.update(task_ignore_result=True, worker_prefetch_multiplier=4)


@app.task(name="post")  # type: ignore[untyped-decorator]  # celery ships no types
def post_once(url: str, number: int) -> None:
    """Post one message the way that anyone would write first."""
    with httpx.Client() as client:
        client.post(url, content=_BODY, headers=_headers(number))


def main() -> None:
    """Take each peer's turn and print the table."""
    chosen = _arguments()
    with (
        tempfile.TemporaryDirectory(prefix="tocsin-posting-") as folder,
        embedded_services(Path(folder)) as services,
    ):
        migrate(services.database_url)
        turns = {
            "Celery task, fresh client": lambda url: _celery(services.redis_url, url, chosen.posts // 5),
            "one shared httpx client": lambda url: asyncio.run(_shared(url, chosen.posts)),
            "Tocsin, 8 endpoints": lambda url: _tocsin(services.database_url, url, chosen.posts, 8),
            "Tocsin, 1 endpoint": lambda url: _tocsin(services.database_url, url, chosen.posts, 1),
        }
        measured = {name: _measure(take) for name, take in turns.items()}
    table = Table(
        title=f"Signed posts a second, one process, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    )
    for column in ("", "posts", "a second", "times", "connections per 1,000"):
        table.add_column(column, justify="right" if column else "left")
    base = measured["Celery task, fresh client"][1]
    for name, (posts, rate, connections) in measured.items():
        opened = f"{1000 * connections / posts:.0f}"
        table.add_row(name, str(posts), f"{rate:.0f}", f"{rate / base:.1f}", opened)
    Console(width=100).print(table)


def _measure(take: Callable[[str], tuple[int, float]]) -> tuple[int, float, int]:
    """Let one peer post; it gives how many posts it took how many seconds for."""
    with _receiver() as base:
        posts, seconds = take(f"{base}/hook")
        seen = httpx.get(f"{base}/seen").json()
    return seen["posts"], posts / seconds, seen["connections"]


def _headers(number: int) -> dict[str, str]:
    signed = signed_headers((SECRET,), f"msg_{number}", int(time.time()), _BODY)
    return {"content-type": "application/json", **dict(signed)}


def _celery(broker: str, url: str, posts: int) -> tuple[int, float]:
    """Queue every post, start the worker, and time from the first that arrived."""
    os.environ["POSTING_BROKER"] = broker
    app.conf.broker_url = broker
    for number in range(posts):
        post_once.delay(url, number)
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "tests.bench.posting",
        "worker",
        "-c",
        "1",
        "-l",
        "CRITICAL",
    ]
    worker = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=dict(os.environ)
    )
    try:
        before, started = _wait_for(url, 1), time.perf_counter()
        return _wait_for(url, posts) - before, time.perf_counter() - started
    finally:
        worker.terminate()
        worker.wait(timeout=30)


async def _shared(url: str, posts: int) -> tuple[int, float]:
    started, numbers = time.perf_counter(), iter(range(posts))

    async def post_in_turn(client: httpx.AsyncClient) -> None:
        for number in numbers:
            await client.post(url, content=_BODY, headers=_headers(number))

    async with httpx.AsyncClient(limits=httpx.Limits(max_connections=_IN_FLIGHT)) as client:
        await asyncio.gather(*(post_in_turn(client) for _ in range(_IN_FLIGHT)))
    return posts, time.perf_counter() - started


def _tocsin(database_url: str, url: str, posts: int, endpoints: int) -> tuple[int, float]:
    """Deliver what is due as the worker does: claimed, posted, recorded; made before it is timed."""
    line = Line(database_url)
    name = f"topic{endpoints}"
    try:
        line.do("UPDATE core.subscriptions SET removed_at = now() WHERE removed_at IS NULL")
        for number in range(endpoints):
            line.subscribe("terrorism", f"{url}?{name}={number}")
        line.publish(
            line.feed(f"https://press.example/{name}.xml"),
            *(Item(f"{name}-{number}") for number in range(posts // endpoints)),
        )
        started = time.perf_counter()
        asyncio.run(_deliver(line))
        return posts, time.perf_counter() - started
    finally:
        line.close()


async def _deliver(line: Line) -> None:
    async with open_client(parse_networks("127.0.0.0/8"), max_connections=500) as client:
        while True:
            with line.database.begin() as transaction:
                due = list_due_endpoints(transaction)
            if not due:
                return
            await deliver_endpoints(line.database, line.presence, client, due)


def _wait_for(url: str, posts: int) -> int:
    """Wait until so many posts arrived; give how many have."""
    while True:
        seen: int = httpx.get(url.removesuffix("hook") + "seen").json()["posts"]
        if seen >= posts:
            return seen
        time.sleep(0.05)


@contextmanager
def _receiver() -> Iterator[str]:
    command = [sys.executable, "-m", "tests.bench.counting"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield (process.stdout.readline() if process.stdout else "").strip()
        finally:
            process.kill()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.posting", description=__doc__)
    parser.add_argument("--posts", type=int, default=4_000)
    return parser.parse_args()


if __name__ == "__main__":
    main()
