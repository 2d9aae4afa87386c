"""Feed documents (RSS, RDF, Atom, JSON Feed, news sitemaps) as entries: the one file that knows feedparser."""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from time import struct_time
from typing import Any

import feedparser

from shared.domain.feeds.document_kind import could_be_feed, excess, has_feed_root, refusal
from shared.domain.feeds.entry import Entry, Media, ParsedFeed
from shared.domain.feeds.feed_text import as_html, clean, is_marked_up, media_kind, plain_text, web_address
from shared.domain.feeds.json_feed import is_json, parse_json_feed
from shared.domain.feeds.news_sitemap import is_news_sitemap, parse_news_sitemap
from shared.domain.feeds.tombstones import read_tombstones
from shared.domain.feeds.xml_scan import scan
from shared.domain.web.charset import Text, read_text
from shared.errors import DocumentError

# What feedparser raises over a value that it did not expect; a worker's time limit must pass through.
_BREAKS = (ArithmeticError, AssertionError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)
# A document whose entries break feedparser one after another is read in at most so many parts.
_MOST_PARTS = 200
_ITEM = re.compile(rb"<(item|entry)[\s>].*?</\1\s*>", re.DOTALL | re.IGNORECASE)
_AROUND = re.compile(rb"<((?:[\w.\-]+:)?(?:rss|feed|rdf|channel))(?:\s[^<>]*)?>", re.IGNORECASE)
_FIRST_ELEMENT = re.compile(rb"<\w")
_DECLARATION = re.compile(rb"<\?xml\s[^>]*>")
_SPACES = re.compile(rb"\s{2,}")

_Raw = Mapping[str, Any]


def parse_feed(document: bytes, url: str, content_type: str | None = None) -> ParsedFeed:
    """Read a feed document, its entries in document order, one for each item, even an empty one.

    Entries that the document takes back (RFC 6721) come after the others.
    `url` is where the document came from (relative addresses start there, unless `xml:base` says otherwise);
    `content_type` the HTTP header with its charset. A document that is not well formed is read as far as can
    be (`well_formed` is False, `detail` says why). Raises DocumentError where the bytes are no feed, with
    what they are instead, and where there is too much of it.
    """
    text = read_text(document, content_type)
    if too_much := excess(text.data):
        raise DocumentError(url, too_much)
    if is_json(text.data):
        return parse_json_feed(text.data, url)
    if is_news_sitemap(text.data):
        return parse_news_sitemap(text.data, url)
    feed = _parse_xml(text, url) if could_be_feed(text.data) else None
    if feed is None or not (feed.entries or (feed.kind and has_feed_root(text.data))):
        raise DocumentError(url, refusal(document, text.data))
    return replace(feed, entries=feed.entries + read_tombstones(text.data, url, feed.entries))


def _parse_xml(text: Text, url: str) -> ParsedFeed:
    data = _safe_head(text.data)
    try:
        return _as_feed(_read(data, url), text, url)
    except _BREAKS as error:
        return _parse_in_parts(data, text, url, f"one entry cannot be read: {error!r}")


def _as_feed(result: Any, text: Text, url: str) -> ParsedFeed:  # noqa: ANN401 - feedparser ships no types
    language = _string(result.feed, "language") or None
    return ParsedFeed(
        kind=str(result.get("version") or ""),
        title=_marked_up(result.feed, "title"),
        url=web_address(_string(result.feed, "link"), url),
        language=language,
        entries=tuple(_entry(raw, url, language) for raw in result.entries),
        well_formed=text.exact and not result.bozo,
        detail=_complaint(text, result),
    )


def _parse_in_parts(data: bytes, text: Text, url: str, detail: str) -> ParsedFeed:
    """Read a document that breaks feedparser by halves, down to the entries that do: these stay empty."""
    spans = [(span.start, span.end) for span in scan(data) or ()] or [
        item.span() for item in _ITEM.finditer(data)
    ]
    if not spans:
        raise DocumentError(
            url, "the document breaks the reader and has no items that could be read one by one"
        )
    head, tail = data[: spans[0][0]], data[spans[-1][1] :]
    parts_left = _MOST_PARTS

    def read(items: Sequence[tuple[int, int]]) -> ParsedFeed:
        nonlocal parts_left
        parts_left -= 1
        middle = b"\n".join(data[start:end] for start, end in items)
        return _as_feed(_read(head + middle + tail, url), text, url)

    def entries(items: Sequence[tuple[int, int]]) -> tuple[Entry, ...]:
        if parts_left <= 0:
            return (Entry(),) * len(items)
        try:
            return read(items).entries
        except _BREAKS:
            half = len(items) // 2
            return (entries(items[:half]) + entries(items[half:])) if half else (Entry(),)

    try:
        around = read(())
    except _BREAKS:
        # What breaks the reader stands around the items: they are read in the bare root.
        head, tail = _bare(head)
        around = read(())
        detail = detail.replace("one entry", "what stands around the entries")
    return replace(around, entries=entries(spans), well_formed=False, detail=detail)


def _bare(head: bytes) -> tuple[bytes, bytes]:
    """Keep of what stands before the items the tags that they are in; give these and their ends."""
    opened = list(_AROUND.finditer(head))
    ends = b"".join(b"</" + tag[1] + b">" for tag in reversed(opened))
    return b"".join(tag[0] for tag in opened), ends


def _read(data: bytes, url: str) -> Any:  # noqa: ANN401 - feedparser ships no types
    # Never the bytes themselves: feedparser would open a file of that name, or fetch them as an address.
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    return feedparser.parse(
        io.BytesIO(data), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )


def _safe_head(data: bytes) -> bytes:
    # feedparser's patterns for the declaration and the DOCTYPE take quadratic time over long runs of space.
    root = _FIRST_ELEMENT.search(data)
    end = root.start() if root else len(data)
    return _DECLARATION.sub(b"", _SPACES.sub(b"\n", data[:end]), count=1).lstrip() + data[end:]


def _complaint(text: Text, result: Any) -> str:  # noqa: ANN401 - feedparser ships no types
    if not text.exact:
        return "some bytes are not in the charset that the document declares"
    return f"not well formed: {result.get('bozo_exception')}" if result.bozo else ""


def _entry(raw: _Raw, base: str, feed_language: str | None) -> Entry:
    try:
        return _whole_entry(raw, base, feed_language)
    except _BREAKS:
        return Entry()


def _whole_entry(raw: _Raw, base: str, feed_language: str | None) -> Entry:
    content, summary = _content_and_summary(raw)
    published = next(
        (name for name in ("published", "updated", "created") if _string(raw, name)), "published"
    )
    return Entry(
        guid=_string(raw, "id") or None,
        url=_address(raw, base),
        title=_marked_up(raw, "title"),
        content=content,
        summary=summary,
        published_text=_string(raw, published) or None,
        published_at=_instant(raw, published),
        updated_at=_instant(raw, "updated"),
        language=_language(raw) or feed_language,
        author=_author(raw) or None,
        tags=tuple(dict.fromkeys(_tags(raw))),
        media=tuple({media.url: media for media in reversed(list(_media(raw, base)))}.values())[::-1],
    )


def _get(raw: _Raw, name: str) -> Any:  # noqa: ANN401 - feedparser ships no types
    # FeedParserDict.get answers for other names too (`updated` with `published`), and warns about it.
    return dict.get(raw, name) if isinstance(raw, dict) else None


def _string(raw: _Raw, name: str) -> str:
    value = _get(raw, name)
    return clean(value).strip() if isinstance(value, str) else ""


def _dicts(raw: _Raw, name: str) -> list[_Raw]:
    value = _get(raw, name)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _marked_up(raw: _Raw, name: str) -> str:
    kind = _string(_get(raw, f"{name}_detail"), "type")
    value = _string(raw, name)
    return plain_text(value, markup=kind != "text/plain" or is_marked_up(value))


def _address(raw: _Raw, base: str) -> str | None:
    alternates = (
        _string(link, "href") for link in _dicts(raw, "links") if _string(link, "rel") == "alternate"
    )
    candidates = (_string(raw, "feedburner_origlink"), _string(raw, "link"), *alternates)
    return next((address for value in candidates if (address := web_address(value, base))), None)


def _content_and_summary(raw: _Raw) -> tuple[str, str]:
    """Take the longest content, HTML before plain text, and the summary where it is one.

    feedparser copies a content into an absent summary, and files a second description (a picture's caption, a
    podcast's blurb) as a content: neither is what its name says.
    """
    detail = _get(raw, "summary_detail")
    summary = as_html(_string(raw, "summary"), _string(detail, "type"))
    contents = [(_string(part, "type"), _string(part, "value")) for part in _dicts(raw, "content")]
    ranked = sorted(contents, key=lambda part: (part[0] != "text/plain", len(part[1])), reverse=True)
    content = as_html(ranked[0][1], ranked[0][0]) if ranked else ""
    if any(value == _string(raw, "summary") for _, value in contents):
        return content, ""
    return (content, summary) if len(content) >= len(summary) else ("", summary)


def _instant(raw: _Raw, name: str) -> datetime | None:
    # feedparser's own reading has whole seconds: what an ISO date says beyond them is read from its text.
    try:
        written = datetime.fromisoformat(_string(raw, name))
    except ValueError:
        written = None
    if written and written.tzinfo:
        return written.astimezone(UTC)
    value = _get(raw, f"{name}_parsed")
    if not isinstance(value, struct_time):
        return None
    try:
        return datetime(*value[:5], min(value.tm_sec, 59), tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _language(raw: _Raw) -> str:
    details = (_get(raw, "title_detail"), *_dicts(raw, "content"), _get(raw, "summary_detail"))
    claims = (_string(raw, "language"), *(_string(detail, "language") for detail in details))
    return next((claim for claim in claims if claim), "")


def _author(raw: _Raw) -> str:
    names = (_string(person, "name") for person in _dicts(raw, "authors"))
    named = ", ".join(dict.fromkeys(plain_text(name, markup=True) for name in names if name))
    return named or plain_text(_string(raw, "author"), markup=True)


def _tags(raw: _Raw) -> Iterator[str]:
    for tag in _dicts(raw, "tags"):
        if word := plain_text(_string(tag, "label") or _string(tag, "term"), markup=True):
            yield word


def _media(raw: _Raw, base: str) -> Iterator[Media]:
    enclosures = (link for link in _dicts(raw, "links") if _string(link, "rel") == "enclosure")
    for part in (*_dicts(raw, "media_content"), *enclosures, *_dicts(raw, "media_thumbnail")):
        if address := web_address(_string(part, "url") or _string(part, "href"), base):
            yield Media(address, media_kind(address, _string(part, "medium") or _string(part, "type")))
    image = _string(_get(raw, "image"), "href")
    if address := web_address(image, base):
        yield Media(address)
