"""How often a topic will ring, judged from when it would have rung."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

# More than this a day is a flood that nobody reads; who wants it says so.
MOST_ALERTS_A_DAY = 30
# Of so many texts or more, a topic that holds for over half is seldom meant.
_LEAST_READ, _BROAD_SHARE = 100, 0.5

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Forecast:
    """Alerts a day over the `days` that were looked at; `worst_day` is when the worst of them began."""

    days: int
    median: float
    mean: float
    worst: int
    worst_day: date

    @property
    def is_flood(self) -> bool:
        """Say whether so many alerts should be asked for twice."""
        return max(self.median, self.mean) > MOST_ALERTS_A_DAY


def forecast_alerts(rang_at: Iterable[datetime], since: datetime, now: datetime) -> Forecast:
    """Forecast alerts a day from the instants when a topic would have rung, in whole days back from `now`.

    What rang before the first of these days is left out: the part of a day tells too little of a whole one.
    """
    days = max(1, (now - since) // _DAY)
    alerts = [0] * days
    for instant in rang_at:
        ago = (now - instant) // _DAY
        if 0 <= ago < days:
            alerts[ago] += 1
    worst = max(range(days), key=lambda ago: alerts[ago])
    return Forecast(
        days=days,
        median=float(median(alerts)),
        mean=round(sum(alerts) / days, 1),
        worst=alerts[worst],
        worst_day=(now - (worst + 1) * _DAY).date(),
    )


def is_broad(read: int, hits: int) -> bool:
    """Say whether a topic holds for more of what was read than anybody can mean."""
    return read >= _LEAST_READ and hits > _BROAD_SHARE * read
