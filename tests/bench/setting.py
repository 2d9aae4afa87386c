"""What a run stands on: the press offices' server, and storage of its own."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shared.embedded import embedded_services
from tests.bench.storage import FreshStorage


@contextmanager
def press_offices(feeds: int, entries: int) -> Iterator[str]:
    """Run the press offices' server in a process of its own; give its base URL."""
    command = [sys.executable, "-m", "tests.bench.server", str(feeds), str(entries)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


@contextmanager
def own_storage() -> Iterator[FreshStorage]:
    """Run PostgreSQL and Valkey in a folder that goes with them."""
    with (
        tempfile.TemporaryDirectory(prefix="tocsin-bench-") as folder,
        embedded_services(Path(folder) / "services") as services,
    ):
        yield FreshStorage(services, Path(folder))
