"""What robots.txt allows, by RFC 9309, and when a late page is asked for again."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.releases.late_pages import LATE_FOR, gives_whole_texts, next_late_attempt, page_vote
from shared.domain.releases.page_hope import hope_after
from shared.domain.web.answer import Answered, Headers, Unanswered
from shared.domain.web.robots import Robots, crawl_delay, origin_of, read_robots, why_not

NOW = datetime(2024, 5, 6, 12, tzinfo=UTC)
URL = "https://press.example/news/1?page=2"


def answered(status: int, body: str = "") -> Answered:
    return Answered(status, URL, Headers(), body.encode(), 5)


def rules(text: str) -> Robots:
    return read_robots(answered(200, text), None, NOW)


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("", True),
        ("User-agent: *\nDisallow: /news", False),
        ("User-agent: *\nDisallow: /news\nAllow: /news/1", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: tocsin\nDisallow: /private", True),
        ("User-agent: Tocsin\nDisallow: /*?page=", False),
        ("User-agent: *\nDisallow: /news/1$", True),
        ("<html><body>Not found</body></html>", True),
    ],
)
def test_the_rules_for_us_are_obeyed(text: str, allowed: bool) -> None:
    assert (why_not(rules(text), URL) is None) == allowed


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_refused_robots_txt_allows_all(status: int) -> None:
    assert why_not(read_robots(answered(status), None, NOW), URL) is None


@pytest.mark.parametrize("answer", [answered(500), answered(429), Unanswered("dns", "no such name", 5)])
def test_a_robots_txt_that_cannot_be_had_forbids_all_for_a_while(answer: Answered | Unanswered) -> None:
    robots = read_robots(answer, None, NOW)
    assert "must not be asked for yet" in str(why_not(robots, URL))
    assert NOW < robots.good_until <= NOW + timedelta(hours=1)


def test_rules_read_earlier_hold_while_the_file_cannot_be_had() -> None:
    robots = read_robots(answered(503), rules("User-agent: *\nDisallow: /private"), NOW)
    assert why_not(robots, URL) is None
    assert why_not(robots, "https://press.example/private") is not None


def test_after_thirty_days_a_file_that_cannot_be_had_is_held_to_be_absent() -> None:
    robots = read_robots(answered(503), None, NOW)
    for day in range(1, 31):
        robots = read_robots(answered(503), robots, NOW + timedelta(days=day))
        assert (why_not(robots, URL) is None) == (day == 30)


def test_rules_are_kept_for_a_day_at_most() -> None:
    assert rules("User-agent: *\nDisallow: /").good_until == NOW + timedelta(hours=24)


def test_a_crawl_delay_and_a_request_rate_are_read_and_bounded() -> None:
    assert crawl_delay(rules("User-agent: *\nCrawl-delay: 12")) == 12
    assert crawl_delay(rules("User-agent: *\nRequest-rate: 1/20")) == 20
    assert crawl_delay(rules("User-agent: *\nCrawl-delay: 999999")) == 3600
    assert crawl_delay(rules("")) == 0


def test_an_origin_holds_the_port_and_no_password() -> None:
    assert origin_of("https://user:secret@Press.example:8443/a") == "https://press.example:8443"


@pytest.mark.parametrize(
    ("answer", "hope"),
    [
        (answered(503), "soon"), (answered(429), "soon"), (answered(404), "later"), (answered(403), "none"),
        (answered(410), "none"), (answered(200), "none"), (Unanswered("too_slow", "", 5), "soon"),
        (Unanswered("guarded", "", 5), "none"),
    ],
)  # fmt: skip
def test_an_answer_says_whether_its_page_may_still_come(answer: Answered | Unanswered, hope: str) -> None:
    assert hope_after(answer) == hope


def test_a_late_page_is_asked_for_a_dozen_times_and_not_for_ever() -> None:
    at: datetime | None = NOW
    asked = []
    while at := next_late_attempt(len(asked), NOW + LATE_FOR, at):
        asked.append(at)
        assert len(asked) < 20
    assert 8 <= len(asked) <= 14


def test_a_feed_gives_whole_texts_once_four_pages_running_held_no_more() -> None:
    votes = "".join(page_vote("a" * 100, "a" * length) for length in (400, 110, 100, 90, 119))
    assert votes == "mssss"
    assert gives_whole_texts(votes, NOW, NOW + timedelta(days=1))
    assert not gives_whole_texts(votes, NOW, NOW + timedelta(days=30))
    assert not gives_whole_texts("ssm", NOW, NOW)
    assert not gives_whole_texts("sssms", NOW, NOW)
