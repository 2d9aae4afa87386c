"""JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1) as entries."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from shared.domain.feeds.entry import Entry, Media, ParsedFeed
from shared.domain.feeds.feed_text import as_html, clean, media_kind, plain_text, web_address
from shared.errors import DocumentError

_Json = Mapping[str, Any]


def is_json(data: bytes) -> bool:
    """Tell JSON from XML by its first byte."""
    return data[:1] in (b"{", b"[")


def load_json_feed(data: bytes, url: str) -> dict[str, Any]:
    """Read the JSON of a feed; raises DocumentError where it is no JSON or no JSON Feed."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise DocumentError(url, f"this looks like JSON and cannot be read: {error}") from error
    if not isinstance(document, dict) or not isinstance(document.get("items"), list):
        said = _complaint(document) if isinstance(document, dict) else ""
        raise DocumentError(url, f"this is JSON without a list of `items`, not a JSON Feed{said}")
    if not _version(document) and not _feed_like(document):
        raise DocumentError(
            url, "this is JSON with `items`, but no JSON Feed: it has no jsonfeed.org `version`"
        )
    return document


def _complaint(document: _Json) -> str:
    """Quote the error that an interface answers with: `error`, `message`, or a problem's `detail` (RFC 9457)."""
    error = document.get("error")
    inner = error if isinstance(error, dict) else {}
    values = (inner.get("message"), error, *(document.get(name) for name in ("message", "detail", "title")))
    said = next((" ".join(value.split()) for value in values if isinstance(value, str) and value.strip()), "")
    return f": it says “{said[:200]}”" if said else ""


def feed_items(document: _Json) -> list[dict[str, Any]]:
    """List the items of a JSON Feed: those that are objects."""
    return [item for item in document["items"] if isinstance(item, dict)]


def parse_json_feed(data: bytes, url: str) -> ParsedFeed:
    """Read a JSON Feed, one entry for each item that is an object.

    Raises DocumentError where it is no JSON or no JSON Feed.
    """
    document = load_json_feed(data, url)
    language = _text(document, "language") or None
    return ParsedFeed(
        kind="json" + _version(document).replace(".", ""),
        title=plain_text(_text(document, "title"), markup=False),
        url=web_address(_text(document, "home_page_url"), url),
        language=language,
        entries=tuple(_entry(item, url, language, _authors(document)) for item in feed_items(document)),
    )


def item_identity(item: _Json) -> str:
    """Give what names an item: its id, else its address, else its title."""
    return next((text for name in ("id", "url", "title") if (text := _text(item, name).strip())), "")


def _version(document: _Json) -> str:
    version = str(document.get("version") or "")
    return version.rpartition("/")[2][:8] if "jsonfeed.org" in version else ""


def _feed_like(document: _Json) -> bool:
    # Some publishers leave the version out; a title and items with an id are what the format is.
    items = feed_items(document)
    return bool(items) and "title" in document and all("id" in item for item in items)


def _entry(item: _Json, base: str, language: str | None, feed_authors: str) -> Entry:
    published = _text(item, "date_published") or _text(item, "date_modified")
    content = as_html(_text(item, "content_html"), "html") or as_html(
        _text(item, "content_text"), "text/plain"
    )
    return Entry(
        guid=_text(item, "id").strip() or None,
        url=web_address(_text(item, "url"), base) or web_address(_text(item, "external_url"), base),
        title=plain_text(_text(item, "title"), markup=False),
        content=content,
        summary=as_html(_text(item, "summary"), "text/plain"),
        published_text=published or None,
        published_at=_instant(published),
        updated_at=_instant(_text(item, "date_modified")),
        language=_text(item, "language") or language,
        # JSON Feed 1.1: what an item does not say of its authors, the feed says.
        author=_authors(item) or feed_authors or None,
        tags=tuple(dict.fromkeys(tag for tag in map(_tag, _list(item, "tags")) if tag)),
        media=tuple(dict.fromkeys(_media(item, base))),
    )


def _text(item: _Json, name: str) -> str:
    value = item.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return clean(str(value))


def _list(item: _Json, name: str) -> list[Any]:
    value = item.get(name)
    return value if isinstance(value, list) else []


def _tag(value: object) -> str:
    return plain_text(value, markup=False) if isinstance(value, str) else ""


def _authors(item: _Json) -> str:
    people = [*_list(item, "authors"), item.get("author")]
    names = (plain_text(_text(person, "name"), markup=False) for person in people if isinstance(person, dict))
    return ", ".join(dict.fromkeys(name for name in names if name))


def _media(item: _Json, base: str) -> Iterator[Media]:
    for name in ("image", "banner_image"):
        if address := web_address(_text(item, name), base):
            yield Media(address)
    for attachment in _list(item, "attachments"):
        if isinstance(attachment, dict) and (address := web_address(_text(attachment, "url"), base)):
            kind = media_kind(address, _text(attachment, "mime_type"))
            yield Media(address, kind, plain_text(_text(attachment, "title"), markup=False))


def _instant(value: str) -> datetime | None:
    try:
        instant = datetime.fromisoformat(value.strip())
        return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
