"""Tocsin's schedule beside three others', and its silence alarm, over simulated days."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from math import exp, log
from statistics import median, quantiles

from tests.evaluate.peers import Seen, by_entries_a_week, by_overlap, fixed_hour
from tests.evaluate.polling_run import Run, run_peer, run_tocsin
from tests.evaluate.press_offices import DAY, START, PressOffice, make_press_offices

Policy = Callable[[Seen, float], float]
PEERS: tuple[tuple[str, Policy], ...] = (
    ("a fixed hour", fixed_hour),
    ("Miniflux: by entries a week", by_entries_a_week),
    ("Media Cloud: by overlap", by_overlap),
)
_CHUNK = 25
_SAMPLE, _CORRECTIONS = 20, 4


@dataclass(slots=True)
class Summary:
    """What polling many offices came to; delays are counted by the whole second."""

    feeds: int = 0
    polls: int = 0
    delays: Counter[int] = field(default_factory=Counter)
    feed_medians: list[float] = field(default_factory=list)
    missed: int = 0
    missed_without_gap: int = 0
    gaps: int = 0
    alarms: int = 0
    alive_years: float = 0.0
    told: list[tuple[float, float]] = field(default_factory=list)
    died: int = 0

    def add(self, office: PressOffice, run: Run, days: int) -> None:
        self.feeds += 1
        self.polls += run.polls
        self.delays.update(map(int, run.delays))
        self.feed_medians += [median(run.delays)] if run.delays else []
        self.missed += run.missed
        self.missed_without_gap += run.missed_without_gap
        self.gaps += run.gaps
        self.alarms += run.alarms
        alive_until = office.dies_at or START + days * DAY
        self.alive_years += (alive_until - START) / DAY / 365 if office.kind != "dead" else 0.0
        self.died += office.dies_at is not None
        if run.told_after is not None:
            self.told.append((run.told_after, usual_pause(office)))

    def merge(self, other: "Summary") -> None:
        for name in self.__slots__:
            mine, more = getattr(self, name), getattr(other, name)
            setattr(self, name, mine + more)

    def delay_below(self, share: float) -> float:
        """Give the delay in seconds that this share of the entries received stayed below."""
        left = share * self.delays.total()
        for second in sorted(self.delays):
            left -= self.delays[second]
            if left <= 0:
                return second
        return 0.0


def usual_pause(office: PressOffice) -> float:
    """Give the pause that 19 in 20 of an office's pauses are shorter than, in seconds."""
    pauses = [later - earlier for earlier, later in pairwise(office.instants)]
    return quantiles(pauses, n=20)[-1]


Tables = dict[str, dict[str, Summary]]
_Policy = tuple[str, Policy | None, float]


def simulate(count: int, days: int, seed: int) -> Tables:
    """Poll the same offices by each policy: by policy, then by the offices' kind.

    Each peer runs twice: as its makers set it, and scaled to as many polls as Tocsin makes.
    """
    offices = make_press_offices(count, days, seed)
    as_set: list[_Policy] = [("Tocsin", None, 1.0)]
    as_set += [(f"{name}, as set", peer, 1.0) for name, peer in PEERS]
    with ProcessPoolExecutor(max_workers=os.cpu_count()) as pool:
        chunks = [(i, offices[i : i + _CHUNK]) for i in range(0, count, _CHUNK)]
        tables = _merged(pool.map(partial(_run_chunk, as_set, days), chunks))
        polls = _polls_a_day(tables["Tocsin"].values(), days)
        fit = partial(_scale_for, offices[::_SAMPLE], days, polls)
        scales = pool.map(fit, [peer for _, peer in PEERS])
        scaled: list[_Policy] = [
            (f"{name}, as many polls", peer, scale) for (name, peer), scale in zip(PEERS, scales, strict=True)
        ]
        tables |= _merged(pool.map(partial(_run_chunk, scaled, days), chunks))
    return {name: tables[name] for name, _, _ in _in_pairs(as_set, scaled)}


def _in_pairs(as_set: Sequence[_Policy], scaled: Sequence[_Policy]) -> list[_Policy]:
    ours, *peers = as_set
    return [ours, *(one for pair in zip(peers, scaled, strict=True) for one in pair)]


def _run_chunk(policies: Sequence[_Policy], days: int, chunk: tuple[int, Sequence[PressOffice]]) -> Tables:
    first, offices = chunk
    tables: Tables = {}
    for number, office in enumerate(offices, first):
        seed = f"poll/{number}"
        for name, policy, scale in policies:
            run = run_peer(office, policy, scale, days, seed) if policy else run_tocsin(office, days, seed)
            tables.setdefault(name, {}).setdefault(office.kind, Summary()).add(office, run, days)
    return tables


def _merged(parts: Iterable[Tables]) -> Tables:
    merged: Tables = {}
    for part in parts:
        for name, kinds in part.items():
            for kind, summary in kinds.items():
                merged.setdefault(name, {}).setdefault(kind, Summary()).merge(summary)
    return merged


def _scale_for(offices: Sequence[PressOffice], days: int, polls: float, policy: Policy) -> float:
    """Find the scale at which a peer makes this many polls a feed a day, from a sample."""

    def excess(scale: float) -> float:
        runs = (run_peer(o, policy, scale, days, f"poll/{i * _SAMPLE}") for i, o in enumerate(offices))
        return log(sum(run.polls for run in runs) / len(offices) / days / polls)

    before, scale = 0.0, exp(-0.5)
    known = excess(exp(before))
    for _ in range(_CORRECTIONS):
        found = excess(scale)
        slope = (found - known) / (log(scale) - before) if abs(log(scale) - before) > 1e-6 else -1.0
        before, known = log(scale), found
        scale = exp(before - found / slope)
    return scale


def _polls_a_day(summaries: Iterable[Summary], days: int) -> float:
    total = total_of(summaries)
    return total.polls / total.feeds / days


def total_of(summaries: Iterable[Summary]) -> Summary:
    """Add up the summaries of every kind."""
    total = Summary()
    for summary in summaries:
        total.merge(summary)
    return total


def print_tables(tables: Tables, days: int) -> None:
    """Print what `simulate` came to as three tables."""
    print("Polling: every policy on the same feeds\n")
    _print_row("", "polls/feed/day", "median delay", "95 %", "median feed's", "missed", "without a gap")
    for name, kinds in tables.items():
        _print_summary(name, total_of(kinds.values()), days)
    _print_verdict({name: total_of(kinds.values()) for name, kinds in tables.items()})
    print("\nTocsin, by the feeds' kind\n")
    for kind, summary in tables["Tocsin"].items():
        _print_summary(f"{kind} ({summary.feeds})", summary, days)
    print("\nSilence alarm\n")
    _print_row("", "died", "told", "after (median)", "usual pauses", "alarms/feed/year")
    for kind, summary in tables["Tocsin"].items():
        _print_silence(kind, summary)
    _print_silence("all", total_of(tables["Tocsin"].values()))


def _print_verdict(totals: dict[str, Summary]) -> None:
    """Say plainly whether what was aimed for is reached."""
    ours = totals["Tocsin"]
    print()
    for name, total in totals.items():
        if name.endswith("as many polls"):
            won = ours.delay_below(0.5) < total.delay_below(0.5) and median(ours.feed_medians) < median(
                total.feed_medians
            )
            said = "sooner than" if won else "NOT sooner than"
            print(f"Tocsin is {said} {name} ({total.polls / ours.polls:.0%} of its polls)")
    print(f"Entries that Tocsin missed without a gap row: {ours.missed_without_gap}")


def _print_row(first: str, *cells: str) -> None:
    print(f"{first:46}" + "".join(f"{cell:>17}" for cell in cells))


def _print_summary(name: str, summary: Summary, days: int) -> None:
    medians = summary.feed_medians
    _print_row(
        name,
        f"{summary.polls / summary.feeds / days:.1f}",
        _minutes(summary.delay_below(0.5)) if medians else "",
        _minutes(summary.delay_below(0.95)) if medians else "",
        _minutes(median(medians)) if medians else "",
        f"{summary.missed:,}",
        f"{summary.missed_without_gap:,}",
    )


def _print_silence(kind: str, summary: Summary) -> None:
    told = sorted(summary.told)
    untold = [float("inf")] * (summary.died - len(told))
    after = median([seconds / DAY for seconds, _ in told] + untold) if summary.died else None
    pauses = median([seconds / usual for seconds, usual in told] + untold) if summary.died else None
    _print_row(
        kind,
        str(summary.died or ""),
        str(len(told) if summary.died else ""),
        f"{after:.1f} days" if after is not None else "",
        f"{pauses:.1f}" if pauses is not None else "",
        f"{summary.alarms / summary.alive_years:.2f}" if summary.alive_years else "",
    )


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.1f} min"
