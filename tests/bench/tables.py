"""The benchmark's two tables."""

from collections.abc import Callable, Mapping, Sequence
from statistics import median

from rich.table import Table

from tests.bench.measured import Turn
from tests.bench.steps import WHOLE, Cost

NAMES = {
    "once": "Tocsin, `once` (1 process)",
    "stack": "Tocsin, ingest + workers",
    "reader 1": "reader, workers=1",
    "reader 4": "reader, workers=4",
    "pipeline": "httpx + feedparser + a row at a time",
}
READERS = ("reader 1", "reader 4")


def comparison(turns: Mapping[str, Sequence[Turn]], *, feeds: int, entries: int) -> Table:
    """Put the medians side by side; ratios are to the better `reader` and to the pipeline."""
    runs = max(len(taken) for taken in turns.values())
    table = Table(title=f"{feeds} feeds of {entries} entries, median of {runs} runs", title_justify="left")
    table.add_column("")
    for name in (
        "cold\nentries/s", "cold\nCPU s", "one new\nfeeds/s", "one new\nCPU s", "of it\nserver",
        "feeds/s\nto reader", "feeds/s\nto pipeline", "CPU s\nto reader",
    ):  # fmt: skip
        table.add_column(name, justify="right")
    warm = {peer: _median(taken, lambda turn: turn.warm_feeds_per_second) for peer, taken in turns.items()}
    cpu = {
        peer: _median(taken, lambda turn: turn.warm.cpu_seconds + turn.warm.server_cpu_seconds)
        for peer, taken in turns.items()
    }
    least_reader = min((cpu[peer] for peer in READERS if peer in cpu), default=None)
    best_reader = max((warm[peer] for peer in READERS if peer in warm), default=None)
    for peer, taken in turns.items():
        table.add_row(
            NAMES[peer],
            f"{_median(taken, lambda turn: turn.cold_entries_per_second):.0f}",
            f"{_median(taken, lambda turn: turn.cold.cpu_seconds + turn.cold.server_cpu_seconds):.1f}",
            f"{warm[peer]:.1f}",
            f"{cpu[peer]:.2f}",
            f"{_median(taken, lambda turn: turn.warm.server_cpu_seconds):.2f}",
            _ratio(warm[peer], best_reader),
            _ratio(warm[peer], warm.get("pipeline")),
            f"{least_reader / cpu[peer]:.1f} ×" if least_reader else "",
        )
    return table


def _median(turns: Sequence[Turn], value: Callable[[Turn], float]) -> float:
    return median(value(turn) for turn in turns)


def _ratio(value: float, other: float | None) -> str:
    return f"{value / other:.1f} ×" if other else ""


def step_costs(costs: Mapping[str, Cost], *, feeds: int) -> Table:
    """Show where Tocsin's pass with one new entry a feed spends its CPU, the costliest first."""
    whole = costs[WHOLE]
    steps = {step: cost for step, cost in costs.items() if step != WHOLE}
    rest = whole.cpu_seconds - sum(cost.cpu_seconds for cost in steps.values())
    steps["start, settle, count, between the steps"] = Cost(0, 0.0, rest)
    table = Table(title="Tocsin's pass with one new entry a feed, by step", title_justify="left")
    table.add_column("step (in the order of the line)")
    for name in ("calls", "wall s", "CPU s", "CPU ms a feed", "share"):
        table.add_column(name, justify="right")
    for step, cost in sorted(steps.items(), key=lambda pair: -pair[1].cpu_seconds):
        table.add_row(*_row(step, cost, feeds, whole))
    table.add_section()
    table.add_row(*_row(WHOLE, whole, feeds, whole))
    return table


def _row(step: str, cost: Cost, feeds: int, whole: Cost) -> tuple[str, ...]:
    return (
        step,
        str(cost.calls or ""),
        f"{cost.seconds:.3f}" if cost.seconds else "",
        f"{cost.cpu_seconds:.3f}",
        f"{cost.cpu_seconds / feeds * 1000:.2f}",
        f"{cost.cpu_seconds / whole.cpu_seconds:.0%}",
    )
