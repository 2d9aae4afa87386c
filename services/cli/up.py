"""`tocsin up`: every service as a process of its own, started again when it dies, ended together."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from services.cli.demo import Demo, free_port, prepare_demo
from services.cli.stack import Stack, start_embedded_again
from shared.errors import RefusedError, ServiceError
from shared.logs import get_log
from shared.store.database import Database
from shared.store.heartbeats import list_heartbeats

SERVICES = (("ingest",), ("worker", "--queue", "process"), ("worker", "--queue", "deliver"), ("api",))
STOP_SECONDS = 14.0
READY_SECONDS = 60.0
_CHECK_SECONDS = 0.2
_LONGEST_WAIT_SECONDS = 30.0
_STEADY_SECONDS = 60.0
_SERVERS_EVERY_SECONDS = 3.0
_SET_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)

log = get_log("up")


@dataclass(slots=True)
class _Child:
    """One service: its arguments, its running process, and how long to wait before it is started again."""

    arguments: Sequence[str]
    process: subprocess.Popen[bytes]
    started_at: float
    wait_seconds: float = 0.5
    start_at: float = 0.0


@dataclass(slots=True)
class _Household:
    """Every child of one `up`."""

    environment: Mapping[str, str]
    children: list[_Child] = field(default_factory=list)
    servers_checked_at: float = 0.0

    def start(self, arguments: Sequence[str]) -> None:
        self.children.append(_Child(arguments, self._spawn(arguments), time.monotonic()))

    def start_again_what_died(self) -> None:
        for child in self.children:
            if child.process.poll() is None:
                continue
            now = time.monotonic()
            if not child.start_at:
                steady = now - child.started_at > _STEADY_SECONDS
                child.wait_seconds = 0.5 if steady else min(child.wait_seconds * 2, _LONGEST_WAIT_SECONDS)
                child.start_at = now + child.wait_seconds
                log.warning("service ended", service=" ".join(child.arguments), exit=child.process.returncode)
            elif now >= child.start_at:
                child.process, child.started_at, child.start_at = self._spawn(child.arguments), now, 0.0

    def keep_servers(self, stack: Stack) -> None:
        """See every few seconds that our own PostgreSQL and Valkey run."""
        if time.monotonic() - self.servers_checked_at < _SERVERS_EVERY_SECONDS:
            return
        self.servers_checked_at = time.monotonic()
        try:
            start_embedded_again(stack.settings)
        except ServiceError as error:
            log.warning("server not started; trying again", error=str(error))

    def stop(self) -> None:
        """End every child: asked first, and after 14 seconds killed."""
        running = [child.process for child in self.children if child.process.poll() is None]
        for process in running:
            process.terminate()
        ends_at = time.monotonic() + STOP_SECONDS
        for process in running:
            try:
                process.wait(max(0.1, ends_at - time.monotonic()))
            except subprocess.TimeoutExpired:
                # Its children end with it: they are in its session, and nobody else is.
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def _spawn(self, arguments: Sequence[str]) -> subprocess.Popen[bytes]:
        # A session of its own: a terminal's Ctrl-C reaches `up` alone, which then ends them in order.
        return subprocess.Popen(  # noqa: S603 - our own program
            [*program(), *arguments],
            env=self.environment,
            start_new_session=True,
            preexec_fn=_end_with_parent,  # noqa: PLW1509 - no threads here
        )


def _end_with_parent() -> None:
    """Ask Linux to end this child when `up` is killed and can end nothing any more."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)


def program() -> list[str]:
    """Give the command that starts `tocsin` in this environment, so named for whoever lists processes."""
    return [sys.executable, str(Path(sys.executable).with_name("tocsin"))]


def refuse_taken_port(port: int, host: str = "127.0.0.1") -> None:
    """Raise RefusedError where the API could not listen: it would die and be started again for ever."""
    with socket.socket() as probe:
        # As the API's own socket: connections that linger from before do not hold the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            # Two sockets with that option may share an address until one of them listens.
            probe.listen()
        except OSError as error:
            raise RefusedError(
                f"TOCSIN_API_PORT {port}",
                f"cannot be listened on: {error.strerror}; "
                "stop what is there (another `tocsin up`?) or set TOCSIN_API_PORT to another port",
            ) from error


def run_up(stack: Stack, *, demo: bool) -> None:
    """Run every service until SIGTERM or SIGINT, and print `ready` once all of them work."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    port = stack.settings.api_port or free_port()
    refuse_taken_port(port, "0.0.0.0" if stack.settings.api_token else "127.0.0.1")  # noqa: S104 - as the API
    environment = dict(os.environ) | {
        "TOCSIN_API_PORT": str(port),
        "TOCSIN_DATABASE_URL": stack.database_url,
        "TOCSIN_REDIS_URL": stack.broker_url,
    }
    shown = prepare_demo(stack) if demo else None
    household = _Household(environment | (shown.environment if shown else {}))
    try:
        for arguments in (*(shown.services if shown else ()), *SERVICES):
            household.start(arguments)
        _say_when_ready(stack, household, shown, port, stop)
        while not stop.wait(_CHECK_SECONDS):
            household.start_again_what_died()
            household.keep_servers(stack)
    finally:
        household.stop()


def _say_when_ready(
    stack: Stack, household: _Household, shown: Demo | None, port: int, stop: threading.Event
) -> None:
    gives_up_at = time.monotonic() + READY_SECONDS
    since = time.monotonic()
    while not stop.wait(_CHECK_SECONDS):
        household.start_again_what_died()
        household.keep_servers(stack)
        if _all_beat(stack.database, time.monotonic() - since):
            break
        if time.monotonic() > gives_up_at:
            log.warning("not every service has shown up yet; `tocsin status` says which")
            break
    if shown:
        shown.open(stack)
    sys.stdout.write(
        f"ready  http://127.0.0.1:{port}/docs  next: {program()[1]} feed add URL   (stop with Ctrl-C)\n"
    )
    sys.stdout.flush()


def _all_beat(database: Database, seconds: float) -> bool:
    try:
        with database.begin() as transaction:
            seen = {beat.service for beat in list_heartbeats(transaction, within_seconds=seconds)}
    except ServiceError:
        return False
    return seen >= {"ingest", "process", "deliver", "api"}
