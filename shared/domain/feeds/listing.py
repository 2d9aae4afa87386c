"""A press office's page without a feed, read as one: the links of its list, by themselves or by a selector."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from cssselect import SelectorError
from lxml import etree
from lxml.cssselect import CSSSelector
from lxml.html import HtmlElement

from shared.domain.feeds.html_tree import decode_page, page_tree
from shared.domain.feeds.listing_blocks import HEADINGS, Block, read_blocks
from shared.domain.feeds.listing_choice import choose_links, url_shape
from shared.domain.feeds.listing_links import Link, all_links, candidate_links
from shared.domain.feeds.plain_text import normalise_space
from shared.errors import RefusedError

_MOST_ELEMENTS = 100_000
MOST_LINKS = 3_000


@dataclass(frozen=True, slots=True)
class ListingRule:
    """How the list of a page is found: by itself (`auto`), or by what a CSS selector or an XPath selects."""

    kind: Literal["auto", "css", "xpath"] = "auto"
    expression: str = ""

    def __str__(self) -> str:
        """Write the rule in one line, as the database and OPML keep it."""
        return f"{self.kind}: {self.expression}" if self.expression else self.kind


@dataclass(frozen=True, slots=True)
class Listing:
    """What a page lists, in its order; `layout` and `shape` say how the links look ("" with a selector)."""

    blocks: tuple[Block, ...]
    title: str = ""
    language: str | None = None
    layout: str = ""
    layouts: frozenset[str] = frozenset()
    shape: str = ""


@dataclass(frozen=True, slots=True)
class NoListing:
    """A page without a list that could be read, and why, in words; `is_page` tells that it is HTML at all."""

    reason: str
    is_page: bool = True


def rule_from_text(written: str) -> ListingRule | None:
    """Read a rule as `str` wrote it; None for "" (no page). Raises RefusedError where it cannot be obeyed."""
    kind, _, expression = (part.strip() for part in written.partition(":"))
    if not written:
        return None
    if kind == "auto" and not expression:
        return ListingRule()
    if kind == "css" and expression:
        return css_rule(expression)
    if kind == "xpath" and expression:
        return xpath_rule(expression)
    raise RefusedError(
        written, "is no way to read a page; there are auto, css: SELECTOR and xpath: EXPRESSION"
    )


def css_rule(selector: str) -> ListingRule:
    """Check a CSS selector; raises RefusedError where it is none."""
    try:
        CSSSelector(selector, translator="html")
    except SelectorError as error:
        raise RefusedError(selector, f"is no CSS selector: {error}") from error
    return ListingRule("css", selector)


def xpath_rule(expression: str) -> ListingRule:
    """Check an XPath 1.0 expression; raises RefusedError where it is none."""
    try:
        etree.XPath(expression)
    except etree.XPathError as error:
        raise RefusedError(expression, f"is no XPath expression: {error}") from error
    return ListingRule("xpath", expression)


def read_listing(
    html: bytes,
    url: str,
    content_type: str | None,
    rule: ListingRule,
    known: Callable[[str], bool] = lambda _: False,
) -> Listing | NoListing:
    """Find the list of a page; `url` is the address that answered.

    `known` tells which addresses (`listing_links.link_address`) the page has listed before. Never raises on any
    bytes.
    """
    tree = page_tree(decode_page(html, content_type))
    if tree is None:
        return NoListing("there is no HTML in it", is_page=False)
    if sum(1 for _ in tree.iter()) > _MOST_ELEMENTS:
        return NoListing(f"the page has more than {_MOST_ELEMENTS:,} elements and is not read")
    title, language = _title(tree), tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang")
    if rule.kind == "auto":
        return _found(tree, url, known, title, language)
    selected = _selected(tree, rule)
    if isinstance(selected, NoListing):
        return selected
    links = _links_in(selected, list(all_links(tree, url)))
    if not links:
        return NoListing(f"{rule} selects {len(selected)} elements and no link among them")
    return Listing(read_blocks(links), title, language)


def _found(
    tree: HtmlElement, url: str, known: Callable[[str], bool], title: str, language: str | None
) -> Listing | NoListing:
    links = candidate_links(tree, url)
    if len(links) > MOST_LINKS:
        return NoListing(f"the page has {len(links):,} links, more than {MOST_LINKS:,}; name them with --css")
    choice = choose_links(links, url_shape(url).partition("/")[0], known)
    if choice is None:
        return NoListing(
            "no links on it look like a list of releases; a script may build it, or name them with --css"
        )
    return Listing(choice.blocks, title, language, choice.layout, choice.layouts, choice.shape)


def _selected(tree: HtmlElement, rule: ListingRule) -> list[HtmlElement] | NoListing:
    find: Any = (
        CSSSelector(rule.expression, translator="html")
        if rule.kind == "css"
        else etree.XPath(rule.expression)
    )
    try:
        selected = find(tree)
    except etree.XPathError as error:
        return NoListing(f"{rule} cannot be evaluated: {error}")
    if not isinstance(selected, list) or not all(isinstance(one, HtmlElement) for one in selected):
        return NoListing(
            f"{rule} selects text or numbers; let it select the links, or the blocks around them"
        )
    return selected or NoListing(f"{rule} selects nothing on this page")


def _links_in(selected: Sequence[HtmlElement], links: Sequence[Link]) -> list[Link]:
    """Give the links that were selected, and of a selected block the one in its heading, else its first."""
    by_anchor = {link.anchor: link for link in links}
    taken: list[Link] = []
    for element in selected:
        inside = [by_anchor[anchor] for anchor in element.iter("a", "area") if anchor in by_anchor]
        headed = [link for link in inside if any(a.tag in HEADINGS for a in link.anchor.iterancestors())]
        first = (headed or [link for link in inside if link.text] or inside)[:1]
        taken += first
    return taken[:MOST_LINKS]


def _title(tree: HtmlElement) -> str:
    metas = (meta.get("content") for meta in tree.iter("meta") if meta.get("property") == "og:site_name")
    return normalise_space(next(filter(None, metas), "") or tree.findtext(".//title") or "")
