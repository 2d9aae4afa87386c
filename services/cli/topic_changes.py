"""What a new or changed topic would do, shown before it is watched, and asked about where it is much."""

from dataclasses import dataclass
from typing import Any

from services.cli.asking import confirm, on_terminal, stderr
from services.cli.trial import said_forecast, try_query
from shared.backtest import FORESEEN_SPAN, FORESEEN_TEXTS, Backtest, Hit
from shared.clock import now
from shared.domain.topics.forecast import MOST_ALERTS_A_DAY
from shared.errors import QueryError
from shared.store.database import Database

_EXAMPLES = 3


def foresee(database: Database, query: str) -> Backtest:
    """Try a query on what was stored of late, as much as a forecast needs."""
    return try_query(database, query, now() - FORESEEN_SPAN, most=FORESEEN_TEXTS)


def ask_if_flood(trial: Backtest) -> None:
    """Go on only where a topic that would ring all day is wanted; raises RefusedError off a terminal."""
    hits, forecast = len(trial.hits), trial.forecast
    if not trial.is_too_much:
        return
    much = f"{said_forecast(forecast)}" if forecast.is_flood else "more than half of everything"
    confirm(
        f"this would have rung for {hits:,} of the last {trial.read:,} releases: {much}",
        "Watch for it all the same?",
        flag=f"--yes takes more than {MOST_ALERTS_A_DAY} a day, or narrow it with AND",
    )


def said_foreseen(trial: Backtest) -> str:
    """Say in a line how often a topic is going to ring."""
    if not trial.read:
        return "  forecast: no releases are stored yet to tell how often it will ring"
    return f"  forecast: {said_forecast(trial.forecast)}"


@dataclass(frozen=True, slots=True)
class Difference:
    """What another query does to a topic, on what was stored of late."""

    gained: tuple[Hit, ...]
    lost: tuple[Hit, ...]
    kept: int

    def as_row(self) -> dict[str, Any]:
        """Give it as JSON has it."""
        return {
            "gained": [str(hit.release_id) for hit in self.gained],
            "lost": [str(hit.release_id) for hit in self.lost],
            "kept": self.kept,
        }

    def lines(self) -> list[str]:
        """Say it to a person, with examples."""
        counted = f"gained {len(self.gained):,}, lost {len(self.lost):,}, kept {self.kept:,}"
        lines = [f"Of what was stored in the last {FORESEEN_SPAN.days} days: {counted}"]
        for sign, hits in (("+", self.gained), ("-", self.lost)):
            lines += [f"  {sign} {hit.rang_at:%Y-%m-%d}  {hit.title}" for hit in hits[:_EXAMPLES]]
        return lines


def difference_to(database: Database, query: str, after: Backtest) -> Difference:
    """Tell what a topic of `query` gains, loses and keeps by another; one that no longer parses rang for nothing."""
    try:
        return compare(foresee(database, query), after)
    except QueryError:
        return Difference(after.hits, (), 0)


def compare(before: Backtest, after: Backtest) -> Difference:
    """Tell which hits of one trial are in another; where one read less far back, only that far."""
    since = max(before.since, after.since)
    old, new = (
        {(h.release_id, h.revision): h for h in t.hits if h.read_at >= since} for t in (before, after)
    )
    return Difference(
        gained=tuple(hit for key, hit in new.items() if key not in old),
        lost=tuple(hit for key, hit in old.items() if key not in new),
        kept=len(old.keys() & new.keys()),
    )


def ask_if_different(difference: Difference) -> None:
    """Show what an edit changes; a person is asked, and a script has said what it wants."""
    if not on_terminal() or not (difference.gained or difference.lost):
        return
    for line in difference.lines()[1:]:
        stderr.print(line, markup=False)
    confirm(difference.lines()[0], "Change the topic?", flag="--yes changes it without asking")
