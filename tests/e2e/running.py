"""Real processes in a test's hands: `tocsin` as a user starts it, and what is left when it has ended."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

TOCSIN = [sys.executable, str(Path(sys.executable).with_name("tocsin"))]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(data_dir: Path, **more: str) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("TOCSIN_")}
    return clean | {
        "TOCSIN_DATA_DIR": str(data_dir),
        "TOCSIN_API_PORT": str(free_port()),
        "TOCSIN_ALLOWED_NETWORKS": "127.0.0.0/8",
        "PYTHONUNBUFFERED": "1",
        **more,
    }


def tocsin(*arguments: str, env: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([*TOCSIN, *arguments], env=env, capture_output=True, text=True, check=False)


def tocsin_json(*arguments: str, env: dict[str, str]) -> Any:
    done = tocsin(*arguments, "--json", env=env)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def eventually(holds: Callable[[], object], seconds: float = 90, what: str = "") -> None:
    ends_at = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < ends_at, f"never: {what or holds}"
        time.sleep(0.2)


class Up:
    """A running `tocsin up`, its output in a file."""

    def __init__(self, log: Path, env: dict[str, str], *options: str) -> None:
        self.log, self.env = log, env
        self.output = log.open("wb")
        self.process = subprocess.Popen(
            [*TOCSIN, "up", *options], env=env, stdout=self.output, stderr=subprocess.STDOUT
        )

    def text(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def is_ready(self) -> bool:
        assert self.process.poll() is None, self.text()
        return "ready  http" in self.text()

    def services(self, *words: str) -> list[psutil.Process]:
        """The running processes whose command line holds these words, children of children included."""
        family = psutil.Process(self.process.pid).children(recursive=True)
        return [p for p in family if p.is_running() and all(word in _command(p) for word in words)]

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        code = self.process.wait(40)
        self.output.close()
        return code


@contextmanager
def up(folder: Path, *options: str, **more: str) -> Iterator[Up]:
    running = Up(folder / "up.log", environment(folder / "data", **more), *options)
    try:
        eventually(running.is_ready, what="ready")
        yield running
    finally:
        if running.process.poll() is None:
            running.end()


def processes_of(folder: Path) -> list[str]:
    """Command lines of every process that works in or names this folder."""
    found = []
    for process in psutil.process_iter():
        try:
            if str(folder) in _command(process) or str(folder) in process.cwd():
                found.append(_command(process))
        except psutil.Error:
            continue
    return found


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""
