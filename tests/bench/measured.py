"""What one peer's turn came to, and the CPU that everything it stands on has used."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass

import psutil


@dataclass(frozen=True, slots=True)
class Pass:
    """One pass over every feed: what was stored in it, and what it took."""

    entries: int
    seconds: float
    cpu_seconds: float
    server_cpu_seconds: float


@dataclass(frozen=True, slots=True)
class Turn:
    """A cold pass on fresh storage, and one with a new entry in every feed."""

    feeds: int
    cold: Pass
    warm: Pass

    @property
    def cold_entries_per_second(self) -> float:
        return self.cold.entries / self.cold.seconds

    @property
    def warm_feeds_per_second(self) -> float:
        return self.feeds / self.warm.seconds

    def to_json(self) -> str:
        """Write as one line, for the process that compares the turns."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, line: str) -> "Turn":
        """Read what `to_json` wrote."""
        value = json.loads(line)
        return cls(value["feeds"], Pass(**value["cold"]), Pass(**value["warm"]))


@dataclass(slots=True)
class Meter:
    """Measures passes: the CPU of our own processes, and that of the servers they talk to, apart.

    `own` and `servers` are roots: their descendants count too, those that have ended as well.
    """

    own: Sequence[psutil.Process]
    servers: Sequence[psutil.Process] = ()

    def measure(self, work: Callable[[], object], count: Callable[[], int]) -> Pass:
        """Do the work; `count` says how many entries are stored, before and after."""
        stored = count()
        own, servers, began = cpu_seconds(self.own), cpu_seconds(self.servers), time.perf_counter()
        work()
        seconds = time.perf_counter() - began
        return Pass(
            entries=count() - stored,
            seconds=seconds,
            cpu_seconds=cpu_seconds(self.own) - own,
            server_cpu_seconds=cpu_seconds(self.servers) - servers,
        )


def cpu_seconds(roots: Sequence[psutil.Process]) -> float:
    """Give the CPU used so far by these processes, their living descendants and those that were reaped."""
    return sum(sum(process.cpu_times()[:4]) for root in roots for process in _family(root))


def _family(root: psutil.Process) -> Iterator[psutil.Process]:
    yield root
    for process in root.children(recursive=True):
        with _gone_is_fine():
            process.cpu_times()
            yield process


@contextmanager
def _gone_is_fine() -> Iterator[None]:
    try:
        yield
    except psutil.NoSuchProcess:
        return
