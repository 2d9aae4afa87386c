"""What each chat means by its answers, as its documents have it."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.alerts.delivery import Verdict, judge_delivery
from shared.domain.alerts.door_answers import Door
from shared.domain.web.answer import Answered, headers_from

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TEAMS_LIMIT = "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429"
TEAMS_TOO_LARGE = (
    "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 413"
)


def judged(door: Door, status: int, body: object = "", **headers: str) -> Verdict:
    text = body if isinstance(body, str) else json.dumps(body)
    pairs = headers_from((name.replace("_", "-"), value) for name, value in headers.items())
    return judge_delivery(Answered(status, "https://x.example/", pairs, text.encode(), 5), NOW, door)


@pytest.mark.parametrize(
    ("status", "body", "outcome", "words"),
    [
        (200, "ok", "delivered", "200"),
        (400, "invalid_payload", "refused", "invalid_payload"),
        (400, "invalid_blocks", "refused", "does not take this message"),
        (403, "action_prohibited", "gone", "administrator"),
        (404, "no_service", "gone", "make a new one"),
        (404, "channel_not_found", "gone", "no longer there"),
        (404, "<html>not found</html>", "gone", "make a new one"),
        (410, "channel_is_archived", "gone", "archived"),
        (200, {"ok": False, "error": "channel_is_archived"}, "gone", "archived"),
        (429, "rate_limited", "endpoint_down", "too many"),
        (200, {"ok": False, "error": "ratelimited"}, "endpoint_down", "too many"),
        (500, "rollup_error", "endpoint_down", "500"),
    ],
)
def test_slack_means(status: int, body: object, outcome: str, words: str) -> None:
    verdict = judged("slack", status, body)
    assert verdict.outcome == outcome
    assert words in verdict.reason


@pytest.mark.parametrize(
    ("status", "body", "outcome", "words"),
    [
        (204, "", "delivered", "204"),
        (200, {"id": "1"}, "delivered", "200"),
        (
            429,
            {"message": "You are being rate limited.", "retry_after": 1.5},
            "endpoint_down",
            "this webhook",
        ),
        (429, {"message": "limited", "retry_after": 64.5, "global": True}, "endpoint_down", "all of Discord"),
        (429, "<html>error 1015</html>", "endpoint_down", "Cloudflare"),
        (403, "error code: 1015", "endpoint_down", "Cloudflare"),
        (404, {"message": "Unknown Webhook", "code": 10015}, "gone", "removed"),
        (401, {"message": "Invalid Webhook Token", "code": 50027}, "gone", "token"),
        (403, {"message": "Missing Permissions", "code": 50013}, "gone", "no longer post"),
        (400, {"message": "Webhooks posted to forum channels …", "code": 220001}, "gone", "thread_id"),
        (400, {"message": "Cannot send an empty message", "code": 50006}, "refused", "empty message"),
        (502, "bad gateway", "endpoint_down", "502"),
    ],
)
def test_discord_means(status: int, body: object, outcome: str, words: str) -> None:
    verdict = judged("discord", status, body)
    assert verdict.outcome == outcome
    assert words in verdict.reason


def test_discord_names_the_part_that_it_does_not_take() -> None:
    fault = {"title": {"_errors": [{"code": "X", "message": "Must be 256 or fewer in length."}]}}
    verdict = judged(
        "discord", 400, {"code": 50035, "message": "Invalid Form Body", "errors": {"embeds": {"0": fault}}}
    )
    assert verdict.gives_up
    assert "embeds.0.title: Must be 256 or fewer" in verdict.reason


@pytest.mark.parametrize("door", ["teams", "teams-card"])
@pytest.mark.parametrize(
    ("status", "body", "outcome", "words"),
    [
        (202, "", "accepted", "may still fail"),
        (200, "1", "delivered", "200"),
        (200, TEAMS_LIMIT, "endpoint_down", "429"),
        (200, TEAMS_TOO_LARGE, "refused", "413"),
        (400, {"error": {"code": "TriggerInputSchemaMismatch"}}, "refused", "another shape"),
        (400, {"error": {"code": "WorkflowTriggerIsNotEnabled"}}, "endpoint_down", "switched off"),
        (401, {"error": {"code": "DirectApiAuthorizationRequired"}}, "gone", "make a new one"),
        (404, {"error": {"code": "WorkflowNotFound"}}, "gone", "make a new one"),
        (413, "", "refused", "too large"),
        (429, "", "endpoint_down", "429"),
        (502, "", "endpoint_down", "502"),
    ],
)
def test_teams_means(door: Door, status: int, body: object, outcome: str, words: str) -> None:
    verdict = judged(door, status, body)
    assert verdict.outcome == outcome
    assert words in verdict.reason


def test_a_message_that_a_chat_never_takes_is_given_up_at_once() -> None:
    assert judged("slack", 400, "invalid_payload").gives_up
    assert judged("teams", 413).gives_up


def test_what_is_gone_is_sent_to_no_more() -> None:
    assert judged("slack", 404, "no_service").disables
    assert judged("discord", 401, {"code": 50027, "message": "x"}).disables


def test_the_longer_of_two_waits_is_obeyed() -> None:
    told = {"message": "limited", "retry_after": 1.337}
    assert judged("discord", 429, told, retry_after="1").wait == timedelta(seconds=1.337)
    assert judged("discord", 429, told, retry_after="65").wait == timedelta(seconds=65)
    assert judged("slack", 429, "", retry_after="30").wait == timedelta(seconds=30)


def test_a_rate_that_is_used_up_is_waited_for_before_it_is_refused() -> None:
    used_up = judged("discord", 204, x_ratelimit_remaining="0", x_ratelimit_reset_after="1.75")
    assert (used_up.outcome, used_up.wait) == ("delivered", timedelta(seconds=1.75))
    assert judged("discord", 204, x_ratelimit_remaining="3", x_ratelimit_reset_after="1.75").wait is None


def test_a_ban_lasts_ten_minutes_at_least() -> None:
    assert judged("discord", 429, "error code: 1015").wait == timedelta(minutes=10)
    assert judged("discord", 429, "error code: 1015", retry_after="3600").wait == timedelta(hours=1)


def test_an_ordinary_receiver_means_what_its_status_says() -> None:
    assert judged("standard", 200, "no_service").outcome == "delivered"
    assert judged("standard", 400, "invalid_payload").gives_up is False
