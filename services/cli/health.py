"""The health check of a container: `python -m services.cli.health SERVICE [--end-hung]`.

A module of its own rather than a command of `tocsin`: it runs every few seconds in every container, and must
not import what those commands need. Docker marks an unhealthy container and leaves it running; so with
`--end-hung` the check ends a process that hangs, and the restart policy starts it again.
"""

import argparse
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from dataclasses import replace
from pathlib import Path

from shared.domain.vitals import HUNG_SECONDS, QUEUES, Vitals, judge_vitals
from shared.errors import TocsinError

_ANSWERED = Path("/tmp/tocsin-answered")  # noqa: S108 - the container's own tmpfs
_PROC = Path("/proc")


def main() -> None:
    """Exit 0 where the service does its work, else 1 with the reason."""
    parser = argparse.ArgumentParser(prog="python -m services.cli.health")
    parser.add_argument("service", choices=("ingest", "api", *QUEUES))
    parser.add_argument(
        "--end-hung", action="store_true", help="kill the container's main process if it hangs"
    )
    options = parser.parse_args()
    try:
        main_process, up_seconds = find_main_process()
        vitals = read_vitals(options.service, up_seconds)
        verdict = judge_vitals(options.service, vitals)
    except TocsinError as error:
        sys.exit(f"unwell: {error}")
    if verdict == "hung" and options.end_hung:
        os.kill(main_process, signal.SIGKILL)
    seconds = f"{vitals.silent_seconds:.0f} s"
    sys.stdout.write(f"{verdict}: {options.service} up {up_seconds:.0f} s, last did its work {seconds} ago\n")
    sys.exit(0 if verdict == "well" else 1)


def read_vitals(service: str, up_seconds: float) -> Vitals:
    """Read what shows that the service works: an answer of the API, a beat of the poller or of the queue."""
    if service == "api":
        return Vitals(up_seconds, _seconds_since_answer(), None)
    # Imported here: the API's check is done without a database.
    from shared.store.vitals import read_silences  # noqa: PLC0415 - as said

    own, of_any = read_silences(_setting("DATABASE_URL"), service, socket.gethostname())
    vitals = Vitals(up_seconds, own, of_any)
    if service in QUEUES and vitals.silent_seconds > HUNG_SECONDS:
        return replace(vitals, waiting=_count_waiting(service))
    return vitals


def find_main_process() -> tuple[int, float]:
    """Give the process that the container's init started, and the seconds since.

    Without such an init the first process is the service; no signal of ours can end it.
    """
    uptime = float((_PROC / "uptime").read_text().split()[0])
    for entry in _PROC.glob("[0-9]*/stat"):
        try:
            # The name, in brackets, may hold anything.
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if fields[1] == "1":
            return int(entry.parent.name), uptime - int(fields[19]) / os.sysconf("SC_CLK_TCK")
    return 1, uptime


def _seconds_since_answer() -> float | None:
    """Ask the API; a check that finds no answer says how long ago another did."""
    try:
        with urllib.request.urlopen(
            f"http://127.0.0.1:{os.environ.get('TOCSIN_API_PORT', '8400')}/health/live", timeout=5
        ):
            _ANSWERED.touch()
            return 0.0
    except (urllib.error.URLError, OSError):
        return time.time() - _ANSWERED.stat().st_mtime if _ANSWERED.exists() else None


def _setting(name: str) -> str:
    """Read one setting as `shared.settings` does, without what that imports to check them all."""
    path = os.environ.get(f"TOCSIN_{name}_FILE")
    return os.environ.get(f"TOCSIN_{name}") or (
        Path(path).read_text(encoding="utf-8").strip() if path else ""
    )


def _count_waiting(queue: str) -> int:
    from shared.queue import Bell  # noqa: PLC0415 - rarely needed, and it brings Celery along

    return Bell(_setting("BROKER_URL") or _setting("REDIS_URL")).waiting(queue) or 0


if __name__ == "__main__":
    main()
