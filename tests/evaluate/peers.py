"""How others decide when to poll again, as plain functions from what they know to seconds.

Each takes a `scale` by which its waits are multiplied, so that it can be given as many polls as Tocsin makes.
"""

from bisect import bisect_left
from dataclasses import dataclass

from tests.evaluate.press_offices import DAY, HOUR, MINUTE


@dataclass(slots=True)
class Seen:
    """What a reader knows after a poll: the time, the document's entries and the new ones, its last wait.

    `instants` are those of all the feed's entries, of which it has seen the first `stored`.
    """

    now: float
    entries: int
    new: int
    waited: float
    instants: tuple[float, ...]
    stored: int


def fixed_hour(seen: Seen, scale: float) -> float:
    """Poll every hour: what most readers do, and Huginn's and FreshRSS's documentation advises."""
    return HOUR * scale


def by_entries_a_week(seen: Seen, scale: float) -> float:
    """Divide the week by the entries of the last one, 5 minutes to 24 hours (Miniflux, `entry_frequency`)."""
    entries = seen.stored - bisect_left(seen.instants, seen.now - 7 * DAY, 0, seen.stored)
    wait = 7 * DAY / entries * scale if entries else DAY
    return min(max(wait, 5 * MINUTE), DAY)


def by_overlap(seen: Seen, scale: float) -> float:
    """Aim for a third to two thirds of the document already known (Media Cloud), a minute to a day.

    Fewer known: half the wait; more: half as long again.
    """
    known = 1 - seen.new / seen.entries if seen.entries else 1.0
    factor = 0.5 if known < 1 / 3 else 1.5 if known > 2 / 3 else 1.0
    return min(max((seen.waited or HOUR * scale) * factor, MINUTE * scale), DAY * scale)
