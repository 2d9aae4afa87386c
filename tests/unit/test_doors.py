"""Every event has a form for each chat: no text is refused for its length, none becomes a link or a mention."""

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.alerts.chat_text import bold_spans, cut, link, plain, units
from shared.domain.alerts.doors import FORMATS, for_door
from tests.unit.doors import refusal, texts_of

CHATS = [name for name in FORMATS if name != "standard"]


def event(kind: str = "release.published", **data: object) -> bytes:
    return json.dumps({"type": kind, "timestamp": "2026-03-02T09:00:00.000Z", "data": data}).encode()


def told(title: str = "Vier Festnahmen", **changed: object) -> dict[str, Any]:
    release = {
        "id": "r1",
        "url": "https://police.example/1",
        "title": title,
        "summary": "Die Polizei nahm vier Männer fest.",
        "language": "de",
        "dateline": "LINDAU",
        "publisher": "Polizei Lindau",
        "published_at": "2026-03-02T09:00:00.000Z",
        "revision": 1,
    }
    match = {"evidence": [{"text": "Arzneimittel"}], "snippet": "gestohlene Arzneimittel im Hafen"}
    whole: dict[str, Any] = {
        "topic": {"name": "Medicines"},
        "release": release,
        "match": match,
        "sequence": 7,
    }
    whole["release"] |= {name: value for name, value in changed.items() if name in release}
    return whole | {name: value for name, value in changed.items() if name not in release}


def shown(message_format: str, body: bytes) -> str:
    return "\n".join(texts_of(json.loads(for_door(message_format, body))))


def test_the_standard_door_takes_the_bytes_as_they_are() -> None:
    assert for_door("standard", event(**told())) == event(**told())


@pytest.mark.parametrize("chat", CHATS)
def test_a_chat_shows_title_publisher_language_snippet_and_what_matched(chat: str) -> None:
    text = shown(chat, event(**told()))

    for part in ("Medicines", "Vier Festnahmen", "Polizei Lindau", "DE", "im Hafen", "matched: Arzneimittel"):
        assert part in text


def test_the_words_that_rang_are_bold_in_each_chat() -> None:
    slack, discord, teams = (json.loads(for_door(c, event(**told()))) for c in ("slack", "discord", "teams"))
    bold = {"type": "text", "text": "Arzneimittel", "style": {"bold": True}}

    assert bold in slack["blocks"][0]["elements"][0]["elements"]
    assert "gestohlene **Arzneimittel** im Hafen" in discord["embeds"][0]["description"]
    run = {"type": "TextRun", "text": "Arzneimittel", "weight": "Bolder"}
    assert any(run in block["inlines"] for block in teams["attachments"][0]["content"]["body"])


def test_the_release_is_linked_in_each_chat() -> None:
    slack, discord, teams, card = (json.loads(for_door(c, event(**told()))) for c in CHATS)
    address = "https://police.example/1"

    assert address in {e.get("url") for e in slack["blocks"][0]["elements"][0]["elements"]}
    assert discord["embeds"][0]["url"] == address
    assert teams["attachments"][0]["content"]["actions"][0]["url"] == address
    assert card == teams["attachments"][0]["content"]


@pytest.mark.parametrize("chat", CHATS)
@pytest.mark.parametrize(
    "url", [None, "", "javascript:alert(1)", "https://a.example/?id=***", "https://x y/", "//a"]
)
def test_what_is_no_address_or_a_masked_one_is_no_link(chat: str, url: object) -> None:
    body = for_door(chat, event(**told(url=url)))

    assert refusal(chat, body) is None
    assert b"javascript" not in body
    assert b"***" not in body


@pytest.mark.parametrize("chat", CHATS)
@pytest.mark.parametrize(
    ("kind", "data", "words"),
    [
        ("release.revised", told(), "revised"),
        ("release.revised", told(match=None), "no longer matches"),
        ("release.withdrawn", told(), "withdrawn"),
        ("endpoint.test", {"endpoint": {"url": "https://x.example/"}, "topic": {"name": "Ports"}}, "Ports"),
        ("feed.failing", {"feed": {"id": "1", "title": "Harbour police"}, "reason": "bot wall"}, "bot wall"),
        (
            "feed.gap",
            {"feed": {"url": "https://a.example/f"}, "from_at": "2026-03-02T09:00:00Z"},
            "2026-03-02 09",
        ),
        ("endpoint.failing", {"endpoint": {"url": "https://a.example/h"}, "failures": 9}, "failures: 9"),
        ("tocsin.heartbeat", {"topics": [{"name": "Ports"}, {"name": "Crues"}]}, "Ports, Crues"),
        ("release.digest", {"topic": {"name": "P"}, "alerts": [told("Eins"), told("Zwei")]}, "Zwei"),
    ],
)
def test_every_event_has_a_form(chat: str, kind: str, data: dict[str, Any], words: str) -> None:
    body = for_door(chat, event(kind, **data))

    assert refusal(chat, body) is None
    assert words in re.sub(r"\\(.)", r"\1", "\n".join(texts_of(json.loads(body))))


def test_a_digest_that_is_too_long_for_a_chat_says_how_many_more_there_are() -> None:
    many = [told(f"{n} {'Meldung ' * 40}") for n in range(60)]
    for chat in CHATS:
        text = shown(
            chat,
            event("release.digest", topic={"name": "P"}, held={"words": "held 60 since 22:00"}, alerts=many),
        )
        assert re.search(r"and \d+ more", text), chat
        assert "held 60 since 22" in text


HOSTILE = [
    "@everyone <!channel> <@U123> <!here|x> <#C1>",
    "[click](https://evil.example) <https://evil.example|bank> https://evil.example/x",
    "**b** `c` ~~d~~ || e || > q\n# h",
    "pay\u200bpal \u202egnp.exe\u202c \u2066x\u2069 \ufeff\U000e0041",
    "<at>Anna</at> ![x](https://evil.example/pixel)",
]


@pytest.mark.parametrize("title", HOSTILE)
def test_a_title_becomes_neither_a_link_nor_a_mention(title: str) -> None:
    slack, discord, teams = (
        json.loads(for_door(c, event(**told(title)))) for c in ("slack", "discord", "teams")
    )

    assert not re.search(r"<(?!$)", slack["text"])
    kinds = {e["type"] for block in slack["blocks"] for s in block["elements"] for e in s["elements"]}
    assert kinds == {"text", "link"}
    read = re.sub(r"\\.", "", discord["embeds"][0]["title"])
    assert not re.search(r"[<>@\[\]()*_`~|#:/]", read)
    card = teams["attachments"][0]["content"]
    assert not any(block["type"] == "TextBlock" for block in card["body"])
    assert "entities" not in card["msteams"]


def test_hidden_characters_go_and_those_that_languages_need_stay() -> None:
    assert plain("pay\u200bpal\u202e\ufeff\u00ad  x\n y\x07") == "paypal x y"
    assert plain("می\u200cخواهم") == "می\u200cخواهم"


long_texts = st.text(max_size=6_000) | st.text(alphabet="*_[]()<>@:/ é𐐷👩‍🚀", max_size=6_000)


@settings(max_examples=15)
@given(title=long_texts, snippet=long_texts, topic=long_texts, word=st.text(min_size=1, max_size=50))
def test_no_text_is_refused_for_its_length(title: str, snippet: str, topic: str, word: str) -> None:
    match = {"evidence": [{"text": word}] * 20, "snippet": snippet}
    data = told(title, topic={"name": topic}, match=match, publisher=title, dateline=topic)
    digest = event("release.digest", topic={"name": topic}, alerts=[data] * 8)
    for chat in CHATS:
        assert refusal(chat, for_door(chat, event(**data))) is None
        assert refusal(chat, for_door(chat, digest)) is None


@pytest.mark.parametrize("chat", CHATS)
@pytest.mark.parametrize(
    "word", ["wörter ", "x", "الإرهاب ", "港口", "👩‍🚀 ", "*_[](): ", "@everyone ", "é\u0301"]
)
def test_a_very_long_text_in_any_script_is_taken(chat: str, word: str) -> None:
    match = {"evidence": [{"text": word.strip()}], "snippet": word * 900}
    data = told(word * 900, topic={"name": word * 500}, match=match, publisher=word * 900)
    for body in (event(**data), event("release.digest", topic=data["topic"], alerts=[data] * 12)):
        assert refusal(chat, for_door(chat, body)) is None


@settings(max_examples=60)
@given(text=st.text(max_size=200).map(plain), most=st.integers(2, 60))
def test_a_cut_text_fits_and_is_the_beginning_of_the_whole(text: str, most: int) -> None:
    kept = cut(text, most)

    assert units(kept) <= most
    assert text.startswith(kept.removesuffix("…"))


def test_a_text_is_cut_after_a_word_and_a_long_word_not_inside_a_letter() -> None:
    assert cut("one two three", 9) == "one two…"
    assert cut("e\u0301" * 9, 5) == "e\u0301e\u0301…"


def test_bold_words_are_whole_words_where_a_script_parts_them() -> None:
    assert [s.text for s in bold_spans("transport port", ["port"]) if s.bold] == ["port"]
    assert [s.text for s in bold_spans("东京都港口", ["港口"]) if s.bold] == ["港口"]


def test_an_address_is_linked_as_it_stands_or_not_at_all() -> None:
    assert link("https://a.example/ü?x=1", 100) == "https://a.example/ü?x=1"
    assert link("https://a.example/" + "x" * 100, 100) is None
    assert link("https://[::1", 100) is None
