"""How long an answer calls itself fresh, and what a feed's document asks of those who poll it."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.polling.freshness import NO_HINTS, FeedHints, fresh_for, read_hints
from shared.domain.web.answer import headers_from

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def _at(time: str) -> str:
    return f"Mon, 02 Mar 2026 {time}:00 GMT"


FRESH: tuple[tuple[str, dict[str, str], timedelta | None], ...] = (
    ("nothing said", {}, None),
    ("max-age", {"Cache_Control": "public, max-age=600"}, 10 * MINUTE),
    ("less its age", {"Cache_Control": "max-age=600", "Age": "240"}, 6 * MINUTE),
    ("older than its age", {"Cache_Control": "max-age=600", "Age": "900"}, None),
    ("forbidden to keep", {"Cache_Control": "no-cache, max-age=600"}, None),
    ("unreadable", {"Cache_Control": "max-age=soon"}, None),
    ("Expires", {"Date": _at("08:00"), "Expires": _at("08:30")}, HOUR / 2),
    ("max-age before Expires", {"Cache_Control": "max-age=60", "Expires": _at("23:00")}, MINUTE),
    ("max-age of none before Expires", {"Cache_Control": "max-age=0", "Expires": _at("23:00")}, None),
    ("Expires in the past", {"Expires": "Thu, 01 Jan 1970 00:00:00 GMT"}, None),
    ("Expires that is no date", {"Expires": "0"}, None),
    ("at most a day", {"Cache_Control": "max-age=31536000"}, DAY),
)  # fmt: skip


@pytest.mark.parametrize(("headers", "expected"), [row[1:] for row in FRESH], ids=[row[0] for row in FRESH])
def test_how_long_an_answer_calls_itself_fresh(headers: dict[str, str], expected: timedelta | None) -> None:
    pairs = headers_from((name.replace("_", "-"), value) for name, value in headers.items())
    assert fresh_for(pairs, NOW) == expected


def rss(head: str, item: str = "<item><title>Communiqué</title></item>") -> bytes:
    return f"<rss version='2.0'><channel><title>Presse</title>{head}{item}</channel></rss>".encode()


HINTS: tuple[tuple[str, str, FeedHints], ...] = (
    ("nothing asked", "", NO_HINTS),
    ("ttl", "<ttl> 45 </ttl>", FeedHints(45)),
    ("ttl that is no number", "<ttl>often</ttl>", NO_HINTS),
    ("hourly", "<sy:updatePeriod> hourly </sy:updatePeriod>", FeedHints(60)),
    ("four times a day", "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>",
     FeedHints(360)),
    ("ttl before sy", "<sy:updatePeriod>daily</sy:updatePeriod><ttl>5</ttl>", FeedHints(5)),
    ("a period nobody knows", "<sy:updatePeriod>fortnightly</sy:updatePeriod>", NO_HINTS),
    ("no frequency at all", "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>",
     FeedHints(60)),
    ("hours", "<skipHours><hour>0</hour><hour>23</hour></skipHours>", FeedHints(0, 1 | 1 << 23)),
    ("hours from 1 to 24", "<skipHours><hour>24</hour></skipHours>", FeedHints(0, 1)),
    ("days", "<skipDays><day>Saturday</day><day>Sunday</day></skipDays>", FeedHints(0, 0, 1 << 5 | 1 << 6)),
    ("a day nobody knows", "<skipDays><day>Sonntag</day></skipDays>", NO_HINTS),
)  # fmt: skip


@pytest.mark.parametrize(("head", "hints"), [row[1:] for row in HINTS], ids=[row[0] for row in HINTS])
def test_what_the_head_of_a_feed_asks(head: str, hints: FeedHints) -> None:
    assert read_hints(rss(head)) == hints


def test_what_an_item_says_is_not_asked_by_the_feed() -> None:
    assert read_hints(rss("", "<item><ttl>9</ttl></item>")) == NO_HINTS


def test_hours_and_days_are_skipped_in_utc() -> None:
    monday_at_nine = FeedHints(0, 1 << 9), FeedHints(0, 0, 1)
    assert all(hints.skips(NOW) for hints in monday_at_nine)
    assert not any(hints.skips(NOW + DAY + HOUR) for hints in monday_at_nine)
