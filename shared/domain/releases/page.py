"""Reads a release from a web page."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lxml import etree
from lxml.html import HtmlElement
from trafilatura import bare_extraction

from shared.domain.feeds.entry import Media
from shared.domain.feeds.html_tree import decode_page, page_tree
from shared.domain.feeds.plain_text import PlainText, read_html
from shared.domain.language.dates import read_date
from shared.domain.language.language import identify_language
from shared.domain.releases.article import separate
from shared.domain.releases.page_furniture import strip_furniture, take_downloads
from shared.domain.releases.page_head import PageHead, read_head
from shared.domain.releases.published import midnight
from shared.domain.web.challenge import recognise_challenge

# What it discards is judged here, with a reason that names the page; its own log names none.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

# A release's page has some hundreds of elements, a portal's some thousands; trafilatura goes over them often.
MOST_ELEMENTS = 20_000
SHORTEST_TEXT, LONGEST_SHORT_ARTICLE = 40, 1_500
_ALMOST_ALL = 0.9
_AROUND = ("nav", "aside", "footer", "header", "form", "script", "style", "noscript", "template", "iframe")
# trafilatura's elements, in the names that HTML has for them.
_HTML_NAMES = {
    "item": "li",
    "head": "h2",
    "row": "tr",
    "cell": "td",
    "lb": "br",
    "quote": "blockquote",
    "list": "ul",
}


@dataclass(frozen=True, slots=True)
class Page:
    """What a page holds.

    `lines` are the body's paragraphs and list items, without title, date, dateline and captions; `url` is the
    page's own canonical address; `published_claim` the date as written, `published_at` its instant (not
    judged: it may be in the future); `translations` pairs a language code with an address.
    """

    title: str
    lines: tuple[str, ...]
    url: str | None = None
    language: str | None = None
    dateline: str = ""
    publisher: str = ""
    published_claim: str | None = None
    published_at: datetime | None = None
    media: tuple[Media, ...] = ()
    translations: tuple[tuple[str, str], ...] = ()

    @property
    def body(self) -> str:
        """Give the lines as one text."""
        return "\n".join(self.lines)


@dataclass(frozen=True, slots=True)
class PageRefusal:
    """A page that holds no release, and why, in words."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The page says that it is as it was when its text was taken (304)."""


def read_page(html: bytes, url: str, content_type: str | None = None) -> Page | PageRefusal:
    """Read the release that a page holds; `url` is the address that answered, `html` at most 5 MB.

    A bot wall's challenge, a page without text, and bytes that are no HTML are refused, with the reason.
    Never raises on any bytes.
    """
    text = decode_page(html, content_type)
    tree = page_tree(text)
    if tree is None:
        return PageRefusal("the page holds no HTML")
    if sum(1 for _ in tree.iter()) > MOST_ELEMENTS:
        return PageRefusal(f"the page has more than {MOST_ELEMENTS:,} elements")
    head = read_head(tree, url)
    pictures = _pictures(tree, url)
    files = take_downloads(tree, url)
    strip_furniture(tree)
    lines = _without_captions(_lines(tree, head), pictures)
    readable = "\n".join(lines)
    if challenge := recognise_challenge(text, head.title, readable):
        return PageRefusal(challenge)
    if len(readable) < SHORTEST_TEXT:
        return PageRefusal("the page holds no text")
    return _page(head, lines, (*pictures.media, *files))


def _page(head: PageHead, lines: tuple[str, ...], media: tuple[Media, ...]) -> Page | PageRefusal:
    language = identify_language("\n".join(lines), head.language)
    article = separate(lines, head.title, language)
    if not article.lines:
        return PageRefusal("the page holds no text beside its title")
    claim, at = head.published_claim, head.published_at
    for line in (article.date_line, article.dateline):
        if at is None and line and (day := read_date(line, language)):
            claim, at = line, midnight(day)
    return Page(
        title=head.title or article.lines[0],
        lines=article.lines,
        url=head.url,
        language=language,
        dateline=article.dateline,
        publisher=head.publisher,
        published_claim=claim,
        published_at=at,
        media=media,
        translations=head.translations,
    )


def _lines(tree: HtmlElement, head: PageHead) -> tuple[str, ...]:
    extracted = _extracted(tree)
    lines = read_html(extracted).lines if extracted else ()
    if len(lines) < 2 and (own := _article_lines(tree)):
        lines = own
    # A page that a script builds often keeps its text for search engines; trafilatura makes one line of that.
    kept = read_html(head.article_body).lines if len(lines) < 2 else ()
    return kept if sum(map(len, kept)) > sum(map(len, lines)) * _ALMOST_ALL else lines


def _article_lines(tree: HtmlElement) -> tuple[str, ...]:
    """Read a short article as it stands: of one sentence or two, trafilatura makes one line with all around it."""
    heading = next(tree.iter("h1"), None)
    holders = [heading] if heading is None else heading.iterancestors("article", "main", "section", "div")
    article = next((holder for holder in holders if holder is not None and _says_more(holder, heading)), None)
    html = "" if article is None else etree.tostring(article, method="html", encoding="unicode")
    lines = read_html(html).lines
    return lines if sum(map(len, lines)) <= LONGEST_SHORT_ARTICLE else ()


def _says_more(holder: HtmlElement, heading: HtmlElement) -> bool:
    return len(holder.text_content().strip()) > len(heading.text_content().strip()) + SHORTEST_TEXT


def _extracted(tree: HtmlElement) -> str:
    try:
        document: Any = bare_extraction(
            tree, include_comments=False, include_tables=True, with_metadata=False, deduplicate=False
        )
    except (etree.LxmlError, ValueError, TypeError, AttributeError, IndexError, RecursionError):
        return ""  # trafilatura on a tree that no browser would build
    if document is None or document.body is None:
        return ""
    for element in document.body.iter():
        element.tag = _HTML_NAMES.get(element.tag, element.tag)
    return str(etree.tostring(document.body, method="html", encoding="unicode"))


def _pictures(tree: HtmlElement, url: str) -> PlainText:
    """Read the article's figures, wherever its galleries stand; those around it are other texts' pictures."""
    figures = "".join(etree.tostring(figure, method="html", encoding="unicode") for figure in _figures(tree))
    return read_html(figures, url) if figures else PlainText()


def _figures(tree: HtmlElement) -> Iterator[HtmlElement]:
    for figure in tree.iter("figure"):
        if not any(ancestor.tag in _AROUND for ancestor in figure.iterancestors()):
            yield figure


def _without_captions(lines: tuple[str, ...], pictures: PlainText) -> tuple[str, ...]:
    captions = {media.caption for media in pictures.media if media.caption}
    return tuple(line for line in lines if line not in captions)
