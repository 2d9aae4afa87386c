"""What a poll makes true of its feed, and is told once."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.alerts.feed_events import (
    FeedEvent,
    Polled,
    Standing,
    build_event_payload,
    heard_again_event,
    poll_events,
    stand_after,
)
from shared.domain.alerts.payload import MOST_BYTES

AT = datetime(2026, 3, 2, 9, 20, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
GOOD = Polled(AT, "unchanged", "0 new of 10 entries", failures=0, state="active")


def failed(minutes: int, failures: int, *, outcome: str = "dns", state: str = "active") -> Polled:
    return Polled(AT + minutes * MINUTE, outcome, "the name does not resolve", failures, state)


def follow(*polls: Polled, state: str = "active") -> list[str]:
    """Give the types of everything told while a feed is polled so."""
    told: list[str] = []
    standing = Standing(state)
    for polled in polls:
        told += [event.type for event in poll_events(standing, polled)]
        standing = stand_after(standing, polled)
    return told


def test_a_server_that_is_away_for_minutes_is_told_to_nobody() -> None:
    assert follow(failed(0, 1), failed(2, 2), failed(6, 3), failed(14, 4), GOOD) == []


def test_one_failed_poll_of_a_feed_polled_seldom_is_told_to_nobody() -> None:
    assert follow(failed(0, 1), failed(60, 2)) == []


def test_a_feed_that_fails_for_half_an_hour_is_told_once_and_its_recovery_once() -> None:
    polls = [failed(0, 1), failed(15, 2), failed(31, 3), failed(90, 4), failed(150, 5), GOOD, GOOD]
    assert follow(*polls) == ["feed.failing", "feed.recovered"]


def test_a_failure_says_for_how_long_and_what_happened() -> None:
    (event,) = poll_events(Standing(failing_since=AT), failed(31, 3))
    assert event.detail == "3 polls in a row failed, for 31 min; dns: the name does not resolve"
    assert event.figures == {
        "outcome": "dns",
        "failures": 3,
        "failing_since": "2026-03-02T09:20:00.000Z",
    }


def test_a_failure_of_our_own_is_none_of_the_feed_and_no_recovery() -> None:
    ours = Polled(AT + 40 * MINUTE, "refused", "on our side: no route", failures=0, state="active")
    assert follow(ours, ours, ours) == []
    still = Standing(failing_since=AT, failing_told=True)
    counted = Polled(AT + 40 * MINUTE, "refused", "on our side: no route", failures=3, state="active")
    assert poll_events(still, counted) == ()


def test_a_feed_is_gone_once_and_comes_back_once() -> None:
    gone = failed(0, 1, outcome="gone", state="gone")
    again = failed(60 * 24 * 7, 2, outcome="gone", state="gone")
    back = Polled(AT + timedelta(days=14), "changed", "1 new", failures=0, state="active")
    assert follow(gone, again, back, GOOD) == ["feed.gone", "feed.recovered"]


def test_a_feed_that_failed_and_then_is_gone_recovers_once() -> None:
    polls = [failed(0, 1), failed(20, 2), failed(40, 3), failed(60, 4, outcome="gone", state="gone"), GOOD]
    assert follow(*polls) == ["feed.failing", "feed.gone", "feed.recovered"]


def test_a_feed_that_was_gone_and_is_resumed_by_hand_recovers_too() -> None:
    resumed = replace(stand_after(Standing(), failed(0, 1, outcome="gone", state="gone")), state="active")
    assert [event.type for event in poll_events(resumed, GOOD)] == ["feed.recovered"]


def test_a_paused_feed_is_told_of_no_more() -> None:
    assert follow(failed(0, 1), failed(20, 2), failed(40, 3), state="paused") == []


def test_a_move_names_both_addresses_masked() -> None:
    moved = ("https://desk:geheim@old.example/rss", "https://new.example/rss?key=geheim")
    (event,) = poll_events(Standing(), Polled(AT, "moved", "", 0, "active", moved=moved))
    assert (event.type, event.figures["to_url"]) == ("feed.moved", "https://new.example/rss?key=***")
    assert "geheim" not in event.detail + str(event.figures)


def test_gaps_of_one_hour_are_one_event() -> None:
    def gap(minute: int) -> FeedEvent:
        at = AT.replace(minute=minute)
        polled = Polled(at, "changed", "", 0, "active", gap=(at - MINUTE, at, "none was known"))
        (event,) = poll_events(Standing(), polled)
        return event

    assert gap(5).about == gap(59).about
    assert gap(5).detail == "none was known (within 1 min)"


def test_a_quiet_feed_that_speaks_says_how_long_it_was_silent() -> None:
    event = heard_again_event(AT - timedelta(days=3), AT, AT)
    assert event.detail == "spoke again after 3 days"
    assert event.figures["after"] == "quiet"


def test_the_message_holds_the_feed_the_words_the_figures_and_the_sequence() -> None:
    feed = {"id": "f", "url": "https://press.example/rss", "title": "Harbour police"}
    event = FeedEvent("feed.quiet", "x", AT, "nothing for 9 h", {"chance": 0.001})
    assert json.loads(build_event_payload(event, feed, 7)) == {
        "type": "feed.quiet",
        "timestamp": "2026-03-02T09:20:00.000Z",
        "data": {"feed": feed, "detail": "nothing for 9 h", "chance": 0.001, "sequence": 7},
    }


@pytest.mark.parametrize("length", [10, 100_000])
def test_a_message_stays_small_whatever_a_feed_calls_itself(length: int) -> None:
    feed = {"id": "f", "url": "https://press.example/rss", "title": "ß" * length}
    event = FeedEvent("feed.failing", "x", AT, "ß" * length)
    assert len(build_event_payload(event, feed, 1)) < MOST_BYTES
