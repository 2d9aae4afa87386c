"""Which step of a pass costs most: the functions of the line, timed from outside while `once` runs.

Nothing in the product knows of this: for as long as a `StepClock` is open, the names by which the line calls
its steps lead to timed copies of them. A step's time does not include that of the steps inside it.
"""

import asyncio
import json
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any
from unittest.mock import patch

from services.cli import once
from services.ingest import poll, poller, recorder
from services.worker import deliver, prepare, process, watching
from shared.domain.releases import build_draft
from tests.bench.job import Job
from tests.bench.tocsin_once import watching_stack

# In the order of the line; each (owner, name) is where the line finds the step.
STEPS: tuple[tuple[str, object, str], ...] = (
    ("2 claim due feeds", poller, "claim_due_feeds"),
    ("4 novelty scan, digest", poll, "read_document"),
    ("5 poll record (schedule, cursor)", poll, "_record"),
    ("6 record polls and fetches (T2)", recorder.Recorder, "_record"),
    ("7 claim fetches", process, "claim_fetches"),
    ("8 parse (feedparser)", prepare, "parse_feed"),
    ("9 clean: build draft", prepare, "build_draft"),
    ("9a plain text of the HTML", build_draft, "read_html"),
    ("9b language", build_draft, "identify_language"),
    ("9c boilerplate by its words", build_draft, "worded_boilerplate"),
    ("9d embargo line", build_draft, "read_embargo"),
    ("9e boilerplate learnt: load, mark", process, "mark_prepared"),
    ("10 identify", prepare, "identify"),
    ("11 load what is known (twice)", process, "load_known"),
    ("12 plan filing (twice)", process, "plan_filing"),
    ("13 match the topics", watching.CompiledTopics, "match"),
    ("14 store releases (T3)", process, "add_filings"),
    ("14a store publishers' habits (T3)", process, "add_to_habits"),
    ("15 store matches, alerts, messages (T3)", process, "record_matches"),
    ("16 close the fetches (T3)", process, "_close"),
    ("17 locks, ids, commit (T3)", process, "_file"),
    ("18 around the batches", process, "process_fetches"),
    ("19 claim messages (T4)", deliver, "_claim"),
    ("20 record deliveries (T5)", deliver, "_record"),
)
WHOLE = "the whole pass"
FETCH, DELIVER = "3 fetch (network, event loop)", "21 sign and POST (network, event loop)"


@dataclass(slots=True)
class Cost:
    """What one step came to."""

    calls: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0

    def add(self, seconds: float, cpu_seconds: float, calls: int = 0) -> None:
        """Take in what one call took, or (negative) what it did not."""
        self.calls += calls
        self.seconds += seconds
        self.cpu_seconds += cpu_seconds


@dataclass(slots=True)
class StepClock:
    """The costs by step; `inner` holds, for each thread, what the steps inside the running one took."""

    costs: dict[str, Cost] = field(default_factory=dict)
    inner: threading.local = field(default_factory=threading.local)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Time every step that is called while this lasts."""
        with ExitStack() as patches:
            for step, owner, name in STEPS:
                patches.enter_context(patch.object(owner, name, self._timed(step, getattr(owner, name))))
            for phase, name in ((FETCH, "_poll"), (DELIVER, "_deliver")):
                patches.enter_context(patch.object(once, name, self._timed_phase(phase, getattr(once, name))))
            yield

    def _timed(self, step: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: Any, **kwargs: Any) -> Any:
            outer = getattr(self.inner, "took", None)
            self.inner.took = [0.0, 0.0]
            began, cpu = time.perf_counter(), time.thread_time()
            try:
                return call(*args, **kwargs)
            finally:
                seconds, cpu_seconds = time.perf_counter() - began, time.thread_time() - cpu
                inside, cpu_inside = self.inner.took
                with self.lock:
                    self._cost(step).add(seconds - inside, cpu_seconds - cpu_inside, 1)
                if outer is not None:
                    outer[0] += seconds
                    outer[1] += cpu_seconds
                self.inner.took = outer

        return timed

    def _timed_phase(
        self, phase: str, call: Callable[..., Awaitable[None]]
    ) -> Callable[..., Awaitable[None]]:
        """Time a phase of many tasks and threads: its cost is what the steps inside it did not use."""

        async def timed(*args: Any) -> None:
            before = self._total_cpu()
            began, cpu = time.perf_counter(), time.process_time()
            await call(*args)
            inside = self._total_cpu() - before
            cpu_seconds = time.process_time() - cpu - inside
            self._cost(phase).add(time.perf_counter() - began, cpu_seconds, 1)

        return timed

    def _cost(self, step: str) -> Cost:
        return self.costs.setdefault(step, Cost())

    def _total_cpu(self) -> float:
        return sum(cost.cpu_seconds for cost in self.costs.values())


def measure_steps(job: Job) -> dict[str, Cost]:
    """Run `once` cold, throw the switch, and run it again under the clock; give the costs of that pass."""
    clock = StepClock()
    with watching_stack(job) as stack:
        job.reset()
        asyncio.run(once.run_once(stack))
        job.publish()
        cpu, began = time.process_time(), time.perf_counter()
        with clock.running():
            asyncio.run(once.run_once(stack))
        clock.costs[WHOLE] = Cost(1, time.perf_counter() - began, time.process_time() - cpu)
    return clock.costs


if __name__ == "__main__":
    print(
        json.dumps({step: asdict(cost) for step, cost in measure_steps(Job.from_json(sys.argv[1])).items()})
    )
