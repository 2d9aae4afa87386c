"""Discord: one embed, its text escaped, and no mention allowed whatever it says.

Limits of an embed: title 256, description 4,096, footer 2,048, author 256, 6,000 characters in all.
"""

import re
from typing import Any

from shared.domain.alerts.chat_text import Span, cut, cut_spans, link, units
from shared.domain.alerts.notice import Item, Notice

MOST_TITLE = 256
MOST_DESCRIPTION = 4_096
MOST_IN_ALL = 6_000
_MOST_FACTS = 500
_MOST_ITEM_TEXT = 200
_MOST_URL = 1_000
_AUTHOR_ROOM, _FOOTER_ROOM = 200, 500
# What Discord reads as mark-up; a colon and a slash so that no address is made a link by itself.
_MARKS = re.compile(r"([\\*_~`|<>\[\](){}#@:/!+=-])")


def discord_body(notice: Notice) -> dict[str, Any]:
    """Write a notice for a webhook of Discord."""
    embed: dict[str, Any] = {"title": escaped(cut(notice.item.title, MOST_TITLE, _size))}
    if notice.label:
        embed["author"] = {"name": cut(notice.label, _AUTHOR_ROOM)}
    if address := link(notice.item.url, _MOST_URL):
        embed["url"] = address
    lines = _lines(notice.item, _MOST_FACTS, MOST_DESCRIPTION // 2)
    shown, left = _digest(notice, MOST_DESCRIPTION - sum(map(units, lines)) - len(lines))
    if description := "\n".join([*lines, *shown]):
        embed["description"] = description
    more = f"and {left} more: tocsin alert list" if left else ""
    if footer := " · ".join(filter(None, (more, notice.footer))):
        embed["footer"] = {"text": cut(footer, _FOOTER_ROOM)}
    return {"embeds": [embed], "allowed_mentions": {"parse": []}}


def _digest(notice: Notice, room: int) -> tuple[list[str], int]:
    shown: list[str] = []
    for place, item in enumerate(notice.items):
        text = "\n".join(["", _named(item), *_lines(item, _MOST_FACTS // 2, _MOST_ITEM_TEXT)])
        room -= units(text) + 1
        if room < 0:
            return shown, len(notice.items) - place
        shown.append(text)
    return shown, 0


def _named(item: Item) -> str:
    title = escaped(cut(item.title, MOST_TITLE, _size))
    address = link(item.url, _MOST_URL)
    if address is None:
        return f"**{title}**"
    return f"**[{title}]({address.replace('(', '%28').replace(')', '%29')})**"


def _lines(item: Item, most_facts: int, most_text: int) -> list[str]:
    facts = escaped(cut(" · ".join(item.facts), most_facts, _size))
    text = "".join(_span(span) for span in cut_spans(item.text, most_text, _size))
    return [line for line in (facts, text) if line]


def _span(span: Span) -> str:
    return f"**{escaped(span.text)}**" if span.bold else escaped(span.text)


def escaped(text: str) -> str:
    """Put a backslash before what would be mark-up, a mention or the colon and slashes of an address."""
    return _MARKS.sub(r"\\\1", text)


def _size(text: str) -> int:
    return units(escaped(text)) + 4
