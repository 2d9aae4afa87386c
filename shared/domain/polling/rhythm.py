"""When a feed speaks: how many entries an hour, by weekday and hour, learnt from those it gave.

Hours are those of the week in UTC, Monday from midnight first. Old entries count ever less (by half in four
weeks), and where there are few, an hour borrows from the same hour of like days, and these from the whole
week: four entries of a weekly feed do not make a timetable.
"""

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from math import log

HOUR = 3600.0
DAY = 24 * HOUR
WEEK_HOURS = 168
_HALF_LIFE = 28 * DAY
# The epoch was a Thursday: its midnight is hour 72 of the week.
_EPOCH_HOUR = 72
_FORMAT = struct.Struct(">B6d168f168e")
_VERSION = 1
_MOST_RATE = 60_000.0

# What an hour borrows is worth as much as this many entries of its own.
_BORROWED = 0.5
# A feed nothing is known of yet: half an entry in half a day.
_PRIOR_ENTRIES, _PRIOR_HOURS = 0.5, 12.0
_LEAST_SHARE = 0.02
_LEAST_ENTRIES = 4.0
# Learnt anew after this share of the time it was watched, at most a day.
_REFIT_SHARE = 16
_PAUSES_REMEMBERED = 200.0
# Releases come in company: each lets expect so many more, half of them within half an hour.
_FOLLOWERS = 0.35
_FOLLOW_HALF_LIFE = 0.5 * HOUR


@dataclass(frozen=True, slots=True)
class Pauses:
    """How long a feed's pauses are, each counted in the entries that its rhythm let expect meanwhile.

    Of `count` pauses, `long` were longer than one expected entry, and by `excess` expected entries in all.
    Counted so, a night and a coffee break weigh alike.
    """

    count: float = 0.0
    long: float = 0.0
    excess: float = 0.0

    def add(self, expected: float) -> "Pauses":
        """Take in one pause; beyond 200 the oldest fade."""
        kept = _PAUSES_REMEMBERED / (self.count + 1) if self.count >= _PAUSES_REMEMBERED else 1.0
        more = max(expected - 1.0, 0.0)
        return Pauses(kept * (self.count + 1), kept * (self.long + (more > 0)), kept * (self.excess + more))


@dataclass(frozen=True, slots=True)
class Rhythm:
    """The rhythm of one feed, watched from `since` on; `last` is its latest entry (epoch seconds).

    `counts` holds its entries by hour of the week, weighted by their age at `fitted`, when `rates` (entries
    an hour) were made of them. It is `known`, to go by, once it has seen enough entries.
    """

    since: float
    last: float
    fitted: float
    counts: tuple[float, ...] = (0.0,) * WEEK_HOURS
    rates: tuple[float, ...] = (_PRIOR_ENTRIES / _PRIOR_HOURS,) * WEEK_HOURS
    pauses: Pauses = Pauses()
    known: bool = False

    @classmethod
    def begin(cls, now: datetime, published: Iterable[datetime] = ()) -> "Rhythm":
        """Begin at `now`, with the instants that the first document's entries claim."""
        at = now.timestamp()
        instants = sorted(instant for p in published if (instant := p.timestamp()) <= at)
        start = instants[0] if instants else at
        counts = [0.0] * WEEK_HOURS
        for instant in instants[1:]:
            counts[_hour(instant)] += 2.0 ** ((instant - at) / _HALF_LIFE)
        rates = _fit(counts, start, at)
        begun = cls(start, start, at, tuple(counts), rates)
        pauses = Pauses()
        for earlier, later in pairwise(instants):
            pauses = pauses.add(begun.expected(earlier, later))
        last = instants[-1] if instants else at
        return replace(begun, last=last, pauses=pauses, known=_enough(counts))

    @property
    def a_week(self) -> float:
        """The entries expected in a week."""
        return sum(self.rates)

    def rate(self, at: float) -> float:
        """Give the entries an hour expected at an instant (epoch seconds)."""
        return self.rates[(int(at // HOUR) + _EPOCH_HOUR) % WEEK_HOURS]

    def observe(self, published: Iterable[datetime], now: datetime) -> "Rhythm":
        """Learn from new entries; instants after `now`, and before the latest known, count as of their hour."""
        at = now.timestamp()
        counts, pauses, last = list(self.counts), self.pauses, self.last
        for instant in sorted(min(p.timestamp(), at) for p in published):
            counts[_hour(instant)] += 2.0 ** ((instant - self.fitted) / _HALF_LIFE)
            if instant > last:
                pauses = pauses.add(self.expected(last, instant))
                last = instant
        learnt = replace(self, counts=tuple(counts), pauses=pauses, last=last, known=_enough(counts))
        refit = at - self.fitted >= min(DAY, (self.fitted - self.since) / _REFIT_SHARE)
        return _refitted(learnt, at) if refit else learnt

    def expected(self, start: float, end: float) -> float:
        """Give the entries expected between two instants (epoch seconds)."""
        first, last = int(start // HOUR), int(end // HOUR)
        if first >= last:
            return self.rate(start) * max(end - start, 0.0) / HOUR
        weeks, hours = divmod(last - first - 1, WEEK_HOURS)
        after = (first + 1 + _EPOCH_HOUR) % WEEK_HOURS
        between = sum(self.rates[after : after + hours]) + sum(
            self.rates[: max(after + hours - WEEK_HOURS, 0)]
        )
        begun = self.rate(start) * (first + 1 - start / HOUR)
        return begun + weeks * self.a_week + between + self.rate(end) * (end / HOUR - last)

    def when_expected(self, start: float, entries: float) -> float:
        """Give the instant until which, from `start`, this many entries are expected (epoch seconds)."""
        weeks, left = divmod(entries, self.a_week)
        at, rates = start / HOUR + weeks * WEEK_HOURS, self.rates
        hour = int(at)
        share = hour + 1 - at
        while (comes := rates[(hour + _EPOCH_HOUR) % WEEK_HOURS]) * share < left:
            left -= comes * share
            hour, share = hour + 1, 1.0
        return (hour + 1 - share + left / comes) * HOUR

    def to_bytes(self) -> bytes:
        """Pack for a feed's row: about a kilobyte."""
        pauses = (self.pauses.count, self.pauses.long, self.pauses.excess)
        return _FORMAT.pack(_VERSION, self.since, self.last, self.fitted, *pauses, *self.counts, *self.rates)

    @classmethod
    def from_bytes(cls, packed: bytes | None) -> "Rhythm | None":
        """Unpack what `to_bytes` gave; None for nothing, or for what another version packed."""
        if not packed or len(packed) != _FORMAT.size or packed[0] != _VERSION:
            return None
        _, since, last, fitted, count, long, excess, *hours = _FORMAT.unpack(packed)
        counts, rates = tuple(hours[:WEEK_HOURS]), tuple(hours[WEEK_HOURS:])
        pauses = Pauses(count, long, excess)
        return cls(since, last, fitted, counts, rates, pauses, _enough(counts))


def followers_within(seconds: float) -> float:
    """Give how many more entries one lets expect in the seconds after it, beyond the rhythm."""
    return float(_FOLLOWERS * (1.0 - 2.0 ** (-seconds / _FOLLOW_HALF_LIFE)))


def following_rate(age: float) -> float:
    """Give the entries a second that one of this age (seconds) lets expect, beyond the rhythm."""
    return float(_FOLLOWERS * log(2) / _FOLLOW_HALF_LIFE * 2.0 ** (-age / _FOLLOW_HALF_LIFE))


def in_words(rhythm: Rhythm | None) -> str:
    """Say how often a feed speaks: "about 14 a working day", "about 3 a week", "too little is known"."""
    if rhythm is None or not rhythm.known:
        return "too little is known yet"
    working, weekend = sum(rhythm.rates[:120]) / 5, sum(rhythm.rates[120:]) / 2
    if rhythm.a_week < 0.8:
        return f"about {rhythm.a_week * 30 / 7:.1f} a month"
    if working < 1:
        return f"about {rhythm.a_week:.0f} a week"
    if weekend > working / 3:
        return f"about {rhythm.a_week / 7:.0f} a day"
    return f"about {working:.0f} a working day"


def instant_of(at: float) -> datetime:
    """Give the aware instant of epoch seconds."""
    return datetime.fromtimestamp(at, UTC)


def _hour(at: float) -> int:
    return (int(at // HOUR) + _EPOCH_HOUR) % WEEK_HOURS


def _enough(counts: Sequence[float]) -> bool:
    return sum(counts) >= _LEAST_ENTRIES


def _refitted(rhythm: Rhythm, at: float) -> Rhythm:
    aged = 2.0 ** ((rhythm.fitted - at) / _HALF_LIFE)
    counts = tuple(count * aged for count in rhythm.counts)
    return replace(rhythm, fitted=at, counts=counts, rates=_fit(counts, rhythm.since, at))


def _fit(counts: Sequence[float], since: float, at: float) -> tuple[float, ...]:
    """Give the rates by hour of the week: each hour's own, drawn to like hours', drawn to the week's."""
    hours = _HALF_LIFE / log(2) * (1 - 2.0 ** ((since - at) / _HALF_LIFE)) / HOUR
    flat = (sum(counts) + _PRIOR_ENTRIES) / (hours + _PRIOR_HOURS)
    # Entries come some minutes before or after their hour: a part of each hour counts for its neighbours.
    soft = [
        0.6 * count + 0.2 * (before + after)
        for before, count, after in zip(
            (counts[-1], *counts[:-1]), counts, (*counts[1:], counts[0]), strict=True
        )
    ]
    working = _like_days(soft[:120], hours * 5 / WEEK_HOURS, flat)
    weekend = _like_days(soft[120:], hours * 2 / WEEK_HOURS, flat)
    like = (working * 5) + (weekend * 2)
    watched, least = hours / WEEK_HOURS, _LEAST_SHARE * flat
    return tuple(
        min(max((count + _BORROWED) / (watched + _BORROWED / usual), least), _MOST_RATE)
        for count, usual in zip(soft, like, strict=True)
    )


def _like_days(soft: Sequence[float], watched: float, flat: float) -> list[float]:
    sums = [sum(soft[hour::24]) for hour in range(24)]
    return [(count + _BORROWED) / (watched + _BORROWED / flat) for count in sums]
