"""What a poll came to and when the next one is due."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.answer import Answered, Hop, Unanswered, UnansweredKind, headers_from
from shared.domain.polling import (
    DocumentFacts,
    PollFacts,
    PollOutcome,
    fresh_for,
    judge_poll,
    next_poll,
)

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

FEED = "<?xml version='1.0'?><rss><channel><title>Communiqués de presse</title></channel></rss>".encode()
CLOUDFLARE = b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body></body></html>"
AKAMAI = (
    b"<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD><BODY><H1>Access Denied</H1>"
    b"Reference #18.2f. https://errors.edgesuite.net/18.2f</BODY></HTML>"
)
DATADOME = b'{"url":"https://geo.captcha-delivery.com/captcha/?initialCid=AHr"}'
IMPERVA = b"<html><body>Request unsuccessful. Incapsula incident ID: 877-15</body></html>"
PERIMETERX = b'<html><body><div id="px-captcha"></div></body></html>'
ABOUT_WALLS = (
    b"<rss><channel><item><title>Just a moment...</title>"
    b"<description>Our new captcha-delivery.com _cf_chl_opt</description></item></channel></rss>"
)


def answer(status: int, body: bytes = FEED, **headers: str) -> Answered:
    pairs = headers_from((name.replace("_", "-"), value) for name, value in headers.items())
    return Answered(status, "https://presse.example/feed", pairs, body, 12)


def document(entries: int = 20, new: int = 0, **facts: object) -> DocumentFacts:
    return DocumentFacts(entries=entries, new=new, **facts)  # type: ignore[arg-type]


def silent(kind: UnansweredKind) -> Unanswered:
    return Unanswered(kind, "in words", 5)


NEW = document(new=3)
USED_UP = {"X_RateLimit_Remaining": "0", "X_RateLimit_Reset": "60"}

OUTCOMES: tuple[tuple[str, Answered | Unanswered, DocumentFacts | None, PollOutcome], ...] = (
    ("an address we may not reach", silent("guarded"), None, "guarded"),
    ("a name that does not resolve", silent("dns"), None, "dns"),
    ("an expired certificate", silent("tls"), None, "tls"),
    ("a refused connection", silent("refused"), None, "refused"),
    ("a slow body", silent("too_slow"), None, "too_slow"),
    ("a bomb", silent("too_big"), None, "too_big"),
    ("a redirect loop", silent("redirects"), None, "client_error"),
    ("410", answer(410), None, "gone"),
    ("410 that asks to wait", answer(410, Retry_After="60"), None, "gone"),
    ("429", answer(429), None, "rate_limited"),
    ("429 by a wall", answer(429, CLOUDFLARE), None, "rate_limited"),
    ("403 that asks to wait", answer(403, Retry_After="120"), None, "rate_limited"),
    ("503 that asks to wait", answer(503, Retry_After="120"), None, "rate_limited"),
    ("403 with a limit used up", answer(403, **USED_UP), None, "rate_limited"),
    ("503 by a wall that asks to wait", answer(503, CLOUDFLARE, Retry_After="5"), None, "rate_limited"),
    ("403 by Cloudflare", answer(403, CLOUDFLARE), None, "bot_wall"),
    ("200 by Cloudflare", answer(200, CLOUDFLARE), document(fault="not_a_feed"), "bot_wall"),
    ("a header of Cloudflare", answer(403, b"", cf_mitigated="challenge"), None, "bot_wall"),
    ("403 by Akamai", answer(403, AKAMAI), None, "bot_wall"),
    ("403 by DataDome", answer(403, DATADOME), None, "bot_wall"),
    ("200 by Imperva", answer(200, IMPERVA), document(fault="not_a_feed"), "bot_wall"),
    ("403 by PerimeterX", answer(403, PERIMETERX), None, "bot_wall"),
    ("a feed that tells of walls", answer(200, ABOUT_WALLS), NEW, "changed"),
    ("404", answer(404, b"<html>Seite nicht gefunden</html>"), None, "client_error"),
    ("401", answer(401), None, "client_error"),
    ("a redirect to nowhere", answer(302), None, "client_error"),
    ("500", answer(500), None, "server_error"),
    ("503 without a wait", answer(503), None, "server_error"),
    ("a status nobody knows", answer(599), None, "server_error"),
    ("304", answer(304, b""), None, "not_modified"),
    ("an error served as an item", answer(200), document(fault="error_item"), "error_item"),
    ("a page in place of a feed", answer(200), document(fault="not_a_feed"), "not_a_feed"),
    ("no entry could be read", answer(200), document(fault="broken"), "broken"),
    ("the same bytes", answer(200), document(same_bytes=True), "unchanged"),
    ("other bytes, nothing new", answer(200), document(), "unchanged"),
    ("something new", answer(200), NEW, "changed"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("given_answer", "read", "outcome"), [row[1:] for row in OUTCOMES], ids=[row[0] for row in OUTCOMES]
)
def test_a_poll_has_the_first_outcome_that_holds(
    given_answer: Answered | Unanswered, read: DocumentFacts | None, outcome: PollOutcome
) -> None:
    assert judge_poll(given_answer, read, NOW).outcome == outcome


def test_a_poll_that_changes_the_address_and_finds_something_new_says_moved() -> None:
    judged = judge_poll(answer(200), NEW, NOW, moved_to="https://neu.example/feed")
    assert judged.outcome == "moved"
    assert "https://neu.example/feed" in judged.detail


def test_the_detail_counts_what_is_new() -> None:
    assert judge_poll(answer(200), document(entries=50, new=3), NOW).detail == "3 new of 50 entries"


def test_a_304_without_validators_is_told_from_a_good_one() -> None:
    unasked = judge_poll(answer(304, b""), None, NOW, conditional=False)
    assert (unasked.outcome, "no validator" in unasked.detail) == ("not_modified", True)


def test_only_redirects_that_are_all_permanent_move_a_feed() -> None:
    def after(*statuses: int) -> str | None:
        hops = tuple(Hop(status, "https://alt.example/") for status in statuses)
        return Answered(200, "https://neu.example/", headers_from(()), b"", 1, hops).moved_to

    assert after(301, 308) == "https://neu.example/"
    assert (after(), after(302), after(301, 307)) == (None, None, None)


def facts(outcome: PollOutcome = "unchanged", **more: object) -> PollFacts:
    return PollFacts(outcome, poll_min=MINUTE, poll_max=HOUR, **more)  # type: ignore[arg-type]


def every(interval: timedelta, times: int = 6) -> tuple[datetime, ...]:
    return tuple(NOW - interval * count for count in range(times))


NEXT: tuple[tuple[str, PollFacts, timedelta], ...] = (
    ("a new feed is polled soon", facts(changed_at=(NOW,)), MINUTE),
    ("a feed never seen to change is polled soon", facts(), MINUTE),
    ("an empty feed for a day is polled seldom", facts(added_at=NOW - DAY), HOUR * 0.85),
    ("half its rhythm", facts(changed_at=every(20 * MINUTE)), 10 * MINUTE),
    ("a busy feed at most every minute", facts(changed_at=every(MINUTE / 4)), MINUTE),
    ("a weekly feed at least every hour", facts(changed_at=every(7 * DAY)), HOUR * 0.85),
    ("a quarter of that after a gap", facts(changed_at=every(20 * MINUTE), gap=True), 2.5 * MINUTE),
    ("slower as it falls silent", facts(changed_at=(NOW - 12 * HOUR,)), 30 * MINUTE),
    ("not while it calls itself fresh", facts(changed_at=(NOW,), fresh_for=15 * MINUTE), 15 * MINUTE),
    ("freshness does not pass the longest wait", facts(changed_at=(NOW,), fresh_for=DAY), HOUR),
    ("a first failure is tried again soon", facts("dns", failures=1), MINUTE),
    ("failures back off", facts("server_error", failures=4), 8 * MINUTE),
    ("failures are never given up", facts("client_error", failures=9000), HOUR / 2),
    ("a wait is obeyed", facts("rate_limited", failures=1, wait=10 * MINUTE), 10 * MINUTE),
    ("a wait may pass the longest", facts("rate_limited", failures=1, wait=6 * HOUR), 6 * HOUR),
    ("a wait is at most a day", facts("rate_limited", failures=1, wait=30 * DAY), DAY),
    ("a short wait does not hurry it", facts("rate_limited", failures=5, wait=MINUTE), 16 * MINUTE),
    ("a feed that is gone is asked once a week", facts("gone", failures=3), 7 * DAY * 0.9),
)  # fmt: skip


@pytest.mark.parametrize(("given_facts", "wait"), [row[1:] for row in NEXT], ids=[row[0] for row in NEXT])
def test_the_next_poll_without_jitter(given_facts: PollFacts, wait: timedelta) -> None:
    assert next_poll(given_facts, NOW, 0.0) - NOW == wait


def test_feeds_that_failed_together_come_back_apart() -> None:
    waits = {next_poll(facts("refused", failures=1), NOW, step / 10) for step in range(11)}
    assert len(waits) == 11


@settings(max_examples=150)
@given(
    failures=st.integers(0, 10**6),
    changed=st.lists(st.timedeltas(timedelta(), 400 * DAY), max_size=8),
    fresh=st.none() | st.timedeltas(timedelta(), 30 * DAY),
    gap=st.booleans(),
    jitter=st.floats(0, 1),
)
def test_every_poll_is_within_the_two_bounds(
    failures: int, changed: list[timedelta], fresh: timedelta | None, gap: bool, jitter: float
) -> None:
    instants = tuple(NOW - ago for ago in changed)
    wait = (
        next_poll(facts(failures=failures, changed_at=instants, fresh_for=fresh, gap=gap), NOW, jitter) - NOW
    )
    assert MINUTE <= wait <= HOUR


@settings(max_examples=100)
@given(wait=st.timedeltas(timedelta(), 3 * DAY), failures=st.integers(1, 40), jitter=st.floats(0, 1))
def test_nobody_is_asked_before_the_wait_they_asked_for(
    wait: timedelta, failures: int, jitter: float
) -> None:
    due = next_poll(facts("rate_limited", failures=failures, wait=wait), NOW, jitter)
    assert due - NOW >= min(wait, DAY)


def _at(time: str) -> str:
    return f"Mon, 02 Mar 2026 {time}:00 GMT"


FRESH: tuple[tuple[str, dict[str, str], int | None, timedelta | None], ...] = (
    ("nothing said", {}, None, None),
    ("max-age", {"Cache_Control": "public, max-age=600"}, None, 10 * MINUTE),
    ("less its age", {"Cache_Control": "max-age=600", "Age": "240"}, None, 6 * MINUTE),
    ("older than its age", {"Cache_Control": "max-age=600", "Age": "900"}, None, None),
    ("forbidden to keep", {"Cache_Control": "no-cache, max-age=600"}, None, None),
    ("unreadable", {"Cache_Control": "max-age=soon"}, None, None),
    ("Expires", {"Date": _at("08:00"), "Expires": _at("08:30")}, None, HOUR / 2),
    ("max-age before Expires", {"Cache_Control": "max-age=60", "Expires": _at("23:00")}, None, MINUTE),
    ("max-age of none before Expires", {"Cache_Control": "max-age=0", "Expires": _at("23:00")}, None, None),
    ("Expires in the past", {"Expires": "Thu, 01 Jan 1970 00:00:00 GMT"}, None, None),
    ("Expires that is no date", {"Expires": "0"}, None, None),
    ("a feed's own ttl", {}, 20, 20 * MINUTE),
    ("the longer of both", {"Cache_Control": "max-age=60"}, 20, 20 * MINUTE),
    ("at most a day", {"Cache_Control": "max-age=31536000"}, None, DAY),
)  # fmt: skip


@pytest.mark.parametrize(
    ("headers", "ttl", "expected"), [row[1:] for row in FRESH], ids=[row[0] for row in FRESH]
)
def test_how_long_an_answer_calls_itself_fresh(
    headers: dict[str, str], ttl: int | None, expected: timedelta | None
) -> None:
    assert fresh_for(answer(200, **headers).headers, NOW, ttl) == expected
