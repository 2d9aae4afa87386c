"""When to poll a feed next: one pure function, by the first rule of this table that holds and the bounds below.

| what holds | the wait |
|---|---|
| 410, or 404 for 30 days: the feed is *gone* | a week |
| the last polls failed | twice as long each time, never given up |
| the rhythm is not known yet | a twenty-fourth of the time since it spoke or was added |
| the rhythm is known | until the entries expected by then have together waited for what a poll is worth |

| then, in this order | |
|---|---|
| added within two hours: somebody is watching | at most a twenty-fourth of the time since |
| half the document is expected to be new before that | at most until then |
| at the pace just seen half of it is new before that (Media Cloud's rule) | at most until then |
| nothing in the document was known: we were late | a quarter |
| `max-age`, `Expires` | at least that, but if the rhythm is known to be faster at most 5 minutes or twice its wait |
| `<ttl>`, `sy:updatePeriod` | at least that, but at most twice the wait: most feeds carry a ttl nobody chose |
| `skipHours`, `skipDays` | not then, unless the feed is known to speak then |
| the bounds | from `poll_min` to `poll_max` |
| `Retry-After` | at least that, up to 24 hours |

Jitter lengthens each, so that feeds that failed together, or were added together, come apart.

The worth of a poll: for entries that come at a rate r, polling every t costs r·t/2 of waiting an hour and 1/t
polls; the sum is least where r·t²/2, the waiting that a poll ends, is the same for every feed and hour. So the
rule does not follow the rate (Miniflux does: it spends all on the busiest) but its square root, and looks ahead:
before the office opens the next poll is not an hour away.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from math import sqrt
from statistics import median
from typing import Literal

from shared.domain.polling.freshness import NO_HINTS, FeedHints
from shared.domain.polling.polling import PollOutcome
from shared.domain.polling.rhythm import HOUR, Rhythm, following_rate
from shared.domain.web.retry_after import LONGEST_WAIT

FeedState = Literal["active", "gone"]

_GONE_PAUSE = timedelta(days=7)
_MISSING_IS_GONE = timedelta(days=30)
# A feed silent for a day is asked about once an hour, one that spoke an hour ago every 2.5 minutes.
_SILENCE_SHARE = 24
_NEW_FEED = 2 * HOUR
_LONGEST_DOUBLING = 20
# A poll is worth this many entries kept waiting for the shortest interval: 30 entry-seconds with a minute.
_WORTH_OF_A_POLL = 0.5
# Of the latest polls that found something, so many and so young let expect more.
_FOLLOWED, _FOLLOWED_FOR = 3, 4 * HOUR
# How much of the document may be new when we come.
_NEW_SHARE = 0.5
_LATE_SHARE = 0.25
_FRESH_ENOUGH = 300.0
_STRETCH = 2.0


@dataclass(frozen=True, slots=True)
class PollFacts:
    """What the next poll depends on.

    `state` is the feed's after this poll. `failures` counts polls without a good answer in a row, this one
    included; `changed_at` holds the instants of recent polls that found something new, oldest first, and
    `added_at` when the feed was added. `entries` and `new` count this poll's document, `elapsed` the time
    since the last one (None for a first). `wait` is what the answer asked for (`asked_wait`), `fresh_for` how
    long it calls itself fresh (`fresh_for`); `gap` tells that this poll found one.
    """

    outcome: PollOutcome
    poll_min: timedelta
    poll_max: timedelta
    failures: int = 0
    changed_at: tuple[datetime, ...] = ()
    added_at: datetime | None = None
    wait: timedelta | None = None
    fresh_for: timedelta | None = None
    gap: bool = False
    state: FeedState = "active"
    rhythm: Rhythm | None = None
    entries: int = 0
    new: int = 0
    elapsed: timedelta | None = None
    hints: FeedHints = NO_HINTS


def next_poll(facts: PollFacts, now: datetime, jitter: float) -> datetime:
    """Decide when to poll again, by the table of this module; `jitter` goes from 0 to 1.

    Between `poll_min` and `poll_max`, but for a wait that was asked for (up to 24 hours) and a feed that is
    gone (about a week).
    """
    if facts.state == "gone" or facts.outcome == "gone":
        return now + _GONE_PAUSE * (0.9 + 0.2 * jitter)
    least, most = facts.poll_min.total_seconds(), facts.poll_max.total_seconds()
    if facts.failures:
        wait = _backoff(facts.failures, least, most) * (0.5 + 0.5 * jitter)
    else:
        wait = _good_wait(facts, now, least, most, jitter)
    wait = max(least, min(wait, most))
    if facts.wait:
        asked = facts.wait.total_seconds() * (1 + 0.1 * jitter)
        wait = max(wait, min(asked, LONGEST_WAIT.total_seconds()))
    return now + timedelta(seconds=wait)


def missing_since(before: datetime | None, status: int | None, at: datetime) -> datetime | None:
    """Tell since when a feed has been answering 404; no answer at all says nothing for or against."""
    if status is None:
        return before
    return (before or at) if status == 404 else None


def feed_state(outcome: PollOutcome, missing: datetime | None, before: str, at: datetime) -> FeedState:
    """Tell whether a feed is gone: 410, or 404 for 30 days; gone until an answer that is a feed again."""
    if outcome in ("not_modified", "unchanged", "changed", "moved"):
        return "active"
    long_missing = missing is not None and at - missing >= _MISSING_IS_GONE
    return "gone" if outcome == "gone" or long_missing or before == "gone" else "active"


def _backoff(failures: int, least: float, most: float) -> float:
    return min(least * (2 << min(failures - 1, _LONGEST_DOUBLING)), most)


def _good_wait(facts: PollFacts, now: datetime, least: float, most: float, jitter: float) -> float:
    rhythm = facts.rhythm if facts.rhythm and facts.rhythm.known else None
    worth = _WORTH_OF_A_POLL * least
    wait = _worth_waiting(facts, rhythm, now, worth, most) if rhythm else _by_silence(facts, now)
    wait = max(least, min(wait, _in_time(facts, now), most))
    wait = min(wait * (1 + 0.15 * jitter), most * (0.85 + 0.15 * jitter))
    if facts.fresh_for or facts.hints is not NO_HINTS:
        wait = _as_asked(facts, rhythm, now, wait, jitter)
    return wait


def _worth_waiting(facts: PollFacts, rhythm: Rhythm, now: datetime, worth: float, most: float) -> float:
    """Find how long it takes until the entries expected from now on have waited `worth` (entry-seconds)."""
    at, following = now.timestamp(), _following(facts, now)
    turnover = _NEW_SHARE * facts.entries or worth
    waited = come = passed = 0.0
    left = HOUR - at % HOUR
    while passed < most:
        rate = rhythm.rate(at + passed) / HOUR + following
        here = min((sqrt(come * come + 2 * rate * (worth - waited)) - come), turnover - come) / rate
        if here <= left:
            return passed + here
        waited += (come + rate * left / 2) * left
        come += rate * left
        passed += left
        left = HOUR
    return most


def _following(facts: PollFacts, now: datetime) -> float:
    """Give the entries a second that the latest ones let expect, beyond the rhythm."""
    rate = 0.0
    for changed in facts.changed_at[: -_FOLLOWED - 1 : -1]:
        age = (now - changed).total_seconds()
        if age > _FOLLOWED_FOR:
            break
        rate += following_rate(age)
    return rate


def _by_silence(facts: PollFacts, now: datetime) -> float:
    """Give the wait of a feed whose rhythm is not known: half its usual pause, or a share of its silence."""
    instants = sorted(facts.changed_at)
    spoke_at = instants[-1] if instants else (facts.added_at or now)
    silence = max((now - spoke_at).total_seconds(), 0.0) / _SILENCE_SHARE
    between = [(later - earlier).total_seconds() for earlier, later in pairwise(instants)]
    return max(median(between) / 2 if between else 0.0, silence)


def _in_time(facts: PollFacts, now: datetime) -> float:
    """Give the longest wait that a new feed, and the pace at which the document turns over, allow."""
    longest = LONGEST_WAIT.total_seconds()
    if facts.added_at is not None:
        age = (now - facts.added_at).total_seconds()
        longest = max(age, 0.0) / _SILENCE_SHARE if age < _NEW_FEED else longest
    if facts.new and facts.elapsed is not None:
        pace = facts.elapsed.total_seconds() * _NEW_SHARE * facts.entries / facts.new
        longest = min(longest, pace * _LATE_SHARE if facts.gap else pace)
    return longest


def _as_asked(facts: PollFacts, rhythm: Rhythm | None, now: datetime, wait: float, jitter: float) -> float:
    fresh = facts.fresh_for.total_seconds() * (1 + 0.1 * jitter) if facts.fresh_for else 0.0
    if rhythm:
        fresh = min(fresh, max(_FRESH_ENOUGH, _STRETCH * wait))
    every = facts.hints.every_minutes * 60 * (1 + 0.1 * jitter)
    wait = max(wait, fresh, min(every, _STRETCH * wait))
    return _past_skipped(facts, rhythm, now, wait, jitter)


def _past_skipped(
    facts: PollFacts, rhythm: Rhythm | None, now: datetime, wait: float, jitter: float
) -> float:
    due, hints = now + timedelta(seconds=wait), facts.hints
    latest = now + facts.poll_max
    while due < latest and hints.skips(due) and not (rhythm and _speaks(rhythm, due)):
        hour = due.replace(minute=0, second=0, microsecond=0)
        due = hour + timedelta(hours=1, seconds=60 * jitter)
    return (due - now).total_seconds()


def _speaks(rhythm: Rhythm, at: datetime) -> bool:
    return rhythm.rate(at.timestamp()) >= rhythm.a_week / 168
