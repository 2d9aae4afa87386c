"""A language that falls silent over many feeds is told, once, and that it is heard again."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from shared.domain.polling.rhythm import Pauses, Rhythm
from shared.domain.polling.silence import quiet_after
from shared.queue import Bell
from shared.sweep import judge_languages_now
from tests.services.line import Line
from tests.store.archive import store_release

BELL = Bell("redis://127.0.0.1:1/0")  # Nothing is rung here.
AT = datetime.now(UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def line(database_url: str) -> Iterator[Line]:
    opened = Line(database_url)
    yield opened
    opened.close()


def judge(line: Line) -> None:
    judge_languages_now(line.database, BELL)
    line.do("UPDATE core.languages SET quiet_judged_at = now() - interval '2 hours'")


def speak(line: Line, feed_id: UUID, language: str, hours_ago: float) -> None:
    seen_at = AT - hours_ago * HOUR
    release = store_release(line.database, "عنوان", "نص", language=language, seen_at=seen_at)
    line.do(
        "WITH claimed AS (UPDATE core.releases SET published_at = :at + interval '1 microsecond' WHERE id = :id) "
        "INSERT INTO core.sightings (release_id, feed_id, entry_key, carried, is_primary, reason, "
        "first_seen_at, last_seen_at) VALUES (:id, :feed, uuid_send(:id), '', true, '', :at, :at)",
        id=release,
        feed=feed_id,
        at=seen_at,
    )


def fall_silent(line: Line, feeds: int, *, failing: int = 0) -> None:
    """So many feeds, all of which spoke Arabic until three days ago: together once an hour."""
    for number in range(feeds):
        feed_id = line.feed(f"https://press.example/{number}.xml")
        for hours_ago in (72, 80, 90):
            speak(line, feed_id, "ar", hours_ago + number)
    line.do(
        "UPDATE core.feeds SET last_polled_at = now(), last_outcome = 'unchanged', failures = "
        "CASE WHEN url < 'https://press.example/' || :failing THEN 1 ELSE 0 END",
        failing=failing,
    )
    judge_languages_now(line.database, BELL)
    last = (AT - 72 * HOUR).timestamp()
    rhythm = Rhythm(last - 9e6, last, last, (4.0,) * 168, (1.0,) * 168, Pauses(200, 70, 70), known=True)
    line.do(
        "UPDATE core.languages SET rhythm = :rhythm, quiet_after = :after, created_at = now() - interval '9 days'",
        rhythm=rhythm.to_bytes(),
        after=quiet_after(rhythm),
    )


def test_a_language_is_learnt_from_releases_whichever_feed_gave_them(line: Line) -> None:
    for number in range(2):
        feed_id = line.feed(f"https://press.example/{number}.xml")
        for day in range(1, 20):
            speak(line, feed_id, "ar", 24 * day + number)
    judge(line)
    ((language, rhythm, spoke_at),) = line.ask("SELECT language, rhythm, spoke_at FROM languages")
    assert (language, rhythm) == ("ar", "about 2 a day")
    assert abs(spoke_at - (AT - 24 * HOUR)) < timedelta(seconds=1)  # type: ignore[operator]


def test_what_was_learnt_once_is_not_learnt_again(line: Line) -> None:
    feed_id = line.feed()
    speak(line, feed_id, "ar", 2)
    judge(line)
    before = line.one("SELECT rhythm FROM core.languages")
    judge(line)
    assert line.one("SELECT rhythm FROM core.languages") == before


def test_a_language_silent_over_many_feeds_is_told_once_in_words(line: Line) -> None:
    fall_silent(line, feeds=4)
    judge(line)
    judge(line)
    ((type_, language, feed_id, detail),) = line.ask(
        "SELECT type, language, feed_id, detail FROM feed_events"
    )
    assert (type_, language, feed_id) == ("feed.language_quiet", "ar", None)
    assert str(detail).startswith("ar: publishes about 24 a day over 4 feeds; nothing for 3 days; chance ")
    assert str(line.one("SELECT quiet FROM languages")) in str(detail)


def test_that_its_feeds_fail_is_said_and_excuses_nothing(line: Line) -> None:
    fall_silent(line, feeds=4, failing=3)
    judge(line)
    assert str(line.one("SELECT detail FROM feed_events")).endswith("; 3 of them fail")


def test_of_two_feeds_each_is_told_by_itself(line: Line) -> None:
    fall_silent(line, feeds=2)
    judge(line)
    assert line.ask("SELECT type FROM feed_events") == []


def test_while_nothing_is_polled_no_language_is_quiet(line: Line) -> None:
    fall_silent(line, feeds=4)
    line.do("UPDATE core.feeds SET last_polled_at = now() - interval '71 hours'")
    judge(line)
    assert line.ask("SELECT type FROM feed_events") == []


def test_a_language_that_is_heard_again_is_told(line: Line) -> None:
    fall_silent(line, feeds=3)
    judge(line)
    line.do("UPDATE core.languages SET read_until = now() - interval '1 hour'")
    speak(line, line.feed("https://press.example/0.xml"), "ar", 0.05)
    judge(line)
    assert line.ask("SELECT type, detail FROM feed_events ORDER BY id")[1] == (
        "feed.recovered",
        "ar: heard again after 3 days",
    )
    assert line.one("SELECT quiet_since FROM languages") is None
