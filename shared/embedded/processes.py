"""Find, run and end the embedded servers' processes."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from shared.embedded.place import Place
from shared.errors import ServiceError

if TYPE_CHECKING:
    import psutil

_TICK_SECONDS = 0.02
# How the programs of both wheels mark the line that says why.
_SIGNS = ("FATAL", "PANIC", "error:", "Fatal")


def processes(names: Collection[str], home: Path, word: Path | None = None) -> "list[psutil.Process]":
    """List the living processes of these names that work in `home`, or on the path `word` (else `home`).

    The working directory tells a server's children, the command line a server that has only just begun.
    """
    import psutil  # noqa: PLC0415 - part of the optional extra

    found = []
    for process in psutil.process_iter(["name"]):
        if process.info["name"] in names:
            # A zombie has neither: one that nobody reaps is not waited for.
            with suppress(psutil.Error, OSError):
                if _is_given(process.cmdline(), str(word or home)) or process.cwd() == str(home):
                    found.append(process)
    return found


def _is_given(command: Sequence[str], word: str) -> bool:
    # pg_ctl starts the server through a shell, with the path quoted.
    return word in command or any(f'"{word}"' in part for part in command)


def _tell(processes: "Sequence[psutil.Process]", number: signal.Signals) -> None:
    """Send a signal to those whose parent is not among them: a server passes it on to its children."""
    import psutil  # noqa: PLC0415 - part of the optional extra

    ids = {process.pid for process in processes}
    for process in processes:
        # psutil compares the time of creation first: a re-used process id is never hit.
        with suppress(psutil.NoSuchProcess):
            if process.ppid() not in ids:
                process.send_signal(number)


def end(processes: "Sequence[psutil.Process]", *steps: tuple[signal.Signals, float]) -> None:
    """End the processes: each step is a signal and the seconds that it is given.

    Raises ServiceError when some outlive all steps.
    """
    for number, seconds in steps:
        _tell([process for process in processes if _is_alive(process)], number)
        if wait_until(lambda: not any(map(_is_alive, processes)), seconds):
            return
    left = [process.pid for process in processes if _is_alive(process)]
    raise ServiceError(f"process {left}", "does not end, not even when killed: see what holds it")


def wait_until(holds: Callable[[], bool], seconds: float) -> bool:
    """Wait for a condition; say whether it came to hold in time."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(_TICK_SECONDS)
    return True


def run(
    place: Place, what: str, command: Sequence[str], output: Path, *, given: str = "", **variables: str
) -> None:
    """Run a program to its end as the servers' user, in a session of its own.

    What it prints is appended to `output`: a pipe would stay open as long as the server that it starts.

    Raises ServiceError with `what`, the first telling line of its output and where to read on.
    """
    account, before = place.account, size(output)
    try:
        with output.open("ab") as printed:
            subprocess.run(  # noqa: S603 - our own programs, no shell
                command,
                check=True,
                cwd="/",
                env=_environment() | variables,
                input=given.encode(),
                stdout=printed,
                stderr=printed,
                start_new_session=True,
                umask=0o077,
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=[] if account else None,
            )
    except (OSError, subprocess.SubprocessError) as error:
        raise failure(what, output, before) from error


def size(path: Path) -> int:
    """Return the bytes of a file, 0 where there is none."""
    return path.stat().st_size if path.exists() else 0


def failure(what: str, output: Path, before: int) -> ServiceError:
    """Make the error for a program that failed, with the first telling line written after `before` bytes."""
    written = output.read_bytes()[before:] if output.exists() else b""
    lines = written.decode("utf-8", "replace").strip().splitlines()
    telling = [line.strip() for line in lines if any(sign in line for sign in _SIGNS)]
    return ServiceError(what, f"{telling[0]} (more in {output})" if telling else f"see {output}")


def _is_alive(process: "psutil.Process") -> bool:
    import psutil  # noqa: PLC0415 - part of the optional extra

    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _environment() -> dict[str, str]:
    # Nothing of the caller's PG* or LC_* may reach a server; a locale that is not installed stops Valkey.
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
