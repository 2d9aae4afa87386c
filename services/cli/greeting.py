"""The test message: one signed POST of type `endpoint.test`, recorded nowhere and counted nowhere."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from shared.clock import now
from shared.domain.alerts.delivery import judge_delivery
from shared.domain.alerts.door_answers import Door
from shared.domain.alerts.doors import for_door
from shared.domain.alerts.payload import EndpointFacts, EndpointTestData, TopicName, as_json, encode_body
from shared.domain.alerts.signing import signed_headers
from shared.domain.web.answer import Answered
from shared.domain.web.url import masked_url
from shared.settings import Settings

# How a receiver answers that checks signatures and does not hold the secret yet.
_DISTRUSTS = frozenset({400, 401, 403})
_SAID = 120


@dataclass(frozen=True, slots=True)
class Greeting:
    """What came back from a test message: whether it was taken, the status if any, and all of it in words."""

    taken: bool
    status: int | None
    ms: int
    reason: str

    @property
    def distrusted(self) -> bool:
        """Tell whether the refusal is one that the secret would turn into a welcome."""
        return self.status in _DISTRUSTS


def greet(
    settings: Settings,
    url: str,
    secrets: Sequence[str],
    topic: str | None = None,
    door: Door = "standard",
) -> Greeting:
    """Post one signed test message, as this door takes it, and say what came back; nothing is stored."""
    return asyncio.run(_greet(settings, url, secrets, topic, door))


async def _greet(
    settings: Settings, url: str, secrets: Sequence[str], topic: str | None, door: Door
) -> Greeting:
    # The HTTP client costs half a second to import; most commands post nothing.
    from shared.http import PostRequest, open_client, post  # noqa: PLC0415 - lazily, as above

    at = now()
    webhook_id = f"msg_{uuid4().hex}"
    # Receivers read `data.topic.name` of every message that has a topic.
    data = EndpointTestData(EndpointFacts(masked_url(url)), TopicName(topic) if topic else None)
    told = encode_body("endpoint.test", at, as_json(data))
    body = for_door(door, told)
    headers = signed_headers(secrets, webhook_id, int(at.timestamp()), body)
    async with open_client(
        settings.allowed_networks, proxy=settings.proxy or None, contact=settings.contact
    ) as client:
        answer = await post(client, PostRequest(url, (("content-type", "application/json"), *headers), body))
    verdict = judge_delivery(answer, now(), door)
    answered = answer if isinstance(answer, Answered) else None
    taken = verdict.outcome in {"delivered", "accepted"} and not verdict.disables
    said = "" if taken or not answered else _readable(answered.body)
    return Greeting(taken, answered.status if answered else None, answer.ms, verdict.reason + said)


def _readable(body: bytes) -> str:
    """Give the beginning of an answer as one line: receivers often say there what they miss."""
    text = "".join(c if c.isprintable() else " " for c in body[: 4 * _SAID].decode("utf-8", "replace"))
    line = " ".join(text.split())[:_SAID]
    return f" ({line})" if line else ""
