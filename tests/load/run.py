"""One run: subscriptions to every receiver, batches of releases, a real worker that may be killed, a recovery."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from random import uniform

import httpx

from services.cli.up import program
from shared.queue import Bell
from shared.store.database import open_database
from shared.sweep import sweep_until
from tests.load.findings import Arrival
from tests.load.receivers import RETRY_AFTER_SECONDS
from tests.services.line import Item, Line

PATIENCE_SECONDS = 900.0
_LOOK_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Shape:
    """How many receivers of each kind, how many batches of how many releases, the rate of the healed, and kills."""

    kinds: Mapping[str, int]
    batches: int
    releases: int
    rate: float = 20.0
    batch_seconds: float = 1.0
    kills: int = 0
    kill_seconds: float = 0.5

    @property
    def endpoints(self) -> int:
        """Count the receivers."""
        return sum(self.kinds.values())


@dataclass(slots=True)
class Ran:
    """What a run came to: arrivals, when each message was due, and what the database says at the end."""

    arrivals: list[Arrival] = field(default_factory=list)
    due_at: dict[str, float] = field(default_factory=dict)
    beside: dict[str, float] = field(default_factory=dict)
    usual: dict[str, float] = field(default_factory=dict)
    sequence: int = 0
    owed_when_good_were_done: int = 0
    good_done_seconds: float = 0.0
    healed_at: float = 0.0
    caught_up_seconds: float = 0.0
    killed: int = 0
    early_starts: int = 0
    ledger: tuple[int, ...] = ()


class Worker:
    """The delivering worker, a process of its own that may be killed and started again."""

    def __init__(self, database_url: str, redis_url: str) -> None:
        self._environment = dict(os.environ) | {
            "TOCSIN_DATABASE_URL": database_url,
            "TOCSIN_REDIS_URL": redis_url,
            "TOCSIN_ALLOWED_NETWORKS": "127.0.0.0/8",
            "TOCSIN_LOG_FORMAT": "json",
        }
        self.start()

    def start(self) -> None:
        """Start it, in a process group of its own."""
        command = [*program(), "worker", "--queue", "deliver"]
        self._process = subprocess.Popen(
            command,
            env=self._environment,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def kill(self) -> None:
        """Kill it with its children, as a machine that goes dark does."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


def run_load(database_url: str, redis_url: str, shape: Shape, *, recover: bool = True) -> Ran:
    """Run one shape on an empty, migrated database and broker."""
    line, ran = Line(database_url), Ran()
    try:
        with _receivers() as base, _delivering(database_url, redis_url) as (worker, bell):
            _subscribe(line, base, shape)
            _wait(lambda: bool(line.ask("SELECT 1 FROM core.heartbeats")), "the worker did not start")
            killing = _start_killing(line, worker, shape, ran)
            batch = 0
            while batch < shape.batches or killing.is_alive():
                started = time.monotonic()
                if batch < shape.batches or not _owed(line, "/good/"):
                    ran.due_at |= _publish(line, bell, f"b{batch}", shape.releases)
                    batch += 1
                time.sleep(max(shape.batch_seconds - (time.monotonic() - started), 0))
            _wait(lambda: not _owed(line, "/good/"), "the good receivers have not all of theirs")
            ran.good_done_seconds = time.time() - max(ran.due_at.values())
            ran.owed_when_good_were_done = _owed(line, "")
            if recover and shape.kinds.get("good") != shape.endpoints:
                _recover(line, bell, base, shape, ran)
            _wait(lambda: not _owed(line, ""), "not everything was sent")
            ran.early_starts = int(str(line.one(_EARLY_STARTS, wait=RETRY_AFTER_SECONDS)))
            ran.arrivals = _arrivals(base)
        ran.sequence = int(str(line.one("SELECT max(sequence) FROM subscriptions")))
        ran.ledger = tuple(
            int(str(value))
            for value in line.ask("SELECT sum(matched), sum(delivered), sum(missing) FROM ledger")[0]
        )
        return ran
    finally:
        line.close()


def _recover(line: Line, bell: Bell, base: str, shape: Shape, ran: Ran) -> None:
    """Heal the bad receivers: what they are owed is sent, what is new beside it, and then something as usual."""
    line.do("UPDATE core.endpoints SET rate = :rate WHERE url NOT LIKE '%/good/%'", rate=shape.rate)
    httpx.post(f"{base}/heal")
    ran.healed_at = time.time()
    bad = shape.endpoints - shape.kinds["good"]
    # A post that was under way when its receiver healed may still fail, and pause it anew.
    _wait(lambda: _let_hours_pass(line) or 2 * len(line.ask(_BACK)) >= bad, "nobody is back")
    catching_up = {endpoint for (endpoint,) in line.ask(_CATCHING_UP)}
    beside = _publish(line, bell, "beside", 1)
    told = dict(line.ask("SELECT webhook_id, endpoint_id FROM core.messages"))  # type: ignore[arg-type]
    ran.beside = {webhook_id: at for webhook_id, at in beside.items() if told[webhook_id] in catching_up}
    _wait(lambda: _let_hours_pass(line) or not _owed(line, ""), "not everything owed was sent")
    ran.caught_up_seconds = time.time() - ran.healed_at
    ran.usual = _publish(line, bell, "usual", 1)


# The few messages of a small run may be sent before anybody looks.
_BACK = """
    SELECT e.id FROM core.endpoints e
    WHERE e.url NOT LIKE '%/good/%' AND (e.owed_before IS NOT NULL
        OR NOT EXISTS (SELECT FROM core.messages m WHERE m.endpoint_id = e.id AND m.state = 'pending'))
"""
_CATCHING_UP = "SELECT id FROM core.endpoints WHERE owed_before IS NOT NULL"


def _let_hours_pass(line: Line) -> None:
    """End the pauses that the schedule made; one that a receiver asked for ends by itself."""
    line.do(
        "UPDATE core.endpoints SET paused_until = now() WHERE paused_until > now() AND url NOT LIKE '%/limits/%'"
    )
    line.do(
        "UPDATE core.messages SET next_attempt_at = now() WHERE state = 'pending' AND next_attempt_at > now()"
    )


def _subscribe(line: Line, base: str, shape: Shape) -> None:
    for kind, count in shape.kinds.items():
        for number in range(count):
            line.subscribe("terrorism", f"{base}/{kind}/{number}")


def _publish(line: Line, bell: Bell, name: str, releases: int) -> dict[str, float]:
    """Publish a batch; give for each of its messages when it was committed and rung for."""
    feed = line.feed(f"https://press.example/{name}.xml")
    done = line.publish(feed, *(Item(f"{name}-{number}") for number in range(releases)))
    at = time.time()
    bell.ring_deliver(sorted(done.endpoint_ids))
    rows = line.ask(
        "SELECT webhook_id FROM core.messages WHERE created_at = (SELECT max(created_at) FROM core.messages)"
    )
    return {str(webhook_id): at for (webhook_id,) in rows}


def _owed(line: Line, where: str) -> int:
    owed = "SELECT count(*) FROM core.messages m JOIN core.endpoints e ON e.id = m.endpoint_id "
    return int(str(line.one(owed + "WHERE m.state = 'pending' AND e.url LIKE :where", where=f"%{where}%")))


# By the worker's own record: posts that started after a 429 was read and before its wait was over.
_EARLY_STARTS = """
    SELECT count(*) FROM core.deliveries refused
    JOIN core.deliveries early ON early.endpoint_id = refused.endpoint_id
        AND early.started_at > refused.started_at + make_interval(secs => (refused.ms + 50) / 1000.0)
        AND early.started_at < refused.started_at + make_interval(secs => :wait)
    WHERE refused.status = 429
"""


def _has_grown(line: Line, before: object) -> bool:
    return line.one("SELECT count(*) FROM core.deliveries") != before


def _start_killing(line: Line, worker: Worker, shape: Shape, ran: Ran) -> threading.Thread:
    """Kill the worker again and again, each time while it is delivering."""

    def kill() -> None:
        for _ in range(shape.kills):
            before = line.one("SELECT count(*) FROM core.deliveries")
            _wait(partial(_has_grown, line, before), "no delivery")
            time.sleep(uniform(0, shape.kill_seconds))
            worker.kill()
            worker.start()
            ran.killed += 1

    thread = threading.Thread(target=kill)
    thread.start()
    return thread


@contextmanager
def _delivering(database_url: str, redis_url: str) -> Iterator[tuple[Worker, Bell]]:
    """Run the worker, and the sweep as the poller's process would."""
    bell, stop, database = Bell(redis_url), threading.Event(), open_database(database_url)
    worker = Worker(database_url, redis_url)
    sweep = threading.Thread(target=sweep_until, args=(stop, database, bell))
    sweep.start()
    try:
        yield worker, bell
    finally:
        stop.set()
        sweep.join()
        worker.kill()
        database.close()


@contextmanager
def _receivers() -> Iterator[str]:
    command = [sys.executable, "-m", "tests.load.receivers"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield (process.stdout.readline() if process.stdout else "").strip()
        finally:
            process.kill()


def _arrivals(base: str) -> list[Arrival]:
    return [Arrival(**one) for one in httpx.get(f"{base}/arrivals", timeout=60).json()]


def _wait(until: Callable[[], bool], complaint: str) -> None:
    gives_up_at = time.monotonic() + PATIENCE_SECONDS
    while not until():
        if time.monotonic() > gives_up_at:
            raise RuntimeError(complaint)
        time.sleep(_LOOK_SECONDS)
