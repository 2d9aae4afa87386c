"""Whether a feed's silence is an ordinary one: the chance of it, by the feed's own rhythm and its past pauses.

A pause is measured in the entries that the rhythm let expect meanwhile, so that nights and weekends weigh
nothing. If entries came by chance alone, one pause in e^x would be longer than x expected entries; press
offices publish in bunches and close for holidays, so the tail is fitted to the feed's own long pauses
(peaks over a threshold of one expected entry, a generalised Pareto tail).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt

from shared.domain.polling.rhythm import Pauses, Rhythm, in_words, instant_of

# Of a feed's pauses a year, how many may reach the length that is told, by the fitted tail. Fewer do: on the
# simulated feeds of `make evaluate` one in three feeds a year, with each death told within 3 usual pauses.
_TOLD_A_YEAR = 1.7
_WEEKS_A_YEAR = 52.2
# The rhythm of a feed that speaks less than so often a week is known less well: it is given more time.
_SLOW_A_WEEK = 2.5
_LEAST_PAUSES = 6.0
# A tail heavier than chance alone: holidays are in no week's rhythm.
_TAIL = 0.25
# Before its own pauses are many, a feed is taken to publish in small bunches: worth so many of its own.
_USUAL_LONG, _USUAL_LONG_WEIGHT = 0.3, 8.0
_USUAL_EXCESS, _USUAL_EXCESS_WEIGHT = 1.2, 2.0


@dataclass(frozen=True, slots=True)
class Silence:
    """A silence: since when, the entries expected meanwhile, and the chance (0 to 1) that a pause is so long."""

    since: datetime
    lasted: timedelta
    expected: float
    chance: float
    words: str


def judge_silence(rhythm: Rhythm, heard_until: datetime) -> Silence:
    """Judge the silence of a feed since its latest entry, listened to until the last good poll.

    A feed that is failing is not quiet: `heard_until` then stays where it was last heard.
    """
    since = instant_of(rhythm.last)
    lasted = max(heard_until - since, timedelta())
    expected = rhythm.expected(rhythm.last, heard_until.timestamp())
    chance = _chance_of(expected, rhythm.pauses)
    words = f"publishes {in_words(rhythm)}; nothing for {lasting(lasted)}; chance {_percent(chance)}"
    return Silence(since, lasted, expected, chance, words)


def quiet_after(rhythm: Rhythm | None) -> datetime | None:
    """Tell from when on a feed's silence is remarkable, if it goes on; None where too little is known.

    Chosen so that a feed's ordinary silences reach it less than once a year: a busy feed is given a smaller
    chance than one that speaks once a week.
    """
    if rhythm is None or not rhythm.known or rhythm.pauses.count < _LEAST_PAUSES:
        return None
    slow = sqrt(min(rhythm.a_week / _SLOW_A_WEEK, 1.0))
    chance = slow * _TOLD_A_YEAR / max(rhythm.a_week * _WEEKS_A_YEAR, 1.0)
    return instant_of(rhythm.when_expected(rhythm.last, _expected_at(chance, rhythm.pauses)))


def _chance_of(expected: float, pauses: Pauses) -> float:
    long, excess = _tail(pauses)
    if expected <= 1.0:
        return 1.0 - (1.0 - long) * expected
    return float(long * (1 + _TAIL * (expected - 1) / excess) ** (-1 / _TAIL))


def _expected_at(chance: float, pauses: Pauses) -> float:
    """Invert `_chance_of`, for chances below that of a long pause."""
    long, excess = _tail(pauses)
    return float(1 + excess / _TAIL * (max(long / chance, 1.0) ** _TAIL - 1))


def _tail(pauses: Pauses) -> tuple[float, float]:
    """Give the share of long pauses and their mean excess, drawn to the usual where there are few."""
    long = (pauses.long + _USUAL_LONG * _USUAL_LONG_WEIGHT) / (pauses.count + _USUAL_LONG_WEIGHT)
    excess = (pauses.excess + _USUAL_EXCESS * _USUAL_EXCESS_WEIGHT) / (pauses.long + _USUAL_EXCESS_WEIGHT)
    return long, excess


def lasting(lasted: timedelta) -> str:
    """Say how long something lasted: "40 s", "25 min", "9 h", "3 days"."""
    if lasted < timedelta(minutes=1):
        return f"{lasted.total_seconds():.0f} s"
    hours = lasted.total_seconds() / 3600
    if hours < 1:
        return f"{hours * 60:.0f} min"
    return f"{hours:.0f} h" if hours < 48 else f"{hours / 24:.0f} days"


def _percent(chance: float) -> str:
    percent = 100 * chance
    if percent < 0.001:
        return "below 0.001 %"
    return f"{percent:.0f} %" if percent >= 1 else f"{percent:.1g} %"
