"""The sweep: every second, ring again for what was committed and never handled (DESIGN §2, ↺).

Whatever crashed, was flushed or was never rung is found here: the database is the truth, the broker a
doorbell.
"""

import threading
import time
from dataclasses import dataclass

from shared.logs import get_log
from shared.queue import BEAT_SECONDS, LONG_QUEUE, PROCESS, Bell
from shared.store.database import Database
from shared.store.sweeping import (
    claim_endpoint_rings,
    claim_fetch_rings,
    claim_settle_rings,
    end_leases_of_the_dead,
    try_to_sweep,
    turn_days,
)

SWEEP_SECONDS = 1.0
_MOST_RINGS = 1_000
_DAYS_EVERY_SECONDS = 3_600.0

log = get_log("sweep")


@dataclass(frozen=True, slots=True)
class Swept:
    """How many rows were rung for again."""

    fetches: int = 0
    releases: int = 0
    endpoints: int = 0


def sweep_once(database: Database, bell: Bell) -> Swept:
    """Ring for what is unhandled, where no other process is sweeping; rung after the commit."""
    # A long queue holds these fetches already, or will be short when they are rung for.
    most_fetches = _MOST_RINGS if (bell.waiting(PROCESS) or 0) <= LONG_QUEUE else 0
    with database.begin() as transaction:
        if not try_to_sweep(transaction):
            return Swept()
        end_leases_of_the_dead(transaction)
        fetches = claim_fetch_rings(transaction, most_fetches)
        releases = claim_settle_rings(transaction, _MOST_RINGS)
        endpoints = claim_endpoint_rings(transaction, _MOST_RINGS)
    bell.ring_process(fetches)
    bell.ring_settle(releases)
    bell.ring_deliver(endpoints)
    return Swept(len(fetches), len(releases), len(endpoints))


def sweep_until(stop: threading.Event, database: Database, bell: Bell) -> None:
    """Sweep every second until told to stop; a database that does not answer is asked again."""
    due = {turn_days_now: 0.0, ring_beats_now: 0.0}
    while not stop.wait(SWEEP_SECONDS):
        try:
            sweep_once(database, bell)
            for chore, due_at in due.items():
                if time.monotonic() >= due_at:
                    due[chore] = time.monotonic() + chore(database, bell)
        except Exception:  # a loop's edge: the next second sweeps again
            log.exception("sweep failed")


def turn_days_now(database: Database, _: Bell) -> float:
    """Make and drop the days' partitions; give the seconds until the next time."""
    with database.begin() as transaction:
        turn_days(transaction)
    return _DAYS_EVERY_SECONDS


def ring_beats_now(_: Database, bell: Bell) -> float:
    """Ask the queues for a sign of life; give the seconds until the next time."""
    bell.ring_beats()
    return BEAT_SECONDS
