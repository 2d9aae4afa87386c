"""Events of feeds: true and told in one transaction, once, counted without a hole, and in no ledger."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from shared.domain.polling.rhythm import Pauses, Rhythm
from shared.domain.polling.silence import quiet_after
from shared.queue import Bell
from shared.store.feeds import claim_due_feeds
from shared.store.polls import NewGap, PollRecord, record_polls
from shared.store.subscriptions import AddedSubscription, add_event_subscription, mark_subscription_removed
from shared.sweep import judge_silences_now
from tests.services.line import SECRET, Item, Line

BELL = Bell("redis://127.0.0.1:1/0")  # Nothing is rung here.
AT = datetime.now(UTC)
FAILED = {"outcome": "dns", "detail": "the name does not resolve"}


@pytest.fixture
def line(database_url: str) -> Iterator[Line]:
    opened = Line(database_url)
    yield opened
    opened.close()


def listen(line: Line, event: str, url: str = "https://desk.example/events") -> AddedSubscription:
    with line.database.begin() as transaction:
        return add_event_subscription(transaction, event, url, SECRET)


def poll(line: Line, feed_id: UUID, minutes: float = 0, **found: Any) -> None:
    """Claim a feed and record what a poll found of it."""
    with line.database.begin() as transaction:
        (feed,) = claim_due_feeds(transaction, line.presence.lease(60), most=1, among=[feed_id])
    at = AT + timedelta(minutes=minutes)
    good = PollRecord(
        feed_id=feed_id, lease=feed.lease, host=feed.host, started_at=at, outcome="unchanged", status=200, ms=5,
        detail="", next_poll_at=at, failures=0,
    )  # fmt: skip
    with line.database.begin() as transaction:
        record_polls(transaction, [replace(good, **found)], host_gap_seconds=0, ring_after_seconds=0)


def fail_for_an_hour(line: Line, feed_id: UUID) -> None:
    for failures in range(1, 5):
        poll(line, feed_id, 20 * failures, failures=failures, **FAILED)


def events(line: Line) -> list[object]:
    return [row[0] for row in line.ask("SELECT type FROM feed_events ORDER BY at, id")]


def messages(line: Line, subscription: AddedSubscription) -> list[dict[str, Any]]:
    rows = line.ask(
        "SELECT payload FROM core.messages WHERE subscription_id = :id ORDER BY id", id=subscription.id
    )
    return [json.loads(bytes(payload)) for (payload,) in rows]  # type: ignore[call-overload]


def test_a_failing_feed_is_told_with_its_words_and_its_recovery_next_in_sequence(line: Line) -> None:
    told, feed_id = listen(line, "feed.*"), line.feed()
    fail_for_an_hour(line, feed_id)
    poll(line, feed_id, 100)
    failing, recovered = messages(line, told)
    assert (failing["type"], recovered["type"]) == ("feed.failing", "feed.recovered")
    assert failing["data"]["feed"] == {
        "id": str(feed_id),
        "url": "https://press.example/feed.xml",
        "title": "",
    }
    assert "dns: the name does not resolve" in failing["data"]["detail"]
    assert [message["data"]["sequence"] for message in (failing, recovered)] == [1, 2]


def test_who_subscribed_to_one_event_hears_that_one_alone(line: Line) -> None:
    gone, every = listen(line, "feed.gone"), listen(line, "feed.*", "https://desk.example/all")
    feed_id = line.feed()
    fail_for_an_hour(line, feed_id)
    poll(line, feed_id, 100, outcome="gone", state="gone", failures=5)
    assert [message["type"] for message in messages(line, gone)] == ["feed.gone"]
    assert [message["type"] for message in messages(line, every)] == ["feed.failing", "feed.gone"]
    assert messages(line, gone)[0]["data"]["sequence"] == 1


def test_events_are_written_down_where_nobody_subscribed(line: Line) -> None:
    fail_for_an_hour(line, line.feed())
    assert events(line) == ["feed.failing"]
    assert line.one("SELECT count(*) FROM core.messages") == 0


def test_an_event_is_in_no_ledger_and_a_topic_in_no_event(line: Line) -> None:
    listen(line, "feed.*")
    line.subscribe("terrorism")
    feed_id = line.feed()
    fail_for_an_hour(line, feed_id)
    line.publish(feed_id, Item("a"))
    assert line.ask("SELECT topic, matched, pending, missing FROM ledger") == [("terrorism", 1, 1, 0)]
    assert line.ask("SELECT topic, event, sequence FROM subscriptions ORDER BY topic") == [
        ("feed.*", "feed.*", 2),
        ("terrorism", None, 1),
    ]


def test_a_subscription_that_ended_hears_nothing_and_what_it_was_owed_is_cancelled(line: Line) -> None:
    told, feed_id = listen(line, "feed.*"), line.feed()
    fail_for_an_hour(line, feed_id)
    with line.database.begin() as transaction:
        mark_subscription_removed(transaction, told.id)
    poll(line, feed_id, 100)
    assert line.ask("SELECT type, state, reason FROM core.messages") == [
        ("feed.failing", "cancelled", "unsubscribed")
    ]
    assert line.one("SELECT count(*) FROM subscriptions") == 0


def test_gaps_are_told_once_an_hour_and_all_written_down(line: Line) -> None:
    told, feed_id = listen(line, "feed.gap"), line.feed()
    hour = AT.replace(minute=0, second=0)
    for minute in (1, 2, 61):
        to_at = hour + timedelta(minutes=minute)
        gap = NewGap(to_at - timedelta(minutes=1), to_at, "none of the 10 items was known")
        poll(line, feed_id, minute, outcome="changed", gap=gap)
    assert [message["data"]["sequence"] for message in messages(line, told)] == [1, 2]
    assert line.one("SELECT count(*) FROM gaps") == 3


def test_a_move_is_told_where_the_address_changed(line: Line) -> None:
    told, feed_id = listen(line, "feed.moved"), line.feed()
    poll(line, feed_id, 2, new_url="https://press.example/new.xml", new_host="press.example")
    (moved,) = messages(line, told)
    assert moved["data"]["feed"]["url"] == moved["data"]["to_url"] == "https://press.example/new.xml"
    assert moved["data"]["from_url"] == "https://press.example/feed.xml"


def test_a_feed_that_moves_onto_anothers_address_yields_to_it_in_words(line: Line) -> None:
    told, feed_id, taken = listen(line, "feed.*"), line.feed(), "https://press.example/taken.xml"
    other = line.feed(taken)
    for minute in (1, 2):
        poll(line, feed_id, minute, outcome="moved", new_url=taken, new_host="press.example")
    assert line.ask("SELECT url, state, next_poll_at > now() + interval '6 days' FROM feeds ORDER BY id") == [
        ("https://press.example/feed.xml", "gone", True),
        (taken, "active", False),
    ]
    (gone,) = messages(line, told)
    assert gone["type"] == "feed.gone"
    assert f"{taken} is watched already (feed {other})" in gone["data"]["detail"]
    assert f"feed {other}" in str(line.one("SELECT max(detail) FROM polls"))


def test_a_feed_that_yielded_is_polled_again_when_the_other_is_removed(line: Line) -> None:
    feed_id, taken = line.feed(), "https://press.example/taken.xml"
    other = line.feed(taken)
    poll(line, feed_id, 1, outcome="moved", new_url=taken, new_host="press.example")
    assert line.ask("SELECT moved_to, moved_times FROM core.feeds WHERE id = :id", id=feed_id) == [(taken, 2)]
    line.do("UPDATE core.feeds SET removed_at = now() WHERE id = :id", id=other)
    poll(line, feed_id, 9, outcome="moved", new_url=taken, new_host="press.example")
    assert line.ask("SELECT url, state FROM feeds") == [("https://press.example/feed.xml", "active")]


def test_a_quiet_feed_is_told_once_and_that_it_spoke_again(line: Line) -> None:
    told, feed_id = listen(line, "feed.*"), line.feed()
    fall_silent(line)
    for _ in range(2):
        judge_silences_now(line.database, BELL)
        line.do("UPDATE core.feeds SET quiet_judged_at = now() - interval '2 hours'")
    line.do("UPDATE core.feeds SET spoke_at = now(), quiet_after = now() + interval '1 day'")
    judge_silences_now(line.database, BELL)
    quiet, recovered = messages(line, told)
    assert (quiet["type"], recovered["type"]) == ("feed.quiet", "feed.recovered")
    assert quiet["data"]["detail"].startswith("publishes about 24 a day; nothing for 3 days; chance ")
    assert quiet["data"]["feed"]["id"] == str(feed_id)
    assert recovered["data"]["detail"] == "spoke again after 3 days"


def fall_silent(line: Line) -> None:
    spoke_at = AT - timedelta(days=3)
    last = spoke_at.timestamp()
    rhythm = Rhythm(last - 9e6, last, last, (4.0,) * 168, (1.0,) * 168, Pauses(200, 70, 70), known=True)
    line.do(
        "UPDATE core.feeds SET rhythm = :rhythm, quiet_after = :quiet_after, last_polled_at = now(), "
        "last_outcome = 'unchanged', spoke_at = :spoke_at, created_at = now() - interval '90 days'",
        rhythm=rhythm.to_bytes(),
        quiet_after=quiet_after(rhythm),
        spoke_at=spoke_at,
    )


def test_what_was_rolled_back_is_told_to_nobody(line: Line) -> None:
    told, feed_id = listen(line, "feed.*"), line.feed()
    with line.database.begin() as transaction:
        (feed,) = claim_due_feeds(transaction, line.presence.lease(60), most=1, among=[feed_id])
    gone = PollRecord(
        feed_id, feed.lease, feed.host, AT, "gone", 410, 5, "410 Gone", AT, failures=1, state="gone"
    )
    with line.database.begin() as transaction:
        record_polls(transaction, [gone], host_gap_seconds=0, ring_after_seconds=0)
        transaction.rollback()
    assert (events(line), messages(line, told)) == ([], [])
