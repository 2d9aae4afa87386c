"""One press office polled by one policy over simulated days: a clock that jumps from poll to poll."""

from array import array
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import inf
from random import Random

from shared.domain.polling.gap import may_have_missed
from shared.domain.polling.rhythm import Rhythm
from shared.domain.polling.schedule import PollFacts, next_poll
from shared.domain.polling.silence import quiet_after
from tests.evaluate.peers import Seen
from tests.evaluate.press_offices import DAY, START, PressOffice

POLL_MIN, POLL_MAX = timedelta(minutes=1), timedelta(hours=1)
_REMEMBERED = 30


@dataclass(slots=True)
class Run:
    """What polling came to: delays in seconds of the entries received, and what was never seen.

    `alarms` counts silences told of a feed that then spoke again, `told_after` the seconds from the last entry
    of a feed that died to its alarm.
    """

    polls: int = 0
    delays: "array[float]" = field(default_factory=lambda: array("f"))
    missed: int = 0
    missed_without_gap: int = 0
    gaps: int = 0
    alarms: int = 0
    told_after: float | None = None

    def arrived(self, office: PressOffice, at: float, seen: int, known: int, *, gap: bool) -> None:
        """Count a poll that found entries `seen` to `known` of the office to be new."""
        lost = max(known - seen - office.shows, 0)
        self.missed += lost
        self.missed_without_gap += 0 if gap else lost
        self.gaps += gap
        self.delays.extend(at - instant for instant in office.instants[seen + lost : known])


def run_peer(
    office: PressOffice, policy: Callable[[Seen, float], float], scale: float, days: int, seed: str
) -> Run:
    """Poll as a peer does; it writes no gaps, so all it misses is missed without one."""
    run, instants = Run(), office.instants
    now, end = START + Random(seed).random() * 3600, START + days * DAY
    known = bisect_right(instants, now)
    seen = Seen(now, min(known, office.shows), 0, 0.0, instants, known)
    while True:
        wait = policy(seen, scale)
        now += wait
        if now >= end:
            return run
        run.polls += 1
        before = seen.stored
        known = before
        while known < len(instants) and instants[known] <= now:
            known += 1
        if known > before:
            run.arrived(office, now, before, known, gap=False)
        seen.now, seen.waited, seen.stored = now, wait, known
        seen.entries = min(known, office.shows)
        seen.new = min(known - before, seen.entries)


def run_tocsin(office: PressOffice, days: int, seed: str) -> Run:
    """Poll with the functions that the poller itself calls."""
    random, run, instants = Random(seed), Run(), office.instants
    now, end = START + random.random() * 3600, START + days * DAY
    known = bisect_right(instants, now)
    feed = _Watched(office, now, known)
    due = feed.added_at
    while True:
        before_at = now
        due = next_poll(feed.facts, due, random.random())
        now = due.timestamp()
        if now >= end:
            return run
        run.polls += 1
        if now >= feed.quiet_at:
            feed.tell(run, now)
        before = known
        while known < len(instants) and instants[known] <= now:
            known += 1
        if known > before:
            gap = feed.learn(before, known, before_at, now)
            run.arrived(office, now, before, known, gap=gap)
        elif feed.facts.new:
            feed.facts = feed.facts_after(new=0)


class _Watched:
    """What the feed's row would hold."""

    def __init__(self, office: PressOffice, now: float, known: int) -> None:
        self.office = office
        self.added_at = datetime.fromtimestamp(now, UTC)
        self.shown = min(known, office.shows)
        claimed = office.instants[known - self.shown : known] if office.dated else ()
        self.rhythm = Rhythm.begin(self.added_at, [datetime.fromtimestamp(t, UTC) for t in claimed])
        self.changed_at: tuple[datetime, ...] = ()
        self.quiet_at = self.silence_ends()
        self.facts = self.facts_after(new=0)

    def facts_after(self, *, new: int, elapsed: float = 0.0, gap: bool = False) -> PollFacts:
        return PollFacts(
            "changed" if new else "unchanged",
            POLL_MIN,
            POLL_MAX,
            changed_at=self.changed_at,
            added_at=self.added_at,
            gap=gap,
            rhythm=self.rhythm,
            entries=self.shown,
            new=new,
            elapsed=timedelta(seconds=elapsed),
        )

    def learn(self, before: int, known: int, before_at: float, now: float) -> bool:
        at, shown = datetime.fromtimestamp(now, UTC), min(known, self.office.shows)
        new = min(known - before, shown)
        gap = may_have_missed(self.shown, shown, shown - new, self.rhythm, before_at, now)
        middle = datetime.fromtimestamp((before_at + now) / 2, UTC)
        claimed = (datetime.fromtimestamp(t, UTC) for t in self.office.instants[known - new : known])
        self.rhythm = self.rhythm.observe(claimed if self.office.dated else [middle] * new, at)
        self.changed_at = (*self.changed_at, at)[-_REMEMBERED:]
        self.shown, self.quiet_at = shown, self.silence_ends()
        self.facts = self.facts_after(new=new, elapsed=now - before_at, gap=gap)
        return gap

    def silence_ends(self) -> float:
        quiet = quiet_after(self.rhythm)
        return quiet.timestamp() if quiet else inf

    def tell(self, run: Run, now: float) -> None:
        """Ring the silence alarm, once in a silence."""
        self.quiet_at = inf
        last = self.office.instants[-1]
        if self.office.dies_at is not None and now > last:
            run.told_after = now - last
        elif self.office.kind != "dead":
            run.alarms += 1
