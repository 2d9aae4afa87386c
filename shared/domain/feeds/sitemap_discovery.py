"""Finding a site's news sitemap: what robots.txt names, what a list of sitemaps holds, where it usually is."""

import re
from urllib.parse import urljoin, urlsplit

from protego import Protego

from shared.domain.feeds.document_kind import root_name
from shared.domain.feeds.feed_text import web_address
from shared.domain.feeds.safe_xml import child_text, local_name, read_xml
from shared.domain.web.charset import read_text

_SAYS_NEWS = re.compile(r"news|actualit|noticia|press|nachricht|meldung", re.IGNORECASE)
_USUAL_PLACES = ("news-sitemap.xml", "sitemap-news.xml", "sitemap_news.xml", "sitemap.xml")
MOST_SITEMAPS = 8


def robots_address(url: str) -> str:
    """Give the address of a site's robots.txt (RFC 9309 §2.3)."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/robots.txt"


def robots_sitemaps(robots: bytes, url: str) -> tuple[str, ...]:
    """List the sitemaps that a robots.txt names, those that say "news" first; never raises on any bytes."""
    named = Protego.parse(robots.decode("utf-8", "replace")).sitemaps
    return _news_first([address for one in named if (address := web_address(one, url))])


def usual_sitemaps(url: str) -> tuple[str, ...]:
    """List the addresses at which a site's news sitemap often is."""
    return tuple(urljoin(robots_address(url), place) for place in _USUAL_PLACES)


def is_sitemap_index(document: bytes, content_type: str | None = None) -> bool:
    """Tell a list of sitemaps from anything else."""
    return root_name(read_text(document, content_type).data) == "sitemapindex"


def index_sitemaps(document: bytes, url: str, content_type: str | None = None) -> tuple[str, ...]:
    """List the sitemaps of a list of them, those that say "news" first; at most `MOST_SITEMAPS`.

    Large sites list their archive by hundreds of them.
    """
    root = read_xml(read_text(document, content_type).data, recover=True)
    elements = () if root is None else root
    places = (child_text(element, "loc") for element in elements if local_name(element) == "sitemap")
    return _news_first([address for place in places if (address := web_address(place, url))])


def _news_first(addresses: list[str]) -> tuple[str, ...]:
    distinct = dict.fromkeys(addresses)
    return tuple(sorted(distinct, key=lambda one: not _SAYS_NEWS.search(urlsplit(one).path)))[:MOST_SITEMAPS]
