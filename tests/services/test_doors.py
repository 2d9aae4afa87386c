"""Doors that lie: chats on loopback that enforce their limits, and say one thing and mean another."""

import asyncio
import json

import pytest
from aiohttp import web

from shared.domain.alerts.doors import FORMATS
from shared.store.subscriptions import mark_subscription_edited
from tests.services.line import Item, Line
from tests.services.loopback import site
from tests.services.test_deliver import deliver
from tests.unit.doors import refusal, texts_of

LIMIT = "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429"
BANNED = "<html>error 1015: you are being rate limited</html>"
HOSTILE = Item(
    "a",
    title="@everyone <!channel> [win](https://evil.example) <https://evil.example|bank> " + "Überlänge " * 90,
    body="<https://evil.example> @here terrorism **now** " + "und so weiter " * 400,
)


def chat(line: Line, message_format: str, url: str) -> object:
    subscription = line.subscribe("terrorism", url)
    with line.database.begin() as transaction:
        mark_subscription_edited(transaction, subscription.id, message_format)
    return subscription.endpoint_id


def told(line: Line, message_format: str, answer: web.Response) -> list[bytes]:
    """Tell one release through a door that gives this answer; give the bodies that it was sent."""
    bodies = []

    async def take(request: web.Request) -> web.Response:
        bodies.append(await request.read())
        return answer

    async def run() -> None:
        async with site(hook=take) as base:
            endpoint = chat(line, message_format, f"{base}/hook")
            line.publish(line.feed(), HOSTILE)
            await deliver(line, endpoint)

    asyncio.run(run())
    return bodies


@pytest.mark.parametrize("message_format", [name for name in FORMATS if name != "standard"])
def test_no_release_is_refused_for_its_length_and_none_links_or_mentions(
    line: Line, message_format: str
) -> None:
    (body,) = told(line, message_format, web.Response(text="ok"))

    assert refusal(message_format, body) is None
    assert any("everyone" in text for text in texts_of(json.loads(body)))
    assert line.ask("SELECT state FROM alerts") == [("delivered",)]


@pytest.mark.parametrize(
    ("message_format", "answer", "alert", "endpoint", "word"),
    [
        ("slack", (200, "ok"), "delivered", "active", ""),
        ("slack", (400, "invalid_payload"), "dead", "active", "invalid_payload"),
        ("slack", (410, "channel_is_archived"), "pending", "disabled", "archived"),
        ("slack", (404, "no_service"), "pending", "disabled", "make a new one"),
        ("slack", (429, ""), "pending", "paused", "too many"),
        ("slack", (200, '{"ok": false, "error": "ratelimited"}'), "pending", "paused", "too many"),
        ("discord", (204, ""), "delivered", "active", ""),
        ("discord", (429, '{"message": "limited", "retry_after": 3}'), "pending", "paused", "too many"),
        ("discord", (429, BANNED), "pending", "paused", "Cloudflare"),
        ("discord", (404, '{"message": "Unknown Webhook", "code": 10015}'), "pending", "disabled", "removed"),
        ("teams", (202, ""), "accepted", "active", ""),
        ("teams", (200, "1"), "delivered", "active", ""),
        ("teams", (200, LIMIT), "pending", "paused", "429"),
        ("teams-card", (202, ""), "accepted", "active", ""),
        ("teams-card", (413, ""), "dead", "active", "too large"),
    ],
)
def test_each_door_gets_the_right_word(
    line: Line, message_format: str, answer: tuple[int, str], alert: str, endpoint: str, word: str
) -> None:
    told(line, message_format, web.Response(status=answer[0], text=answer[1]))

    ((state, reason),) = line.ask("SELECT state, reason FROM alerts")
    assert (state, line.one("SELECT state FROM endpoints")) == (alert, endpoint)
    assert word in str(reason)
    assert line.one("SELECT missing FROM ledger") == 0


def test_a_rate_that_is_used_up_pauses_without_a_failure(line: Line) -> None:
    headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset-after": "30"}

    told(line, "discord", web.Response(status=204, headers=headers))

    assert line.ask("SELECT state FROM alerts") == [("delivered",)]
    assert line.ask("SELECT state, failures, paused_until > now() FROM endpoints") == [("paused", 0, True)]


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.slack.com/services/T0/B0/hushhush",
        "https://discord.com/api/webhooks/1/hushhush",
        "https://canary.discord.com/api/v10/webhooks/1/hushhush?thread_id=hushhush",
        "https://prod-1.westus.logic.azure.com:443/workflows/hushhush/triggers/manual/paths/invoke?sig=hushhush",
        "https://x.1.environment.api.powerplatform.com:443/powerautomate/automations/direct/workflows/hushhush/triggers/manual/paths/invoke?api-version=1&sig=hushhush",
        "https://firm.webhook.office.com/webhookb2/hushhush/IncomingWebhook/hushhush/hushhush",
    ],
)
def test_the_address_of_a_hook_stands_in_no_view(line: Line, url: str) -> None:
    line.subscribe("terrorism", url)

    assert "hushhush" not in str(line.ask("SELECT * FROM endpoints"))
    assert "hushhush" not in str(line.ask("SELECT * FROM subscriptions"))
