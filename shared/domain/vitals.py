"""Whether one process still does its work: well, unwell (say so), or hung (end it)."""

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["well", "unwell", "hung"]

# A queue's beats are taken by whichever worker is free, one every 5 seconds.
QUEUE_SILENT_SECONDS = 30.0
LOOP_SILENT_SECONDS = 60.0
# Longer than the hard limit of a task (150 s): a worker may be silent for so long and work.
HUNG_SECONDS = 240.0
QUEUES = ("process", "deliver")


@dataclass(frozen=True, slots=True)
class Vitals:
    """How long a process has run and been silent, in seconds; None where no sign of life is known.

    `any_silence` is that of the whole service, `waiting` the number of tasks in its queue.
    """

    up_seconds: float
    own_silence: float | None
    any_silence: float | None
    waiting: int = 0

    @property
    def silent_seconds(self) -> float:
        """Give the silence of this process alone: one that was there before in its container does not count."""
        return self.up_seconds if self.own_silence is None else min(self.own_silence, self.up_seconds)


def judge_vitals(service: str, vitals: Vitals) -> Verdict:
    """Judge a process of `service`: ingest, api, or the name of its queue.

    A worker is hung only where there was work that it did not take: tasks wait, or others took them.
    """
    on_queue = service in QUEUES
    if on_queue:
        is_alive = _is_within(vitals.any_silence, QUEUE_SILENT_SECONDS)
        may_be_hung = is_alive or vitals.waiting > 0
    else:
        is_alive = _is_within(vitals.own_silence, LOOP_SILENT_SECONDS)
        may_be_hung = True
    if may_be_hung and vitals.silent_seconds > HUNG_SECONDS:
        return "hung"
    return "well" if is_alive else "unwell"


def _is_within(silence: float | None, seconds: float) -> bool:
    return silence is not None and silence < seconds
