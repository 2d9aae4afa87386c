"""Google News sitemaps (sitemap-news 0.9, in the sitemaps.org protocol) as entries."""

import re
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from lxml import etree

from shared.domain.feeds.document_kind import root_name
from shared.domain.feeds.entry import Entry, Media, ParsedFeed
from shared.domain.feeds.feed_text import plain_text, web_address
from shared.domain.feeds.safe_xml import child_text, local_name, read_xml
from shared.domain.web.charset import UTF8_MARK

_NAMESPACE = b"//www.google.com/schemas/sitemap-news/"
_DOCTYPE = re.compile(rb"<!DOCTYPE", re.IGNORECASE)
_LEAST_DATE = 4


def is_news_sitemap(data: bytes) -> bool:
    """Tell a sitemap of news from one that only lists addresses; `data` is UTF-8."""
    return root_name(data) == "urlset" and _NAMESPACE in data


def parse_news_sitemap(data: bytes, url: str) -> ParsedFeed:
    """Read a news sitemap, one entry for each `<url>` that holds `<news:news>`; as far as can be if broken.

    The feed has the first publication's name and language: a sitemap has none of its own.
    """
    root, well_formed = read_xml(data), True
    if root is None:
        root, well_formed = read_xml(data, recover=True), False
    news = [(element, _news(element)) for element in _urls(root)]
    first = next((one for _, one in news), None)
    publication = _child(first, "publication") if first is not None else None
    return ParsedFeed(
        kind="newssitemap",
        title=child_text(publication, "name") if publication is not None else "",
        language=child_text(publication, "language") or None if publication is not None else None,
        entries=tuple(_entry(element, one, url) for element, one in news),
        well_formed=well_formed,
        detail="" if well_formed else "not well formed: read as far as it goes",
    )


def without_urls(data: bytes, positions: Collection[int]) -> bytes | None:
    """Cut the entries at these positions out; None where only the whole document reads the same."""
    root = None if _DOCTYPE.search(data) else read_xml(data)
    if root is None:
        return None
    for position, element in enumerate(_urls(root)):
        if position in positions:
            element.getparent().remove(element)
    return UTF8_MARK + bytes(etree.tostring(root, encoding="utf-8", xml_declaration=False))


def _urls(root: Any) -> list[Any]:  # noqa: ANN401 - lxml ships no types
    elements = () if root is None else root
    return [element for element in elements if local_name(element) == "url" and _news(element) is not None]


def _news(element: Any) -> Any:  # noqa: ANN401 - lxml ships no types
    return _child(element, "news")


def _child(element: Any, name: str) -> Any:  # noqa: ANN401 - lxml ships no types
    return next((child for child in element if local_name(child) == name), None)


def _entry(element: Any, news: Any, base: str) -> Entry:  # noqa: ANN401 - lxml ships no types
    location, publication = child_text(element, "loc"), _child(news, "publication")
    published = child_text(news, "publication_date")
    keywords = child_text(news, "keywords").split(",")
    return Entry(
        guid=location or None,
        url=web_address(location, base),
        title=plain_text(child_text(news, "title"), markup=False),
        published_text=published or None,
        published_at=_instant(published),
        updated_at=_instant(child_text(element, "lastmod")),
        language=(child_text(publication, "language") if publication is not None else "") or None,
        tags=tuple(dict.fromkeys(tag for word in keywords if (tag := plain_text(word, markup=False)))),
        media=tuple(dict.fromkeys(_pictures(element, base))),
    )


def _pictures(element: Any, base: str) -> list[Media]:  # noqa: ANN401 - lxml ships no types
    images = (child for child in element if local_name(child) == "image")
    found = ((web_address(child_text(image, "loc"), base), child_text(image, "caption")) for image in images)
    return [
        Media(address, caption=plain_text(caption, markup=False)) for address, caption in found if address
    ]


def _instant(written: str) -> datetime | None:
    """Read a W3C date; one without a time of day is midnight, a year or a month alone is none."""
    try:
        instant = datetime.fromisoformat(written) if len(written) > _LEAST_DATE else None
        return (
            None
            if instant is None
            else (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(UTC)
        )
    except (ValueError, OverflowError):
        return None
