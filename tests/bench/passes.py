"""The two passes that every peer makes, and the check that nothing was left out."""

from collections.abc import Callable

from tests.bench.job import Job
from tests.bench.measured import Meter, Turn


def take_two_passes(job: Job, meter: Meter, update: Callable[[], object], count: Callable[[], int]) -> Turn:
    """Measure a cold pass, throw the switch, measure the next; raises where an entry is missing."""
    job.reset()
    cold = meter.measure(update, count)
    job.publish()
    warm = meter.measure(update, count)
    if (cold.entries, warm.entries) != (job.feeds * job.entries, job.feeds):
        raise RuntimeError(f"stored {cold.entries} and {warm.entries} entries")
    return Turn(job.feeds, cold, warm)
