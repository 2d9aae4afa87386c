"""An entry: one item as the feed gave it, before anything was judged or cleaned."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Media:
    """A picture, recording or file that belongs to a text."""

    url: str
    kind: str = "image"
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """The feed takes an entry back (an Atom tombstone, RFC 6721): when, as far as it says, and why."""

    at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a feed document.

    `url` is absolute; `title` and `author` are plain text; `content` and `summary` are HTML as the feed
    gave it, not yet sanitised; `published_text` is the date as written, `published_at` its aware instant,
    or None where it cannot be read. With `withdrawn` the feed takes back the entry of this guid.
    """

    guid: str | None = None
    url: str | None = None
    title: str = ""
    content: str = ""
    summary: str = ""
    published_text: str | None = None
    published_at: datetime | None = None
    updated_at: datetime | None = None
    language: str | None = None
    author: str | None = None
    tags: tuple[str, ...] = ()
    media: tuple[Media, ...] = ()
    withdrawn: Withdrawal | None = None


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed document as read: `kind` is feedparser's version word ("rss20", "atom10", "json11", …)."""

    kind: str
    title: str = ""
    url: str | None = None
    language: str | None = None
    entries: tuple[Entry, ...] = ()
    well_formed: bool = True
    detail: str = ""
