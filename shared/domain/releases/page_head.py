"""Reads what a web page says of itself: title, address, date, language, translations, publisher."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin

from lxml.html import HtmlElement

from shared.domain.feeds.plain_text import normalise_space
from shared.domain.language.dates import read_date
from shared.domain.language.language import language_code
from shared.domain.releases.published import midnight
from shared.domain.web.url import canonical_url

_DATE_NAMES = (
    "article:published_time", "og:article:published_time", "datepublished", "dc.date.issued",
    "dcterms.issued", "dc.date", "dcterms.date",
    "dcterms.created", "dc.date.created", "publish-date", "publish_date",
    "publication_date", "pubdate", "parsely-pub-date", "sailthru.date", "article.published", "date",
    "cxenseparse:recs:publishtime",
)  # fmt: skip
_SITE_SEPARATORS = (" | ", " - ", " – ", " — ", " :: ", " · ")
_MOST_LINKED_DATA = 200_000
_DEEPEST_LINKED_DATA = 6


@dataclass(frozen=True, slots=True)
class PageHead:
    """What the page says of itself; each is absent where it says nothing that can be used."""

    title: str
    url: str | None
    language: str | None
    publisher: str
    published_claim: str | None
    published_at: datetime | None
    translations: tuple[tuple[str, str], ...]
    article_body: str


def read_head(tree: HtmlElement, url: str) -> PageHead:
    """Read the head, and what else a page says of itself (h1, time, JSON-LD); `url` is where it came from."""
    metas = _metas(tree)
    linked = list(_linked_data(tree))
    publisher = metas.get("og:site_name") or _publisher(linked)
    claim = _claim(tree, metas, linked)
    language = language_code(tree.get("lang") or metas.get("og:locale") or metas.get("content-language"))
    return PageHead(
        title=_title(tree, metas, publisher),
        url=_own_url(tree, metas, url),
        language=language,
        publisher=publisher,
        published_claim=claim,
        published_at=read_instant(claim) if claim else None,
        translations=tuple(_translations(tree, url, language)),
        article_body=max((_string(item, "articleBody") for item in linked), key=len, default=""),
    )


def read_instant(claim: str) -> datetime | None:
    """Read a date as machines write it (ISO 8601, RFC 5322), else as people do; no zone means UTC."""
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            instant = read(claim.strip())
        except (ValueError, TypeError, OverflowError, IndexError):
            continue
        return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)
    return midnight(read_date(claim))


def _metas(tree: HtmlElement) -> dict[str, str]:
    found: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or meta.get("http-equiv")
        content = normalise_space(meta.get("content") or "")
        if name and content:
            found.setdefault(name.lower(), content)
    return found


def _title(tree: HtmlElement, metas: dict[str, str], publisher: str) -> str:
    headings = [normalise_space(h1.text_content()) for h1 in tree.iter("h1")]
    tagged = metas.get("og:title") or normalise_space(tree.findtext(".//title") or "")
    # The heading is the title without the site's name that "og:title" and <title> often carry.
    own = next((heading for heading in headings if heading and tagged.startswith(heading)), "")
    return own or _without_site(tagged, publisher) or next(filter(None, headings), "")


def _without_site(title: str, publisher: str) -> str:
    if publisher:
        for separator in _SITE_SEPARATORS:
            if title.casefold().endswith(f"{separator}{publisher}".casefold()):
                return title[: -len(separator) - len(publisher)].rstrip()
    return title


def _own_url(tree: HtmlElement, metas: dict[str, str], url: str) -> str | None:
    links = [link.get("href") for link in tree.iter("link") if "canonical" in _rel(link)]
    for address in (*links, metas.get("og:url")):
        own = _resolved(url, address) if address else None
        # A template that names the site's front page as every page's address would make them one release.
        if own and (_has_path(own) or not _has_path(url)):
            return own
    return canonical_url(url)


def _translations(tree: HtmlElement, url: str, language: str | None) -> Iterator[tuple[str, str]]:
    seen = {language, None}
    for link in tree.iter("link"):
        code = language_code(link.get("hreflang"))
        address = _resolved(url, link.get("href") or "")
        if "alternate" in _rel(link) and code not in seen and address and code:
            seen.add(code)
            yield code, address


def _claim(tree: HtmlElement, metas: dict[str, str], linked: list[dict[str, Any]]) -> str | None:
    candidates = [metas[name] for name in _DATE_NAMES[:3] if name in metas]
    candidates += [_string(item, "datePublished") for item in linked]
    candidates += [metas[name] for name in _DATE_NAMES[3:] if name in metas]
    candidates += [
        normalise_space(element.get("datetime") or element.get("content") or "")
        for element in tree.iter("time", "span", "div")
        if element.tag == "time" or element.get("itemprop") == "datePublished"
    ][:1]
    return next((claim for claim in candidates if claim and read_instant(claim)), None)


def _publisher(linked: list[dict[str, Any]]) -> str:
    publishers = (item.get("publisher") for item in linked)
    return next(
        (_string(one, "name") for one in publishers if isinstance(one, dict) and _string(one, "name")), ""
    )


def _linked_data(tree: HtmlElement) -> Iterator[dict[str, Any]]:
    for script in tree.iter("script"):
        text = script.text or ""
        if script.get("type") != "application/ld+json" or len(text) > _MOST_LINKED_DATA:
            continue
        try:
            yield from _objects(json.loads(text, strict=False), _DEEPEST_LINKED_DATA)
        except (ValueError, RecursionError):
            continue


def _objects(value: object, depth: int) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict) and depth:
        yield value
        yield from _objects(value.get("@graph"), depth - 1)
    elif isinstance(value, list) and depth:
        for item in value:
            yield from _objects(item, depth - 1)


def _string(item: dict[str, Any], name: str) -> str:
    value = item.get(name)
    return value.strip() if isinstance(value, str) else ""


def _rel(link: HtmlElement) -> list[str]:
    return (link.get("rel") or "").lower().split()


def _resolved(url: str, address: str) -> str | None:
    try:
        return canonical_url(urljoin(url, address.strip()))
    except ValueError:
        return None


def _has_path(url: str) -> bool:
    return bool(re.search(r"://[^/]+/[^#]", url))
