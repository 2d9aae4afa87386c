"""A draft: what an entry or a page holds once cleaned, before it is known whether it is a release of ours."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from shared.domain.feeds.entry import Media

ZoneKind = Literal["lead", "body", "boilerplate", "caption"]


@dataclass(frozen=True, slots=True)
class Zone:
    """A stretch of `Draft.body`: 0-based half-open code points; the title is a field of its own."""

    kind: ZoneKind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Draft:
    """A press release as a careful editor would file it.

    `body` is plain text, one line a paragraph or list item, without title, dateline, date or captions;
    `language` a two-letter code or None where the text does not tell; `published_claim` the date as the
    source wrote it, `published_at` its instant or None where it is absent, unreadable or in the future;
    `published_precision` whether the claim names a day or a time of it; `published_doubt` says in words why the
    claim is doubted ("" where it is not). `carried_words` digests the
    words as the feed carried them: filling a summary from its page does not change it. `translations` pairs a
    language code with the address that the page names for it. `goes_on` says that the text itself shows that
    there is more elsewhere ("…", "Read more").
    """

    title: str
    body: str
    summary: str = ""
    zones: tuple[Zone, ...] = ()
    language: str | None = None
    dateline: str = ""
    publisher: str = ""
    url: str | None = None
    published_claim: str | None = None
    published_at: datetime | None = None
    published_doubt: str = ""
    published_precision: Literal["", "day", "instant"] = ""
    tags: tuple[str, ...] = ()
    media: tuple[Media, ...] = ()
    text_source: Literal["feed", "summary", "page"] = "feed"
    text_detail: str = ""
    embargo_until: datetime | None = None
    carried_words: bytes = b""
    translations: tuple[tuple[str, str], ...] = ()
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """An entry that cannot become a release, and why, in words."""

    reason: str
