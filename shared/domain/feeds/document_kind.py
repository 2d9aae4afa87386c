"""What a document is when it is no feed, in words that tell a person what to do next."""

import re
from html import unescape

_SKIPPED = re.compile(
    rb"\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>", re.DOTALL | re.IGNORECASE
)
_ROOT = re.compile(rb"<(?:[\w.\-]{1,40}:)?([A-Za-z][\w.\-]{0,40})")
_FEED_ROOTS = frozenset({"rss", "feed", "rdf", "channel"})
_KNOWN_STARTS = (
    (b"%PDF", "this is a PDF file, not a feed"),
    (b"\x1f\x8b", "this is a gzip file that was not unpacked, not a feed"),
    (b"PK\x03\x04", "this is a zip file, not a feed"),
    (b"\x89PNG", "this is a picture, not a feed"),
    (b"\xff\xd8\xff", "this is a picture, not a feed"),
    (b"GIF8", "this is a picture, not a feed"),
)
_KNOWN_ROOTS = {
    "html": "this is a web page, not a feed; give the address of its feed, or add it with --page",
    "opml": "this is an OPML list of feeds, not a feed; bring it in with `tocsin feed import`",
    "urlset": "this is a sitemap without news, not a feed; look on the site for an RSS or Atom address",
    "sitemapindex": "this is a list of sitemaps, not a feed; give the address of the one with news",
    "rdf": "this is RDF without items and without an RSS version, not a feed",
    "svg": "this is a picture, not a feed",
}

_TITLE = re.compile(rb"<title[^>]{0,200}>([^<]{1,1000})", re.IGNORECASE)
_TITLE_WITHIN = 100_000
_LONGEST_TITLE = 80

_MOST_ITEMS = 20_000
_MOST_TAGS = 500_000
_LONGEST_TAG = 30_000
_WINDOW = _LONGEST_TAG // 2
_LONG_TAG = re.compile(rb"<[^<>]{%d}" % _LONGEST_TAG)
_ANY_ITEM = re.compile(rb"<(?:[\w.\-]+:)?(?:item|entry)[\s/>]", re.IGNORECASE)


def excess(data: bytes) -> str:
    """Say what a document has too much of to be read in seconds, "" where it can be.

    feedparser takes 20 µs a tag, and time that grows with the square of a tag's attributes.
    """
    tags = data.count(b"<") if len(data) > _MOST_ITEMS else 0
    if tags > _MOST_TAGS:
        return f"the document holds more than {_MOST_TAGS:,} tags and is not read"
    if tags > _MOST_ITEMS and data.count(b"<item") + data.count(b"<entry") > _MOST_ITEMS:
        return f"the document holds more than {_MOST_ITEMS:,} items; ask the publisher for a shorter feed"
    if _could_hold_long_tag(data) and _LONG_TAG.search(data):
        return f"the document holds a tag longer than {_LONGEST_TAG:,} bytes and is not read"
    return ""


def _could_hold_long_tag(data: bytes) -> bool:
    """Look for a window without brackets: a long tag covers one whole, and few documents have one."""
    starts = range(0, len(data) - _WINDOW + 1, _WINDOW)
    return any(
        data.find(b">", start, start + _WINDOW) < 0 and data.find(b"<", start, start + _WINDOW) < 0
        for start in starts
    )


def could_be_feed(data: bytes) -> bool:
    """Tell whether a document has a feed's root or, if it is no web page, something named like an item."""
    root = root_name(data)
    return root in _FEED_ROOTS or (root != "html" and bool(_ANY_ITEM.search(data)))


def root_name(data: bytes) -> str:
    """Find the local name of a document's root element, in lower case; empty where it has none."""
    position = 0
    while skipped := _SKIPPED.match(data, position):
        position = skipped.end()
    root = _ROOT.match(data, position)
    return root[1].decode("ascii", "ignore").lower() if root else ""


def has_feed_root(data: bytes) -> bool:
    """Tell whether a document's root is one of a feed, so that it is a feed even without entries."""
    return root_name(data) in _FEED_ROOTS


def _titled(data: bytes) -> str:
    found = _TITLE.search(data, 0, _TITLE_WITHIN)
    title = " ".join(unescape(found[1].decode("utf-8", "replace")).split()) if found else ""
    return f" (“{title[:_LONGEST_TITLE]}”)" if title else ""


def refusal(document: bytes, data: bytes) -> str:
    """Say what a document is, if no feed, and what to do about it; `data` is its text as UTF-8."""
    if not data:
        return "the document is empty"
    for start, words in _KNOWN_STARTS:
        if document.startswith(start):
            return words
    root = root_name(data)
    if root in _KNOWN_ROOTS:
        return _KNOWN_ROOTS[root].replace("web page", f"web page{_titled(data)}", 1)
    if root:
        return f"this is no feed: its root element is <{root}>, where <rss>, <feed> or <rdf:RDF> is wanted"
    return "this is plain text, not a feed; check that the address is the feed's own"
