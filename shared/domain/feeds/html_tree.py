"""A page's bytes as a tree of elements."""

import re

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from shared.domain.feeds.feed_text import web_address
from shared.domain.web.charset import read_text

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:\-]{1,40})", re.IGNORECASE)


def decode_page(html: bytes, content_type: str | None = None) -> str:
    """Decode a page by its header, else by its `<meta charset>`."""
    if "charset" not in (content_type or "").lower() and (meta := _META_CHARSET.search(html[:4096])):
        content_type = f"text/html; charset={meta[1].decode('ascii')}"
    return read_text(html, content_type).data.decode("utf-8", "replace")


def page_tree(text: str) -> HtmlElement | None:
    """Build a page's tree, without comments; None where there is no HTML in it."""
    try:
        # Its own parser object for each page: lxml's default one is shared between threads.
        return document_fromstring(text.encode(), parser=HTMLParser(encoding="utf-8", remove_comments=True))
    except (etree.LxmlError, ValueError, AssertionError):
        return None


def base_of(tree: HtmlElement, url: str) -> str:
    """Give the address at which a page's relative links start: its `<base>`, else its own."""
    declared = next((element.get("href") or "" for element in tree.iter("base")), "")
    return web_address(declared, url) or url
