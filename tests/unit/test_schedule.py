"""When a feed is polled next: each rule of the table by name."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.polling.freshness import FeedHints
from shared.domain.polling.polling import PollOutcome
from shared.domain.polling.rhythm import Rhythm
from shared.domain.polling.schedule import (
    PollFacts,
    feed_state,
    missing_since,
    next_poll,
)

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def facts(outcome: PollOutcome = "unchanged", **more: object) -> PollFacts:
    return PollFacts(outcome, **({"poll_min": MINUTE, "poll_max": HOUR, "entries": 50} | more))  # type: ignore[arg-type]


def every(interval: timedelta, times: int = 6) -> tuple[datetime, ...]:
    return tuple(NOW - interval * count for count in reversed(range(times)))


def rhythm(a_day: float, *, hours: range = range(24)) -> Rhythm:
    """A feed known for long, with `a_day` entries spread over these hours (UTC) of each day."""
    at = NOW.timestamp()
    rates = [a_day / len(hours) if hour % 24 in hours else 0.001 for hour in range(168)]
    return Rhythm(at - 9e6, at - 60, at, rates=tuple(rates), known=True)


WIRE = rhythm(240)
NIGHT = FeedHints(0, skip_hours=0b111_1111_1111)

NEXT: tuple[tuple[str, PollFacts, timedelta], ...] = (
    ("a new feed is polled soon", facts(changed_at=(NOW,)), MINUTE),
    ("a feed never seen to change is polled soon", facts(), MINUTE),
    ("an empty feed for a day is polled seldom", facts(added_at=NOW - DAY), HOUR * 0.85),
    ("half its pauses, until its rhythm is known", facts(changed_at=every(20 * MINUTE)), 10 * MINUTE),
    ("a busy feed at most every minute", facts(changed_at=every(MINUTE / 4)), MINUTE),
    ("a weekly feed at least every hour", facts(changed_at=every(7 * DAY)), HOUR * 0.85),
    ("slower as it falls silent", facts(changed_at=(NOW - 12 * HOUR,)), 30 * MINUTE),
    ("a known rhythm: rate times wait squared is a minute of waiting", facts(rhythm=rhythm(60)), 4.9 * MINUTE),
    ("four times as many entries halve the wait", facts(rhythm=rhythm(240)), 2.45 * MINUTE),
    ("a seldom feed at least every hour", facts(rhythm=rhythm(0.3)), HOUR * 0.85),
    ("sooner where releases come in company", facts(rhythm=rhythm(3), changed_at=(NOW,)), 9.92 * MINUTE),
    ("added minutes ago, whatever its rhythm", facts(rhythm=rhythm(1), added_at=NOW - HOUR), 2.5 * MINUTE),
    ("half a document of two before that", facts(rhythm=rhythm(240), entries=2, poll_min=10 * MINUTE), 10 * MINUTE),
    ("half new at the pace just seen", facts(rhythm=rhythm(3), new=25, elapsed=8 * MINUTE), 8 * MINUTE),
    ("nothing known: half the time since", facts(rhythm=rhythm(3), new=50, elapsed=40 * MINUTE), 20 * MINUTE),
    ("a gap: a quarter of that", facts(rhythm=rhythm(3), new=50, elapsed=40 * MINUTE, gap=True), 5 * MINUTE),
    ("a few new do not hurry it", facts(rhythm=rhythm(240), new=1, elapsed=HOUR), 2.45 * MINUTE),
    ("not while it calls itself fresh", facts(changed_at=(NOW,), fresh_for=15 * MINUTE), 15 * MINUTE),
    ("freshness does not pass the longest wait", facts(changed_at=(NOW,), fresh_for=DAY), HOUR),
    ("freshness of minutes holds for any rhythm", facts(rhythm=WIRE, fresh_for=4 * MINUTE), 4 * MINUTE),
    ("freshness of hours not for a faster rhythm", facts(rhythm=WIRE, fresh_for=6 * HOUR), 5 * MINUTE),
    ("freshness doubles a wait at most", facts(rhythm=rhythm(15), fresh_for=6 * HOUR), 19.6 * MINUTE),
    ("a ttl doubles a wait at most", facts(rhythm=WIRE, hints=FeedHints(60)), 4.9 * MINUTE),
    ("a ttl below the wait says nothing", facts(rhythm=rhythm(15), hints=FeedHints(5)), 9.8 * MINUTE),
    ("a skipped hour is passed over", facts(rhythm=rhythm(24, hours=range(11, 18)), hints=NIGHT), HOUR),
    ("not if the feed speaks then", facts(rhythm=WIRE, hints=NIGHT), 2.45 * MINUTE),
    ("a first failure is tried again soon", facts("dns", failures=1), MINUTE),
    ("failures back off", facts("server_error", failures=4), 8 * MINUTE),
    ("failures are never given up", facts("client_error", failures=9000), HOUR / 2),
    ("a wait is obeyed", facts("rate_limited", failures=1, wait=10 * MINUTE), 10 * MINUTE),
    ("a wait may pass the longest", facts("rate_limited", failures=1, wait=6 * HOUR), 6 * HOUR),
    ("a wait is at most a day", facts("rate_limited", failures=1, wait=30 * DAY), DAY),
    ("a short wait does not hurry it", facts("rate_limited", failures=5, wait=MINUTE), 16 * MINUTE),
    ("a feed that is gone is asked once a week", facts("gone", failures=3), 7 * DAY * 0.9),
    ("and so while it stays gone", facts("dns", failures=3, state="gone"), 7 * DAY * 0.9),
)  # fmt: skip


@pytest.mark.parametrize(("given_facts", "wait"), [row[1:] for row in NEXT], ids=[row[0] for row in NEXT])
def test_the_next_poll_without_jitter(given_facts: PollFacts, wait: timedelta) -> None:
    given_wait = next_poll(given_facts, NOW, 0.0) - NOW
    assert given_wait.total_seconds() == pytest.approx(wait.total_seconds(), rel=0.01)


def test_the_next_poll_looks_ahead_to_the_hour_in_which_the_office_opens() -> None:
    office = facts(rhythm=rhythm(40, hours=range(10, 18)))
    before_ten = NOW + 50 * MINUTE
    assert next_poll(office, NOW, 0.0) - NOW == HOUR * 0.85
    assert next_poll(office, before_ten, 0.0) - before_ten < 15 * MINUTE


def test_feeds_that_failed_together_come_back_apart() -> None:
    waits = {next_poll(facts("refused", failures=1), NOW, step / 10) for step in range(11)}
    assert len(waits) == 11


rhythms = st.none() | st.builds(
    rhythm, st.floats(0.01, 20_000), hours=st.sampled_from([range(24), range(8, 18)])
)
hints = st.builds(FeedHints, st.integers(0, 999_999), st.integers(0, 2**24 - 1), st.integers(0, 127))


@settings(max_examples=150)
@given(
    failures=st.integers(0, 10**6),
    changed=st.lists(st.timedeltas(timedelta(), 400 * DAY), max_size=8),
    fresh=st.none() | st.timedeltas(timedelta(), 30 * DAY),
    gap=st.booleans(),
    known=rhythms,
    asks=hints,
    added=st.none() | st.timedeltas(timedelta(), 9 * DAY),
    seen=st.tuples(st.integers(0, 500), st.integers(0, 500), st.none() | st.timedeltas(timedelta(), DAY)),
    jitter=st.floats(0, 1),
)
def test_every_poll_is_within_the_two_bounds(
    failures: int,
    changed: list[timedelta],
    fresh: timedelta | None,
    gap: bool,
    known: Rhythm | None,
    asks: FeedHints,
    added: timedelta | None,
    seen: tuple[int, int, timedelta | None],
    jitter: float,
) -> None:
    new, more, elapsed = seen
    given_facts = facts(
        failures=failures, changed_at=tuple(NOW - ago for ago in sorted(changed, reverse=True)),
        fresh_for=fresh, gap=gap, rhythm=known, hints=asks, added_at=None if added is None else NOW - added,
        entries=new + more, new=new, elapsed=elapsed,
    )  # fmt: skip
    assert MINUTE <= next_poll(given_facts, NOW, jitter) - NOW <= HOUR


@settings(max_examples=100)
@given(wait=st.timedeltas(timedelta(), 3 * DAY), failures=st.integers(1, 40), jitter=st.floats(0, 1))
def test_nobody_is_asked_before_the_wait_they_asked_for(
    wait: timedelta, failures: int, jitter: float
) -> None:
    due = next_poll(facts("rate_limited", failures=failures, wait=wait), NOW, jitter)
    assert due - NOW >= min(wait, DAY)


STATES: tuple[tuple[str, PollOutcome, timedelta | None, str, str], ...] = (
    ("410", "gone", None, "active", "gone"),
    ("404 for a day", "client_error", DAY, "active", "active"),
    ("404 for 30 days", "client_error", 30 * DAY, "active", "gone"),
    ("a timeout of a feed that is gone", "too_slow", None, "gone", "gone"),
    ("a feed that came back", "changed", None, "gone", "active"),
    ("a feed that came back unchanged", "not_modified", None, "gone", "active"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("outcome", "missing", "before", "after"), [row[1:] for row in STATES], ids=[row[0] for row in STATES]
)
def test_a_feed_is_gone_by_410_or_after_30_days_of_404_until_it_is_a_feed_again(
    outcome: PollOutcome, missing: timedelta | None, before: str, after: str
) -> None:
    since = None if missing is None else NOW - missing
    assert feed_state(outcome, since, before, NOW) == after


def test_only_another_answer_ends_a_404_and_no_answer_says_nothing() -> None:
    assert missing_since(None, 404, NOW) == NOW
    assert missing_since(NOW - DAY, 404, NOW) == NOW - DAY
    assert missing_since(NOW - DAY, None, NOW) == NOW - DAY
    assert missing_since(NOW - DAY, 200, NOW) is None
