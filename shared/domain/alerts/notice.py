"""What a person reads of any event: headline, link, facts and the words that rang, from its standard body."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.domain.alerts.chat_text import Span, bold_spans, plain

_NEWS = {
    "release.published": "",
    "release.revised": "revised",
    "release.withdrawn": "withdrawn",
    "release.digest": "digest",
}
_WHY = ("words", "detail", "reason", "error", "said", "message", "note")
_SUBJECT = ("feed", "endpoint", "topic", "release")
_NAMES = ("title", "name", "url", "id")
_MOST_WORDS = 6


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is told: what it is called, where it is, facts about it, and its text."""

    title: str
    url: object = None
    facts: tuple[str, ...] = ()
    text: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """One message as a chat shows it: a label, an item, for a digest many, and a small line below."""

    label: str
    item: Item
    items: tuple[Item, ...] = field(default_factory=tuple)
    footer: str = ""


def read_notice(body: Mapping[str, Any]) -> Notice:
    """Read a standard event body, of whatever type, as a person would; every text of it is plain."""
    event, data = str(body.get("type", "")), _mapping(body.get("data"))
    if event == "endpoint.test":
        return _test(data)
    if event == "release.digest":
        return _digest(data)
    if isinstance(data.get("release"), Mapping):
        return _release(event, data)
    return _other(event, data)


def _release(event: str, data: Mapping[str, Any]) -> Notice:
    news = _NEWS.get(event, event)
    if "match" in data and data["match"] is None and event != "release.withdrawn":
        news = f"{news}, no longer matches".lstrip(", ")
    return Notice(
        label=_joined(_topic(data), news),
        item=_told(data),
        footer=_joined(_because(data), _number(data)),
    )


def _told(data: Mapping[str, Any]) -> Item:
    release, match = _mapping(data.get("release")), _mapping(data.get("match"))
    text = _text(match.get("snippet")) or _text(release.get("summary"))
    facts = (
        _text(release.get("publisher")),
        _text(release.get("language")).upper(),
        _text(release.get("dateline")),
        _instant(release.get("published_at")),
        f"embargo until {_instant(release['embargo_until'])}" if release.get("embargo_until") else "",
    )
    title = _text(release.get("title")) or "(no title)"
    return Item(title, release.get("url"), tuple(filter(None, facts)), bold_spans(text, _evidence(data)))


def _digest(data: Mapping[str, Any]) -> Notice:
    held, part = _mapping(data.get("held")), _mapping(data.get("part"))
    alerts = [one for one in data.get("alerts") or () if isinstance(one, Mapping)]
    title = _text(held.get("words")) or f"{len(alerts)} alerts together"
    place = f"part {part.get('number')} of {part.get('of')}" if part.get("of", 1) != 1 else ""
    label = _joined(_topic(data), "digest", _text(held.get("why")))
    return Notice(label, Item(title), tuple(map(_told, alerts)), _joined(place, _number(data)))


def _test(data: Mapping[str, Any]) -> Notice:
    topic = _topic(data)
    told = f"Alerts of the topic {topic} will be told here." if topic else "Alerts will be told here."
    return Notice("test", Item("Tocsin can be heard", text=(Span(told),)))


def _other(event: str, data: Mapping[str, Any]) -> Notice:
    name, about = next(((n, data[n]) for n in _SUBJECT if data.get(n)), ("", data))
    subject = about if isinstance(about, str) else _name(_mapping(about))
    why = next((_text(part[k]) for part in (data, _mapping(about)) for k in _WHY if part.get(k)), "")
    facts = tuple(f"{key}: {value}" for key, value in _scalars(data, {name, *_WHY}))
    title = _joined(event.replace(".", " ").replace("_", " "), plain(subject), by=": ")
    url = _mapping(about).get("url") if name != "endpoint" else None
    return Notice(event.partition(".")[0], Item(title, url, facts, (Span(why),) if why else ()))


def _scalars(data: Mapping[str, Any], told: set[str]) -> Iterator[tuple[str, str]]:
    for key, value in data.items():
        if key in told or value is None or value == "":
            continue
        if isinstance(value, Mapping):
            yield from ((f"{key} {name}", one) for name, one in _scalars(value, {"id"}))
        elif isinstance(value, Sequence) and not isinstance(value, str):
            named = (_name(one) if isinstance(one, Mapping) else plain(str(one)) for one in value)
            yield key, ", ".join(filter(None, named))
        else:
            yield plain(key.removesuffix("_at").replace("_", " ")), _instant(value) or plain(str(value))


def _name(about: Mapping[str, Any]) -> str:
    return next((_text(about[name]) for name in _NAMES if isinstance(about.get(name), str)), "")


def _topic(data: Mapping[str, Any]) -> str:
    return _text(_mapping(data.get("topic")).get("name"))


def _because(data: Mapping[str, Any]) -> str:
    words = list(dict.fromkeys(plain(word) for word in _evidence(data)))
    more = ", …" if len(words) > _MOST_WORDS else ""
    return f"matched: {', '.join(words[:_MOST_WORDS])}{more}" if words else ""


def _evidence(data: Mapping[str, Any]) -> list[str]:
    pieces = _mapping(data.get("match")).get("evidence") or []
    return [text for piece in pieces if (text := str(_mapping(piece).get("text") or ""))]


def _number(data: Mapping[str, Any]) -> str:
    return f"no. {data['sequence']}" if isinstance(data.get("sequence"), int) else ""


def _instant(value: object) -> str:
    """Write an RFC 3339 text to the minute; "" for what is none."""
    text = value if isinstance(value, str) else ""
    looks = len(text) >= 17 and text[4:5] == "-" and text[10:11] == "T" and text[13:14] == ":"
    return plain(f"{text[:10]} {text[11:16]} UTC") if looks else ""


def _text(value: object) -> str:
    return plain(value) if isinstance(value, str) else ""


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _joined(*parts: str, by: str = " · ") -> str:
    return by.join(filter(None, parts))
