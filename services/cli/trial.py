"""Trying a query on the stored releases with the matcher that rings for it live, and saying what came of it."""

import sys
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rich.progress import Progress

from services.cli.asking import stderr
from services.cli.because import because
from shared.backtest import Backtest, backtest
from shared.clock import now
from shared.domain.topics.forecast import Forecast
from shared.store.concepts import load_concepts
from shared.store.database import Database

_EXAMPLES = 10
_MOST_NAMED = 5


def try_query(database: Database, query: str, since: datetime, *, most: int | None = None) -> Backtest:
    """Try a query on what was stored since an instant, with a bar on a terminal."""
    with database.begin() as transaction:
        concepts = load_concepts(transaction)
    with Progress(console=stderr, disable=not sys.stderr.isatty(), transient=True) as bar:
        task = bar.add_task("Reading releases", total=None)
        return backtest(
            database,
            query,
            concepts,
            since=since,
            now=now(),
            most=most,
            on_progress=lambda done, total: bar.update(task, completed=done, total=total),
        )


def trial_row(trial: Backtest) -> dict[str, Any]:
    """Give a trial as JSON has it: each release once, each revision that would have rung with its evidence."""
    releases = list(dict.fromkeys(str(hit.release_id) for hit in trial.hits))
    return {"releases": releases} | trial.counts() | {"hits": [hit.as_row() for hit in trial.hits]}


def trial_lines(trial: Backtest) -> list[str]:
    """Say a trial to a person: how much, how often, where from, because of what, and ten examples."""
    lines = [f"{len(trial.hits):,} of {trial.read:,} releases since {trial.since:%Y-%m-%d %H:%M} UTC."]
    if not trial.hits:
        return lines
    lines += [
        f"forecast    {said_forecast(trial.forecast)}",
        f"languages   {_counted(trial.by_language)}",
        f"publishers  {_counted(trial.by_publisher)}",
        f"clauses     {_counted(trial.by_clause)}",
        "",
    ]
    for hit in trial.hits[:_EXAMPLES]:
        lines += [f"{hit.rang_at:%Y-%m-%d}  {hit.title}", f"            {because(hit.match.evidence)}"]
    more = len(trial.hits) - _EXAMPLES
    return [*lines, f"… and {more:,} more; --json lists them all."] if more > 0 else lines


def said_forecast(forecast: Forecast) -> str:
    """Say how often a topic would ring."""
    over = "the last day" if forecast.days == 1 else f"the last {forecast.days} days"
    worst = f", at worst {forecast.worst} (from {forecast.worst_day})" if forecast.days > 1 else ""
    return f"{forecast.median:g} alerts a day{worst}, over {over}"


def _counted(counts: Sequence[tuple[str, int]]) -> str:
    named = [f"{name} {count:,}" for name, count in counts[:_MOST_NAMED]]
    more = len(counts) - len(named)
    return ", ".join(named) + (f", and {more} more" if more > 0 else "")
