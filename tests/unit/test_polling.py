"""What a poll came to."""

from datetime import UTC, datetime

import pytest

from shared.domain.polling.polling import DocumentFacts, PollOutcome, judge_answer, judge_document
from shared.domain.web.answer import Answered, Hop, Unanswered, UnansweredKind, headers_from

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

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
    judged = judge_answer(given_answer, NOW) or judge_document(read or DocumentFacts(fault="not_a_feed"))
    assert judged.outcome == outcome


def test_a_poll_that_changes_the_address_and_finds_something_new_says_moved() -> None:
    judged = judge_document(NEW, moved_to="https://neu.example/feed")
    assert judged.outcome == "moved"
    assert "https://neu.example/feed" in judged.detail


def test_the_detail_counts_what_is_new() -> None:
    assert judge_document(document(entries=50, new=3)).detail == "3 new of 50 entries"


def test_a_304_without_validators_is_told_from_a_good_one() -> None:
    unasked = judge_answer(answer(304, b""), NOW, conditional=False)
    assert (unasked.outcome, "no validator" in unasked.detail) == ("not_modified", True)


def test_only_redirects_that_are_all_permanent_move_a_feed() -> None:
    def after(*statuses: int) -> str | None:
        hops = tuple(Hop(status, "https://alt.example/") for status in statuses)
        return Answered(200, "https://neu.example/", headers_from(()), b"", 1, hops).moved_to

    assert after(301, 308) == "https://neu.example/"
    assert (after(), after(302), after(301, 307)) == (None, None, None)
