"""Takes off a page what surrounds its article: menus, consent, buttons to share, other news, pagers, downloads."""

import re
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from shared.domain.feeds.entry import Media
from shared.domain.feeds.plain_text import normalise_space

_AROUND_TAGS = frozenset({"nav", "aside", "footer", "form", "button", "dialog"})
_AROUND_ROLES = frozenset(
    {"navigation", "complementary", "contentinfo", "dialog", "alertdialog", "search", "menu", "toolbar"}
)
# Whole words of a class or an id, as sites write them: "share-buttons", "cookieBanner", "related_news".
_AROUND_WORDS = frozenset(
    [
        "cookie",
        "cookies",
        "consent",
        "gdpr",
        "cmp",
        "cookiebar",
        "cookiebanner",
        "share",
        "shares",
        "sharing",
        "sharer",
        "shareaholic",
        "addthis",
        "addtoany",
        "social",
        "socials",
        "socialmedia",
        "followus",
        "related",
        "relatednews",
        "relatedposts",
        "recommended",
        "recommendations",
        "readalso",
        "alsoread",
        "newsletter",
        "breadcrumb",
        "breadcrumbs",
        "pager",
        "pagination",
        "paginator",
        "lightbox",
        "sidebar",
        "advert",
        "advertisement",
        "comments",
        "disqus",
        "skiplink",
        "toolbar",
    ]
)
# "share-price", "social-policy", "related-content-text" are what releases are about, or wrap their text.
_TOLD_WORDS = frozenset(
    [
        "price",
        "prices",
        "holder",
        "holders",
        "holding",
        "capital",
        "market",
        "policy",
        "affairs",
        "security",
        "content",
        "text",
        "body",
    ]
)
_KEPT_TAGS = frozenset({"html", "body", "main", "article", "h1"})
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
# What stands in a page's better half is its article, whatever its class says.
_MOST_OF_THE_PAGE = 0.5
_FILES = (".pdf", ".doc", ".docx", ".odt", ".xls", ".xlsx", ".ppt", ".pptx", ".zip", ".rtf", ".epub")


def strip_furniture(tree: HtmlElement) -> None:
    """Remove from a tree, in place, what surrounds the article; what holds its heading or half of its text stays."""
    whole = len(tree.text_content())
    for element in list(tree.iter()):
        if not isinstance(element.tag, str) or element.tag in _KEPT_TAGS or element.getparent() is None:
            continue
        if _is_around(element) and not _is_article(element, whole):
            element.drop_tree()


def take_downloads(tree: HtmlElement, url: str) -> tuple[Media, ...]:
    """Take out of a tree, in place, the links to files that stand alone on their lines, and give them."""
    taken = []
    for link in list(tree.iter("a")):
        address, text = link.get("href") or "", normalise_space(link.text_content())
        holder = link.getparent()
        if holder is None or not _is_file(address):
            continue
        if normalise_space(holder.text_content()) == text:
            taken.append(Media(_resolved(url, address), "file", text))
            link.drop_tree()
    return tuple(taken)


def _is_around(element: HtmlElement) -> bool:
    if element.tag in _AROUND_TAGS or (element.get("role") or "").lower() in _AROUND_ROLES:
        return True
    named = f"{element.get('class') or ''} {element.get('id') or ''}"
    if named == " ":
        return False
    words = {word.lower() for word in _WORDS.findall(named)}
    return not words.isdisjoint(_AROUND_WORDS) and words.isdisjoint(_TOLD_WORDS)


def _is_article(element: HtmlElement, whole: int) -> bool:
    if next(element.iter("h1"), None) is not None:
        return True
    return element.tag not in _AROUND_TAGS and len(element.text_content()) > whole * _MOST_OF_THE_PAGE


def _is_file(address: str) -> bool:
    try:
        return urlsplit(address).path.lower().endswith(_FILES)
    except ValueError:  # a broken IPv6 address
        return False


def _resolved(url: str, address: str) -> str:
    try:
        return urljoin(url, address.strip())
    except ValueError:
        return address
