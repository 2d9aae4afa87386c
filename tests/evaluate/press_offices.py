"""Made-up press offices with the rhythms of real ones: when each publishes, and how much its feed shows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

MINUTE, HOUR, DAY = 60.0, 3_600.0, 86_400.0
# A Monday at midnight; the offices published before it too, so that their first documents are full.
START = datetime(2026, 3, 2, tzinfo=UTC).timestamp()
ARCHIVE_DAYS = 60

OFFICE_HOURS = (0, 0, 0, 0, 0, 0, 0.1, 0.4, 1, 2, 2, 1.4, 0.8, 0.9, 1.6, 1.5, 1, 0.6, 0.2, 0.1, 0.05, 0, 0, 0)
WIRE_HOURS = (3, 2, 2, 2, 3, 4, 6, 8, 9, 9, 8, 8, 8, 9, 9, 9, 8, 7, 6, 5, 5, 4, 4, 3)


@dataclass(frozen=True, slots=True)
class PressOffice:
    """A feed: the instants of its entries (epoch seconds, ordered), how many it shows, whether it dates them.

    `dies_at` is the instant after which it publishes no more; `kind` names its rhythm.
    """

    kind: str
    instants: tuple[float, ...]
    shows: int
    dated: bool
    dies_at: float | None = None


@dataclass(frozen=True, slots=True)
class _Kind:
    name: str
    of_a_thousand: int
    publish: Callable[[Random, int], list[float]]
    shows: tuple[int, ...] = (10, 10, 10, 20, 25, 50)
    dies: bool = False


def make_press_offices(count: int, days: int, seed: int) -> list[PressOffice]:
    """Make `count` press offices in the shares of `KINDS`; the same seed makes the same ones."""
    named = [kind for kind in KINDS for _ in range(kind.of_a_thousand)]
    return [_make(named[i * len(named) // count], days, Random(f"{seed}/{i}")) for i in range(count)]


def _make(kind: _Kind, days: int, random: Random) -> PressOffice:
    instants = sorted(t for t in kind.publish(random, days) if t < START + days * DAY)
    dies_at = START + days * DAY * random.uniform(0.35, 0.6) if kind.dies else None
    if dies_at is not None:
        instants = [t for t in instants if t < dies_at]
    return PressOffice(kind.name, tuple(instants), random.choice(kind.shows), random.random() < 0.8, dies_at)


def _by_hours(
    random: Random,
    days: int,
    a_day: float,
    hours: tuple[float, ...] = OFFICE_HOURS,
    *,
    weekend: float = 0.02,
    company: float = 0.25,
    apart: float = 10 * MINUTE,
    holidays: bool = True,
) -> list[float]:
    """Publish `a_day` a working day by the hours of a time zone, each with chance `company` followed soon."""
    zone = random.choice((-8, -5, -5, 0, 0, 1, 1, 1, 2, 3, 5.5, 8, 9)) * HOUR
    occasions = a_day * (1 - company) / sum(hours)
    instants = []
    for day in range(-ARCHIVE_DAYS, days):
        share = weekend if day % 7 >= 5 else 1.0
        if holidays and random.random() < 0.03:
            continue
        for hour, weight in enumerate(hours):
            at = START + day * DAY + hour * HOUR - zone
            spent = random.expovariate(1.0) if weight * share else 0.0
            while weight * share and spent < occasions * weight * share:
                instants.append(at + random.random() * HOUR)
                while random.random() < company:
                    instants.append(instants[-1] + random.expovariate(1 / apart))
                spent += random.expovariate(1.0)
    return instants


def _office(random: Random, days: int) -> list[float]:
    return _by_hours(random, days, random.choice((0.7, 1, 1.5, 2, 3, 5)))


def _busy_office(random: Random, days: int) -> list[float]:
    return _by_hours(random, days, random.uniform(8, 25), weekend=0.1)


def _wire(random: Random, days: int) -> list[float]:
    return _by_hours(
        random, days, random.uniform(80, 300), WIRE_HOURS, weekend=0.4, company=0.1, holidays=False
    )


def _every_day(random: Random, days: int) -> list[float]:
    """A bulletin at a fixed hour of each day, some minutes early or late."""
    at, weekends = random.uniform(5, 17) * HOUR, random.random() < 0.5
    working = (d for d in range(-ARCHIVE_DAYS, days) if weekends or d % 7 < 5)
    return [START + day * DAY + at + random.gauss(0, 8 * MINUTE) for day in working]


def _weekly(random: Random, days: int) -> list[float]:
    first, at = random.randrange(5), random.uniform(8, 17) * HOUR
    weeks = range(-(ARCHIVE_DAYS // 7), days // 7 + 1)
    return [
        START + (week * 7 + first) * DAY + at + random.gauss(0, 2 * HOUR)
        for week in weeks
        if random.random() < 0.9
    ]


def _seldom(random: Random, days: int) -> list[float]:
    return _by_hours(random, days, random.uniform(0.05, 0.3))


def _in_batches(random: Random, days: int) -> list[float]:
    """Everything of a morning put online at once: a press review, a court's judgments."""
    instants = []
    for first in _by_hours(random, days, random.uniform(0.5, 2), company=0.0):
        instants += [first + i * random.uniform(5, 60) for i in range(random.randint(4, 20))]
    return instants


def _turning_over(random: Random, days: int) -> list[float]:
    """Ten entries and more within a minute: a feed of ten has then turned over between any two polls."""
    instants = _by_hours(random, days, random.uniform(2, 6))
    for first in _by_hours(random, days, random.uniform(0.3, 1), company=0.0):
        instants += [first + random.random() * MINUTE for _ in range(random.randint(8, 16))]
    return instants


def _dead(random: Random, days: int) -> list[float]:
    return [START - random.uniform(30, 400) * DAY for _ in range(12)]


KINDS = (
    _Kind("office hours", 300, _office),
    _Kind("office hours, busy", 100, _busy_office, (20, 25, 50)),
    _Kind("bulletin every day", 60, _every_day),
    _Kind("once a week", 100, _weekly),
    _Kind("a few a month", 120, _seldom),
    _Kind("in batches", 70, _in_batches, (20, 25, 50)),
    _Kind("turns over in a minute", 20, _turning_over, (10,)),
    _Kind("round-the-clock wire", 30, _wire, (20, 25, 50, 100)),
    _Kind("one entry at a time", 15, _office, (1, 2)),
    _Kind("dead", 85, _dead),
    _Kind("dies: office hours", 50, _office, dies=True),
    _Kind("dies: busy office", 20, _busy_office, (20, 25, 50), dies=True),
    _Kind("dies: bulletin", 15, _every_day, dies=True),
    _Kind("dies: weekly", 15, _weekly, dies=True),
)
