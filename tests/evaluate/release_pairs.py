"""The hand-labelled pairs of `tests/evaluate/one_release`: texts, and what a careful reader says of two of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any, Literal

import yaml

from shared.domain.releases.draft import Draft, Zone
from shared.domain.web.url import canonical_url, site_of

FOLDER = Path(__file__).parent / "one_release"
Label = Literal["same", "translation", "rewrite", "none"]
_SAME = ("copy", "near-copy", "revision", "alternating")
_OF_ITS_AUTHOR = ("revision",)


@dataclass(frozen=True, slots=True)
class Text:
    """One release as one feed carries it; `event` groups translations, `of` names what a rewrite retells."""

    id: str
    draft: Draft
    feed: str
    guid: str
    event: str = ""
    of: str = ""

    @property
    def site(self) -> str:
        return site_of(self.draft.url or "")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts, what they are to each other, and how a reader came to it; `later`: the second, changed again."""

    kind: str
    label: Label
    first: Text
    second: Text
    later: Text | None = None


def load_pairs() -> list[Pair]:
    """Read every pair: those that are written down, and those that translations and rewrites make."""
    texts = load_texts()
    pairs = [
        pair for kind in _SAME for row in _read("pairs_same")[kind] for pair in [_same(kind, row, texts)]
    ]
    for kind, rows in _read("pairs_different").items():
        pairs += [_different(kind, row, texts) for row in rows]
    return [*pairs, *_translations(texts), *_rewrites(texts)]


def load_texts() -> dict[str, Text]:
    """Read every text that is written down, by its id."""
    rows = (row for name in ("english", "others", "rewrites", "others_events") for row in _read(name))
    return {row["id"]: _text(row) for row in rows}


def _read(name: str) -> Any:
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))


def _text(row: Mapping[str, Any]) -> Text:
    body = row["body"].strip()
    about = _read("boilerplate")[row["about"]] if "about" in row else ""
    whole = f"{body}\n{about}" if about else body
    zones = (
        Zone("body", 0, len(body)),
        *((Zone("boilerplate", len(body) + 1, len(whole)),) if about else ()),
    )
    draft = Draft(
        title=row["title"],
        body=whole,
        zones=zones,
        language=row["language"],
        publisher=row.get("carrier", row["publisher"]),
        url=canonical_url(row["url"]),
        published_at=_instant(row["at"]),
    )
    event, _, code = row["id"].rpartition("-")
    event = event if code == row["language"] and "rewrites" not in row else ""
    return Text(row["id"], draft, draft.publisher, row["url"], event, row.get("rewrites", ""))


def _instant(written: object) -> datetime:
    return written if isinstance(written, datetime) else datetime.fromisoformat(str(written))


def _same(kind: str, row: Mapping[str, Any], texts: Mapping[str, Text]) -> Pair:
    first = texts[row["of"]]
    second = _edited(first, row)
    if kind in _OF_ITS_AUTHOR:
        second = replace(
            second, guid=first.guid, feed=first.feed, draft=replace(second.draft, url=first.draft.url)
        )
    later = None
    if "then" in row:
        body = _replaced(second.draft.body, row["then"])
        later = replace(second, draft=replace(second.draft, body=body))
    return Pair(kind, "same", first, second, later)


def _different(kind: str, row: Mapping[str, Any], texts: Mapping[str, Text]) -> Pair:
    if "of" in row:
        first = texts[row["of"]]
        second = _edited(first, row)
    else:
        first, second = texts[row["first"]], texts[row["second"]]
    if kind == "reused-guid":
        url = canonical_url(row.get("url", second.draft.url))
        draft = replace(second.draft, publisher=first.draft.publisher, url=url)
        second = replace(second, guid=first.guid, feed=first.feed, draft=draft)
    if row.get("same_publisher"):
        draft = replace(second.draft, publisher=first.draft.publisher)
        second = replace(second, feed=first.feed, draft=draft)
    if row.get("unmarked"):
        first, second = (replace(one, draft=replace(one.draft, zones=())) for one in (first, second))
    return Pair(kind, "none", first, second)


def _edited(text: Text, row: Mapping[str, Any]) -> Text:
    paragraphs = text.draft.body.split("\n")
    kept = [line for number, line in enumerate(paragraphs, 1) if number not in row.get("drop", ())]
    body = _replaced("\n".join(kept), row.get("edits", []))
    body = f"{body}\n{row['add']}" if "add" in row else body
    publisher = row.get("by", text.draft.publisher)
    draft = replace(
        text.draft,
        title=row.get("title", text.draft.title),
        body=body,
        zones=(),
        publisher=publisher,
        url=canonical_url(row["url"]) if "url" in row else text.draft.url,
        published_at=text.draft.published_at + timedelta(hours=row["hours"])
        if text.draft.published_at
        else None,
    )
    feed = f"{publisher} {row.get('feed', '')}".strip()
    return Text(f"{text.id} by {publisher}", draft, feed, row.get("url", text.guid), text.event, text.of)


def _replaced(body: str, edits: list[list[str]]) -> str:
    for old, new in edits:
        if old not in body:
            raise ValueError(f"{old!r} is not in the text that begins {body[:60]!r}")
        body = body.replace(old, new)
    return body


def _translations(texts: Mapping[str, Text]) -> Iterator[Pair]:
    for one, other in combinations((text for text in texts.values() if text.event), 2):
        if one.event == other.event and one.draft.language != other.draft.language:
            yield Pair("translation", "translation", one, other)


def _rewrites(texts: Mapping[str, Text]) -> Iterator[Pair]:
    retold = [text for text in texts.values() if text.of]
    for text in retold:
        yield Pair("rewrite", "rewrite", texts[text.of], text)
    for one, other in combinations(retold, 2):
        if one.of == other.of:
            yield Pair("rewrite", "rewrite", one, other)
