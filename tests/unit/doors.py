"""The chats as they are documented: what each refuses, for the tests that write to them."""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def refusal(message_format: str, body: bytes) -> str | None:
    """Say why a chat would refuse this body, None where it takes it."""
    check = {"slack": _slack, "discord": _discord, "teams": _teams, "teams-card": _card}[message_format]
    try:
        return next(check(json.loads(body), len(body)), None)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        return f"invalid_payload: {type(error).__name__} {error}"


def _slack(body: dict[str, Any], _: int) -> Iterator[str]:
    if units(body["text"]) > 4_000:
        yield "text"
    if not 1 <= len(body["blocks"]) <= 50:
        yield "invalid_blocks: number"
    for block in body["blocks"]:
        assert block["type"] == "rich_text"
        for section in block["elements"]:
            yield from _slack_section(section)
    texts = [text for block in body["blocks"] for text in texts_of(block)]
    if sum(map(units, texts)) > 13_200:
        yield "msg_too_long"


def _slack_section(section: dict[str, Any]) -> Iterator[str]:
    assert section["type"] == "rich_text_section"
    for element in section["elements"]:
        assert element["type"] in {"text", "link"}
        if element["type"] == "link":
            yield from _address(element["url"], 3_000)
    texts = [element["text"] for element in section["elements"]]
    if not texts or not all(texts):
        yield "invalid_blocks: empty"
    if sum(map(units, texts)) > 3_000:
        yield "invalid_blocks: a text above 3,000"


def _discord(body: dict[str, Any], _: int) -> Iterator[str]:
    assert body["allowed_mentions"] == {"parse": []}
    whole = 0
    for embed in body["embeds"]:
        texts = {
            "title": (embed["title"], 256),
            "description": (embed.get("description", "-"), 4_096),
            "footer": (embed.get("footer", {}).get("text", "-"), 2_048),
            "author": (embed.get("author", {}).get("name", "-"), 256),
        }
        for name, (text, most) in texts.items():
            if not 1 <= units(text) <= most:
                yield f"BASE_TYPE_MAX_LENGTH: {name}"
            whole += units(text)
        if "url" in embed:
            yield from _address(embed["url"], 2_048)
    if whole > 6_000:
        yield "MAX_EMBED_SIZE_EXCEEDED"
    if not 1 <= len(body["embeds"]) <= 10:
        yield "embeds"


def _teams(body: dict[str, Any], size: int) -> Iterator[str]:
    assert body["type"] == "message"
    (attachment,) = body["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    yield from _card(attachment["content"], size)


def _card(card: dict[str, Any], size: int) -> Iterator[str]:
    assert (card["type"], card["version"]) == ("AdaptiveCard", "1.4")
    if max(size, 2 * units(json.dumps(card, ensure_ascii=False))) > 28 * 1024:
        yield "413 RequestEntityTooLarge"
    for action in card["actions"]:
        yield from _address(action["url"], 4_000)
    for text in texts_of(card["body"]):
        if not text:
            yield "an empty run"


def _address(url: str, most: int) -> Iterator[str]:
    parts = urlsplit(url)
    if (
        parts.scheme not in {"http", "https"}
        or not parts.hostname
        or re.search(r"[\s<>\"|]", url)
        or len(url) > most
    ):
        yield f"invalid url {url!r}"


def texts_of(value: object) -> Iterator[str]:
    """Give every text that a person would see."""
    if isinstance(value, dict):
        for name, one in value.items():
            if name in {"text", "title", "description", "name"} and isinstance(one, str):
                yield one
            else:
                yield from texts_of(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts_of(one)
