"""Slack: rich text blocks, in which a text is text: no mark-up is read, so nothing in it links or mentions.

Limits of its block kit: 50 blocks a message, 3,000 characters a text, about 13,200 in all.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from shared.domain.alerts.chat_text import Span, cut, cut_spans, link, units
from shared.domain.alerts.notice import Item, Notice

MOST_BLOCKS = 50
MOST_IN_ALL = 12_000
_MOST_TITLE = 300
_MOST_LINE = 400
_MOST_TEXT = 1_500
_MOST_ITEM_TEXT = 400
_MOST_URL = 2_000

Line = list[dict[str, Any]]


def slack_body(notice: Notice) -> dict[str, Any]:
    """Write a notice for an incoming webhook; `text` is what a notification shows."""
    blocks = [_block([_line(notice.label), *_item(notice.item, _MOST_TEXT)])]
    room = MOST_IN_ALL - _length(blocks[0]) - 2 * _MOST_LINE
    left = len(notice.items)
    for item in notice.items:
        block = _block(_item(item, _MOST_ITEM_TEXT))
        room -= _length(block)
        if room < 0 or len(blocks) == MOST_BLOCKS - 1:
            break
        blocks.append(block)
        left -= 1
    more = f"and {left} more: tocsin alert list" if left else ""
    if footer := " · ".join(filter(None, (more, notice.footer))):
        blocks.append(_block([_line(footer)]))
    return {
        "text": _escaped(cut(f"{notice.label}: {notice.item.title}", _MOST_TITLE)),
        "mrkdwn": False,
        "unfurl_links": False,
        "unfurl_media": False,
        "blocks": blocks,
    }


def _item(item: Item, most_text: int) -> Iterator[Line]:
    title = cut(item.title, _MOST_TITLE)
    address = link(item.url, _MOST_URL)
    named = {"type": "link", "url": address, "text": title} if address else {"type": "text", "text": title}
    yield [named | {"style": {"bold": True}}]
    yield _line(" · ".join(item.facts))
    yield [_text(span) for span in cut_spans(item.text, most_text)]


def _line(text: str) -> Line:
    return [_text(Span(cut(text, _MOST_LINE)))] if text else []


def _text(span: Span) -> dict[str, Any]:
    return {"type": "text", "text": span.text} | ({"style": {"bold": True}} if span.bold else {})


def _block(lines: Iterable[Line]) -> dict[str, Any]:
    """Make one block of one section, its lines parted by line breaks."""
    elements: Line = []
    for line in filter(None, lines):
        elements += [{"type": "text", "text": "\n"}, *line] if elements else line
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": elements}]}


def _length(block: dict[str, Any]) -> int:
    (section,) = block["elements"]
    return sum(units(element["text"]) + len(element.get("url", "")) for element in section["elements"])


def _escaped(text: str) -> str:
    """Escape the three characters that Slack reads as control characters."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
