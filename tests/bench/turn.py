"""One turn of one peer in a process of its own, so that its CPU is its own; prints the turn as JSON."""

import sys
from collections.abc import Callable

from tests.bench.job import Job
from tests.bench.measured import Turn


def take_turn(peer: str, job: Job) -> Turn:
    """Run one peer; each is imported only where it runs, so that none pays for another's imports."""
    runs: dict[str, Callable[[Job], Turn]] = {
        "once": _once,
        "stack": _stack,
        "reader 1": lambda job: _reader(job, 1),
        "reader 4": lambda job: _reader(job, 4),
        "pipeline": _pipeline,
    }
    return runs[peer](job)


def _once(job: Job) -> Turn:
    from tests.bench.tocsin_once import run_tocsin_once  # noqa: PLC0415 - see take_turn

    return run_tocsin_once(job)


def _stack(job: Job) -> Turn:
    from tests.bench.tocsin_stack import run_tocsin_stack  # noqa: PLC0415 - see take_turn

    return run_tocsin_stack(job)


def _reader(job: Job, workers: int) -> Turn:
    from tests.bench.reader_peer import run_reader  # noqa: PLC0415 - see take_turn

    return run_reader(job, workers)


def _pipeline(job: Job) -> Turn:
    from tests.bench.pipeline_peer import run_pipeline  # noqa: PLC0415 - see take_turn

    return run_pipeline(job)


if __name__ == "__main__":
    print(take_turn(sys.argv[1], Job.from_json(sys.argv[2])).to_json())
