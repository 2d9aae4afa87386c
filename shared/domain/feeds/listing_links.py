"""The links of a page that may lead to releases: navigation, pagers, tags and languages are left out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from lxml.html import HtmlElement

from shared.domain.feeds.feed_text import web_address
from shared.domain.feeds.html_tree import base_of
from shared.domain.feeds.listing_words import is_language_name, is_pager_text, is_side_heading
from shared.domain.feeds.plain_text import normalise_space
from shared.domain.web.url import canonical_url

_FURNITURE_TAGS = frozenset({"nav", "footer", "aside", "form", "select", "dialog", "template"})
_FURNITURE_ROLES = frozenset(
    {"navigation", "banner", "contentinfo", "complementary", "search", "menu", "menubar", "dialog"}
)
# No suffix after "tag" and "category": WordPress names a post's own element `tag-police category-news`.
_FURNITURE_NAME = re.compile(
    r"(?:[a-z]+[-_])?(?:nav|navigation|navbar|menu|submenu|footer|sidebar|breadcrumbs?|pagination|pager|paging"
    r"|page-numbers|lang-?switcher|languages?|share|sharing|related|most-?(?:read|viewed|popular)|popular"
    r"|trending|cookies?|skip-?links?|social(?:-?(?:links|media|icons|share))?)(?:[-_][\w-]*)?"
    r"|(?:[a-z]+[-_])?(?:tags|tag-?cloud|tags?-links|cat-links|categories|byline)"
    r"|widget(?:[-_][\w-]*)?",
    re.IGNORECASE,
)
_NEGATED = ("has-", "with-", "no-", "without-", "is-", "js-")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_IN_CONTENT = frozenset({"main", "article", "section", "li", "tr", "dl"})
# A wrapper that is called after its layout ("page sidebar-left") holds most of the page.
_MOST_OF_THE_TEXT = 0.6
_OTHER_FILES = re.compile(
    r"\.(?:jpe?g|png|gif|webp|svg|avif|tiff?|mp[34]|m4[av]|mov|webm|zip|rar|css|js|ics|vcf|rss|atom|xml|json)$",
    re.IGNORECASE,
)
_PAGER_PATH = re.compile(r"/(?:page|p|seite|pagina|pg)[/-]?\d+/?$", re.IGNORECASE)
_LABEL_PATH = re.compile(
    r"/(?:tags?|category|categories|kategorien?|categorie|categorias?|author|auteur|autor|search|label)/[^/]*/?$",
    re.IGNORECASE,
)
_ARCHIVE_PATH = re.compile(r"/(?:19|20)\d\d(?:/(?:0?[1-9]|1[0-2]))?/?$")
_LISTING_PARAMETERS = frozenset({
    "page", "paged", "pg", "p", "offset", "start", "from", "limit", "sort", "order", "orderby", "dir", "year",
    "month", "lang", "locale", "view", "tab", "per_page", "q",
})  # fmt: skip
_SHORT_WORDS = 3
# A page has one header, at most its site's and its section's too; more are those of the list's blocks.
_FEW_HEADERS = 3
_LONGEST_TEXT = 2000


@dataclass(frozen=True, slots=True)
class Link:
    """One anchor: `url` is absolute, `address` the form by which the link is known again."""

    anchor: HtmlElement
    url: str
    address: str
    text: str


def link_address(url: str) -> str | None:
    """Give the form by which a link is known again: its canonical URL without what a new server changes.

    That is the scheme, a "www." and a closing slash. None where the address cannot be fetched.
    """
    canonical = canonical_url(url)
    if canonical is None:
        return None
    return canonical.partition("://")[2].removeprefix("www.").rstrip("/")


def all_links(tree: HtmlElement, url: str) -> Iterator[Link]:
    """List every link of a page to another page, in document order; `url` is where the page came from."""
    base, own = base_of(tree, url), link_address(url)
    for anchor in tree.iter("a", "area"):
        target = web_address(anchor.get("href") or "", base)
        address = link_address(target) if target else None
        if target and address and address != own:
            text = normalise_space(anchor.text_content()[:_LONGEST_TEXT])
            yield Link(anchor, target.partition("#")[0] if "#/" not in target else target, address, text)


def candidate_links(tree: HtmlElement, url: str) -> list[Link]:
    """List the links that may lead to releases, in document order."""
    furniture = _Furniture(tree)
    own_path = urlsplit(url).path.rstrip("/")
    return [
        link
        for link in all_links(tree, url)
        if not _leads_elsewhere(link, own_path) and not furniture.holds(link.anchor)
    ]


def _leads_elsewhere(link: Link, own_path: str) -> bool:
    parts, rel = urlsplit(link.url), (link.anchor.get("rel") or "").lower().split()
    path = parts.path.rstrip("/")
    above = f"{own_path}/".startswith(f"{path}/") and not parts.query
    return (
        above
        or not {"tag", "category", "next", "prev", "author", "search"}.isdisjoint(rel)
        or is_pager_text(link.text)
        or bool(_OTHER_FILES.search(path) or _PAGER_PATH.search(path) or _LABEL_PATH.search(path))
        or (path == own_path and bool(parts.query) and _only_lists(parts.query))
        or (bool(_ARCHIVE_PATH.search(path)) and len(link.text.split()) <= _SHORT_WORDS)
        or _is_translation(link)
    )


def _only_lists(query: str) -> bool:
    names = {name.lower() for name, _ in parse_qsl(query, keep_blank_values=True)}
    return names <= _LISTING_PARAMETERS


def _is_translation(link: Link) -> bool:
    named = is_language_name(link.text)
    return named or (link.anchor.get("hreflang") is not None and len(link.text.split()) <= _SHORT_WORDS)


class _Furniture:
    """What stands around a page's content: told by tags, roles, names, and headings like "Most read"."""

    def __init__(self, tree: HtmlElement) -> None:
        self.known: dict[HtmlElement, bool] = {tree: False}
        self.most = _MOST_OF_THE_TEXT * len(tree.text_content())
        self.few_headers = sum(1 for _ in tree.iter("header")) <= _FEW_HEADERS
        self.beside = {
            box for heading in tree.iter(*_HEADINGS) if (box := self._side_box(heading)) is not None
        }

    def holds(self, element: HtmlElement) -> bool:
        path = []
        while element is not None and element not in self.known:
            path.append(element)
            element = element.getparent()
        inside = self.known[element] if element is not None else False
        for step in reversed(path):
            inside = self.known[step] = inside or self._is(step)
        return inside

    def _is(self, element: HtmlElement) -> bool:
        tag = element.tag
        if tag == "body":
            return False
        if tag in _FURNITURE_TAGS or element in self.beside or element.get("role") in _FURNITURE_ROLES:
            return not self._is_content(element) if tag == "form" else True
        if tag == "header":
            return self.few_headers and not any(
                ancestor.tag in _IN_CONTENT for ancestor in element.iterancestors()
            )
        return _is_named_furniture(element) and not self._is_content(element)

    def _is_content(self, element: HtmlElement) -> bool:
        """Tell what holds the page from what stands beside it (ASP.NET wraps whole pages in a form)."""
        holds_main = next(element.iter("main", "h1"), None) is not None
        return holds_main or len(element.text_content()) > self.most

    def _side_box(self, heading: HtmlElement) -> HtmlElement | None:
        if not is_side_heading(normalise_space(heading.text_content()[:200])):
            return None
        box = heading.getparent()
        if box is not None and next(box.iter("a"), None) is None:
            box = box.getparent()
        return None if box is None or self._is_content(box) else box


def _is_named_furniture(element: HtmlElement) -> bool:
    names = f"{element.get('class') or ''} {element.get('id') or ''}".lower().split()
    return any(_FURNITURE_NAME.fullmatch(name) for name in names if not name.startswith(_NEGATED))
