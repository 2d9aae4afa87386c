"""Teams: an adaptive card of rich text runs, in which no mark-up is read, for a workflow's webhook.

A message may have 28 kB. Workflows take one of two shapes: a message with the card attached, or the bare card.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from shared.domain.alerts.chat_text import Span, cut, cut_spans, link
from shared.domain.alerts.notice import Item, Notice

MOST_BYTES = 28_000
_ROOM = 24_000
_MOST_TITLE = 300
_MOST_LINE = 500
_MOST_TEXT = 2_000
_MOST_ITEM_TEXT = 400
_MOST_URL = 2_000


def teams_message(notice: Notice) -> dict[str, Any]:
    """Write a notice as a message with its card attached: what the workflow templates take."""
    attachment = {
        "contentType": "application/vnd.microsoft.card.adaptive",
        "contentUrl": None,
        "content": teams_card(notice),
    }
    return {"type": "message", "attachments": [attachment]}


def teams_card(notice: Notice) -> dict[str, Any]:
    """Write a notice as a bare card: what a workflow takes that posts the body of its request as a card."""
    body = [*_line(notice.label, isSubtle=True, size="Small"), *_item(notice.item, "Large", _MOST_TEXT)]
    room = _ROOM - _weight(body)
    told = 0
    for item in notice.items:
        box = _box(item)
        room -= _weight([box])
        if room < 0:
            break
        body.append(box)
        told += 1
    left = len(notice.items) - told
    more = f"and {left} more: tocsin alert list" if left else ""
    body += _line(" · ".join(filter(None, (more, notice.footer))), isSubtle=True, size="Small")
    address = link(notice.item.url, _MOST_URL)
    opens = [{"type": "Action.OpenUrl", "title": "Open the release", "url": address}] if address else []
    return {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "msteams": {"width": "Full"},
        "body": body,
        "actions": opens,
    }


def _box(item: Item) -> dict[str, Any]:
    box: dict[str, Any] = {
        "type": "Container",
        "separator": True,
        "items": list(_item(item, "Default", _MOST_ITEM_TEXT)),
    }
    if address := link(item.url, _MOST_URL):
        box["selectAction"] = {"type": "Action.OpenUrl", "url": address}
    return box


def _item(item: Item, size: str, most_text: int) -> Iterator[dict[str, Any]]:
    yield from _line(item.title, most=_MOST_TITLE, weight="Bolder", size=size)
    yield from _line(" · ".join(item.facts), isSubtle=True)
    if item.text:
        yield _block([_run(span) for span in cut_spans(item.text, most_text)])


def _line(text: str, *, most: int = _MOST_LINE, **look: object) -> list[dict[str, Any]]:
    return [_block([{"type": "TextRun", "text": cut(text, most), **look}])] if text else []


def _run(span: Span) -> dict[str, Any]:
    return {"type": "TextRun", "text": span.text} | ({"weight": "Bolder"} if span.bold else {})


def _block(runs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "RichTextBlock", "inlines": list(runs)}


def _weight(elements: Sequence[dict[str, Any]]) -> int:
    """Weigh a part of the card as the larger of UTF-8 and UTF-16: which of them is counted is not said."""
    text = json.dumps(elements, ensure_ascii=False)
    return max(len(text.encode()), len(text.encode("utf-16-le")))
