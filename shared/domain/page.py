"""Reads a release from a web page."""

from dataclasses import dataclass
from datetime import datetime

from shared.domain.entry import Media


@dataclass(frozen=True, slots=True)
class Page:
    """What a page holds.

    `lines` are the body's paragraphs and list items, without title, date, dateline and captions; `url` is the
    page's own canonical address; `published_claim` the date as written, `published_at` its instant (not
    judged: it may be in the future); `translations` pairs a language code with an address.
    """

    title: str
    lines: tuple[str, ...]
    url: str | None = None
    language: str | None = None
    dateline: str = ""
    publisher: str = ""
    published_claim: str | None = None
    published_at: datetime | None = None
    media: tuple[Media, ...] = ()
    translations: tuple[tuple[str, str], ...] = ()

    @property
    def body(self) -> str:
        """Give the lines as one text."""
        return "\n".join(self.lines)


@dataclass(frozen=True, slots=True)
class PageRefusal:
    """A page that holds no release, and why, in words."""

    reason: str
