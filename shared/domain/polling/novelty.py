"""Which items of a document have not been seen, and a document that holds only these.

The law: `parse_feed` reads in the reduced document exactly those entries of the whole one that are new.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

from shared.domain.feeds.document_kind import excess
from shared.domain.feeds.entry import Entry, ParsedFeed
from shared.domain.feeds.json_feed import feed_items, is_json, item_identity, load_json_feed
from shared.domain.feeds.news_sitemap import is_news_sitemap, without_urls
from shared.domain.feeds.parse_feed import parse_feed
from shared.domain.feeds.tombstones import may_hold_tombstones
from shared.domain.feeds.xml_scan import Span, scan
from shared.domain.web.charset import UTF8_MARK, Text, read_text
from shared.errors import DocumentError

_DIGEST_BYTES = 8
_ITEM_BYTES = 2 * _DIGEST_BYTES
_COUNT_BYTES = 4
# Items beyond the last document that are still known: feeds served by several machines go back and forth.
_LEAST_REMEMBERED = 200
_MOST_REMEMBERED = 2000

_GUID = (
    rb"<(?P<guid>(?:[\w.-]+:)?(?:guid|id|identifier))\b[^>]*>.*?</(?P=guid)\s*>"
    rb"|\s[\w.-]+:about=(?:'[^']*'|\"[^\"]*\")"
)
_DATE = (
    rb"<(?P<date>(?:[\w.-]+:)?(?:pubDate|published|issued|created|modified|updated|date))\b[^>]*>.*?"
    rb"</(?P=date)\s*>"
)
_IGNORED = {
    (True, True): None,
    (False, True): re.compile(_GUID, re.DOTALL | re.IGNORECASE),
    (True, False): re.compile(_DATE, re.DOTALL | re.IGNORECASE),
    (False, False): re.compile(_GUID + b"|" + _DATE, re.DOTALL | re.IGNORECASE),
}
_JSON_GUID, _JSON_DATES = ("id",), ("date_published", "date_modified")


@dataclass(frozen=True, slots=True)
class ItemDigest:
    """Two digests of 8 bytes: `key` of the item's guid, else link, else title; `content` of all it holds."""

    key: bytes
    content: bytes


@dataclass(frozen=True, slots=True)
class SeenItems:
    """What a feed has shown so far: its last document's items first (`last_items` of them), then older."""

    items: tuple[ItemDigest, ...] = ()
    last_items: int = 0

    @property
    def keys(self) -> frozenset[bytes]:
        return frozenset(item.key for item in self.items)

    @property
    def contents(self) -> frozenset[bytes]:
        return frozenset(item.content for item in self.items)

    def to_bytes(self) -> bytes:
        """Pack for a feed's row: a count of 4 bytes, then 16 bytes an item."""
        packed = b"".join(item.key + item.content for item in self.items)
        return self.last_items.to_bytes(_COUNT_BYTES, "big") + packed

    @classmethod
    def from_bytes(cls, packed: bytes) -> "SeenItems":
        """Unpack what `to_bytes` gave; nothing is a feed that was never polled."""
        ends = range(_COUNT_BYTES + _ITEM_BYTES, len(packed) + 1, _ITEM_BYTES)
        items = (packed[end - _ITEM_BYTES : end] for end in ends)
        digests = tuple(ItemDigest(item[:_DIGEST_BYTES], item[_DIGEST_BYTES:]) for item in items)
        return cls(digests, int.from_bytes(packed[:_COUNT_BYTES], "big"))


@dataclass(frozen=True, slots=True)
class Novelty:
    """What is new in a document.

    `items` and `new` (positions in `items`) are in document order. `overlap` counts the items that were
    known: by content, or by key where the feed's guids are trusted. `document` is what is left to parse: with
    `positions` None all its entries are new, else those at `positions` are. `parsed` is the whole document as
    read, where the judgement needed it.
    """

    items: tuple[ItemDigest, ...]
    new: tuple[int, ...]
    overlap: int
    document: bytes
    positions: tuple[int, ...] | None = None
    parsed: ParsedFeed | None = None


@dataclass(frozen=True, slots=True)
class _Trust:
    """What of an item makes it another one."""

    guids: bool
    dates: bool

    @property
    def ignored(self) -> re.Pattern[bytes] | None:
        return _IGNORED[self.guids, self.dates]

    @property
    def ignored_names(self) -> frozenset[str]:
        return frozenset((() if self.guids else _JSON_GUID) + (() if self.dates else _JSON_DATES))


def judge_novelty(
    document: bytes,
    url: str,
    content_type: str | None,
    seen: SeenItems,
    trust_guids: bool = True,
    trust_dates: bool = True,
) -> Novelty:
    """Find the items of a document whose content was never seen, and cut the others out where that is safe.

    A guid that is not trusted, or a date, makes no item another one: it is left out of its content.
    A reduced document is UTF-8 with a byte order mark: it is read right with any `content_type`. Raises
    DocumentError where the bytes are no feed.
    """
    text, trust = read_text(document, content_type), _Trust(trust_guids, trust_dates)
    if is_json(text.data):
        return _judge_json(document, text, url, seen, trust)
    if too_much := excess(text.data):
        raise DocumentError(url, too_much)
    if is_news_sitemap(text.data):
        return _judge_sitemap(document, text, parse_feed(document, url, content_type), seen, trust)
    spans = scan(text.data) if _may_be_cut(text, url) else None
    if not spans:
        return _judge_parsed(document, parse_feed(document, url, content_type), seen, trust)
    items = tuple(_span_digest(text.data, span, trust.ignored) for span in spans)
    new, overlap = _compare(items, seen, trust_guids)
    reduced = document if len(new) == len(items) else _without(text.data, spans, new)
    return Novelty(items, new, overlap, reduced)


def _may_be_cut(text: Text, url: str) -> bool:
    # Without an absolute address feedparser carries an item's `xml:base` over to the next; whether a tombstone
    # holds depends on the other entries.
    absolute = url.startswith(("http://", "https://"))
    return text.exact and absolute and not may_hold_tombstones(text.data)


def remember(seen: SeenItems, novelty: Novelty, *, all_that_fit: bool = False) -> SeenItems:
    """Put a document's items before the older ones; as many of these stay as three more documents hold.

    `all_that_fit`: a page may show its oldest links again after any change, so all 2,000 stay that a row has
    room for.
    """
    older = _MOST_REMEMBERED if all_that_fit else max(_LEAST_REMEMBERED, 4 * len(novelty.items))
    most = max(len(novelty.items), min(_MOST_REMEMBERED, older))
    items = tuple(dict.fromkeys((*novelty.items, *seen.items)))[:most]
    return SeenItems(items, len(novelty.items))


def _compare(items: Sequence[ItemDigest], seen: SeenItems, trust_guids: bool) -> tuple[tuple[int, ...], int]:
    keys, contents = seen.keys, seen.contents
    new = tuple(position for position, item in enumerate(items) if item.content not in contents)
    known = (item.content in contents or (trust_guids and item.key in keys) for item in items)
    return new, sum(known)


def _judge_parsed(document: bytes, parsed: ParsedFeed, seen: SeenItems, trust: _Trust) -> Novelty:
    items = tuple(_entry_digest(entry, trust) for entry in parsed.entries)
    new, overlap = _compare(items, seen, trust.guids)
    positions = None if len(new) == len(items) else new
    return Novelty(items, new, overlap, document, positions, parsed)


def _judge_sitemap(
    document: bytes, text: Text, parsed: ParsedFeed, seen: SeenItems, trust: _Trust
) -> Novelty:
    novelty = _judge_parsed(document, parsed, seen, trust)
    known = frozenset(range(len(novelty.items))).difference(novelty.new)
    reduced = without_urls(text.data, known) if known else None
    return replace(novelty, document=reduced, positions=None) if reduced else novelty


def _judge_json(document: bytes, text: Text, url: str, seen: SeenItems, trust: _Trust) -> Novelty:
    feed = load_json_feed(text.data, url)
    members = feed_items(feed)
    kept_names = [[name for name in member if name not in trust.ignored_names] for member in members]
    bodies = [
        json.dumps({name: member[name] for name in names}, sort_keys=True).encode()
        for member, names in zip(members, kept_names, strict=True)
    ]
    items = tuple(
        _digest_of(item_identity(member), body) for member, body in zip(members, bodies, strict=True)
    )
    new, overlap = _compare(items, seen, trust.guids)
    if len(new) == len(items):
        return Novelty(items, new, overlap, document)
    kept = {
        "version": "https://jsonfeed.org/version/1.1",
        **feed,
        "items": [members[position] for position in new],
    }
    return Novelty(items, new, overlap, json.dumps(kept).encode())


def _without(data: bytes, spans: Sequence[Span], new: Sequence[int]) -> bytes:
    kept = frozenset(new)
    pieces, position = [UTF8_MARK], 0
    for number, span in enumerate(spans):
        if number not in kept:
            pieces.append(data[position : span.start])
            position = span.end
    return b"".join((*pieces, data[position:]))


def _span_digest(data: bytes, span: Span, ignored: re.Pattern[bytes] | None) -> ItemDigest:
    body = data[span.start : span.end]
    return _digest_of(span.identity, ignored.sub(b"", body) if ignored else body)


def _entry_digest(entry: Entry, trust: _Trust) -> ItemDigest:
    guid, date = entry.guid if trust.guids else None, entry.published_text if trust.dates else None
    values = (
        guid, entry.url, entry.title, entry.content, entry.summary, date, entry.author,
        entry.tags, [medium.url for medium in entry.media], entry.withdrawn,
    )  # fmt: skip
    return _digest_of(entry.guid or entry.url or entry.title, repr(values).encode())


def _digest_of(identity: str, body: bytes) -> ItemDigest:
    content = digest(body)
    return ItemDigest(digest(identity.encode("utf-8", "replace")) if identity else content, content)


def digest(value: bytes) -> bytes:
    """Give the 8 bytes by which an item's key or content is remembered."""
    return blake2b(value, digest_size=_DIGEST_BYTES).digest()
