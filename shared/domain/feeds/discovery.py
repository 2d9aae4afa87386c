"""Finding the feeds of a site from one of its pages."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from shared.domain.feeds.document_kind import root_name
from shared.domain.feeds.feed_text import web_address
from shared.domain.feeds.html_tree import base_of, decode_page, page_tree
from shared.domain.web.charset import read_text

# WHATWG HTML §4.6.7.1 names the first two; JSON Feed 1.1 the third.
_FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json"})
# Types that other things are served with too: a feed only where the address or title says so.
_LOOSE_TYPES = frozenset({"application/json", "application/rdf+xml", "application/xml", "text/xml", ""})
_SAYS_FEED = re.compile(r"\b(?:rss|atom|feeds?|rdf)\b", re.IGNORECASE)
_FEED_PATH = re.compile(
    r"(?:/(?:feed|rss|atom)|\.(?:rss|atom|rdf)|/(?:feed|rss|atom|index)\.xml)/?$", re.IGNORECASE
)
_COMMENTS = re.compile(r"comment|commentaire|kommentar|comentario", re.IGNORECASE)
_USUAL_PLACES = ("feed", "rss", "rss.xml", "feed.xml", "atom.xml", "index.xml")
MOST_LINKS = 30


@dataclass(frozen=True, slots=True)
class FeedLink:
    """A feed that a page names: its address and what the page calls it ("" where it does not)."""

    url: str
    title: str = ""


def is_web_page(document: bytes, content_type: str = "") -> bool:
    """Tell whether an answer is an HTML page, by its root element, else by its content type."""
    root = root_name(read_text(document, content_type).data)
    return root == "html" or (
        content_type.lower().startswith(("text/html", "application/xhtml")) and root != "rss"
    )


def find_feed_links(html: bytes, url: str, content_type: str | None = None) -> tuple[FeedLink, ...]:
    """List the feeds that a page declares, in its order, else those that its links look like.

    `url` is the address that answered. Feeds of comments come last; at most `MOST_LINKS` are listed. Never
    raises on any bytes.
    """
    tree = page_tree(decode_page(html, content_type))
    if tree is None:
        return ()
    base = base_of(tree, url)
    links = list(_declared(tree, base)) or list(_looking_like_feeds(tree, base))
    first = {link.url: link for link in reversed(links)}
    distinct = [first[address] for address in dict.fromkeys(link.url for link in links) if address != url]
    return tuple(sorted(distinct, key=_is_of_comments)[:MOST_LINKS])


def usual_places(url: str) -> tuple[str, ...]:
    """List the addresses at which a site's feed often is: under the page itself, then at the site's root."""
    parts = urlsplit(url)
    root = f"{parts.scheme}://{parts.netloc}/"
    folder = urljoin(root, parts.path if parts.path.endswith("/") else f"{parts.path}/")
    places = [urljoin(start, place) for start in (folder, root) for place in _USUAL_PLACES]
    return tuple(dict.fromkeys(places))


def _declared(tree: HtmlElement, base: str) -> Iterator[FeedLink]:
    for element in tree.iter("link"):
        rel = (element.get("rel") or "").lower().split()
        address = web_address(element.get("href") or "", base)
        title = " ".join((element.get("title") or "").split())
        if address and ("alternate" in rel or "feed" in rel) and _is_feed(element, address, title, rel):
            yield FeedLink(address, title)


def _is_feed(element: HtmlElement, address: str, title: str, rel: list[str]) -> bool:
    kind = (element.get("type") or "").partition(";")[0].strip().lower()
    if kind in _FEED_TYPES or ("feed" in rel and kind in _LOOSE_TYPES):
        return True
    says_so = bool(_SAYS_FEED.search(title) or _FEED_PATH.search(urlsplit(address).path))
    return bool(kind) and kind in _LOOSE_TYPES and says_so


def _looking_like_feeds(tree: HtmlElement, base: str) -> Iterator[FeedLink]:
    """List what a reader would click: many press offices name their feeds in the page's text alone."""
    for element in tree.iter("a"):
        address = web_address(element.get("href") or "", base)
        if address and _FEED_PATH.search(urlsplit(address).path):
            yield FeedLink(address, " ".join(element.text_content().split())[:200])


def _is_of_comments(link: FeedLink) -> bool:
    return bool(_COMMENTS.search(link.title) or _COMMENTS.search(urlsplit(link.url).path))
