"""Reads the plain text of a piece of HTML: one line a paragraph or list item, captions apart as media."""

import html as entities
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urljoin

import nh3

from shared.domain.feeds.entry import Media

MAX_HTML_CHARACTERS = 1_000_000
# html5ever's work grows with the square of the open elements: 20,000 nested <div> cost it a second.
MAX_OPEN_ELEMENTS = 300
MAX_TAGS = 10_000

_UNREAD = {
    "script", "style", "noscript", "template", "iframe", "object", "svg", "math", "head",
    "title", "textarea", "select", "button", "nav", "canvas", "audio", "video",
}  # fmt: skip
_CELLS = {"td", "th"}
_BLOCKS = {
    "p", "div", "li", "ul", "ol", "dl", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre",
    "table", "thead", "tbody", "tfoot", "tr", "caption", "figure", "figcaption", "article", "section",
    "header", "footer", "aside", "main", "address", "hr", "center", "details", "summary", "form", "fieldset",
}  # fmt: skip
# These end by themselves when the next one starts: leaving them open is no nesting.
_SELF_CLOSING = {
    "p", "li", "dt", "dd", "tr", "td", "th", "br", "img", "hr", "input", "meta", "link", "source", "wbr",
    "col", "option", "thead", "tbody", "embed", "area", "base", "track", "param",
}  # fmt: skip

_CLEANER = nh3.Cleaner(
    tags=_BLOCKS | _CELLS | {"br", "img"},
    clean_content_tags=_UNREAD,
    attributes={"*": {"class"}, "img": {"src", "data-src", "data-lazy-src", "alt", "width", "height"}},
    link_rel=None,
)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)([^<>]*)>")
_MARKUP = re.compile(r"</?[a-zA-Z!][^<>]*>")
_TWICE_ESCAPED = re.compile(r"&lt;/?(?:p|div|br|a|ul|li|strong|b|em|i|span|img|h\d)\b")
_ATTRIBUTE = re.compile(r'([a-z-]+)="([^"]*)"')
_CAPTION_CLASS = re.compile(r"(?:^|[\s_-])(?:caption|caption-text|legende?)(?:$|\s)", re.IGNORECASE)
_SURROGATES = re.compile("[\ud800-\udfff]")
_BULLET = re.compile(r"^(?:[•·▪▫◦●○■□‣⁃*]|[-–—](?=\s))\s*")
_LINE_OF_BULLET = re.compile(r"\n(?=\s*[•·▪●■‣]\s*\S)")
_ENDS_A_SENTENCE = re.compile(r"[.!?:;…。！？؟»”\"]\s*$")
_PAGER = re.compile(r"\d{1,3}(?:\s?(?:/|of|de|sur|von|di|из)\s?\d{1,3})?")
_LONG_ENOUGH_TO_BE_A_PARAGRAPH = 20


@dataclass(frozen=True, slots=True)
class PlainText:
    """`lines` are paragraphs and list items in order, `media` the pictures with their captions, each once.

    `cut` says that the HTML was longer than `MAX_HTML_CHARACTERS` and only its beginning was read.
    """

    lines: tuple[str, ...] = ()
    media: tuple[Media, ...] = ()
    cut: bool = False

    @property
    def text(self) -> str:
        """Give the lines as one text."""
        return "\n".join(self.lines)


def read_html(html: str, base_url: str | None = None) -> PlainText:
    """Read the text of an HTML fragment, or of plain text, in time that grows with its length only.

    Scripts, styles, forms and navigation are left out, entities decoded, white space normalised, bullets
    and pager crumbs taken off; a paragraph that is repeated stands once. The addresses of pictures are
    resolved against `base_url`. Never raises on any text.
    """
    cut = len(html) > MAX_HTML_CHARACTERS
    html = _SURROGATES.sub("", html[:MAX_HTML_CHARACTERS])
    if not _MARKUP.search(html):
        # Some feeds escape their HTML twice; what is left then is mark-up written in entities.
        if not _TWICE_ESCAPED.search(html):
            return _read_plain(entities.unescape(html), cut=cut)
        html = entities.unescape(html)
    reader = _Reader(base_url, breaks_are_paragraphs=not re.search(r"<(?:p|div|li)\b", html, re.IGNORECASE))
    if _is_deep(html):
        reader.read(_without_comments(html), trusted=False)
    else:
        reader.read(_CLEANER.clean(html), trusted=True)
    media = _each_once(reader.media)
    captions = {_fold(caption) for caption in reader.captions}
    return PlainText(tidy_lines(line for line in reader.lines if _fold(line) not in captions), media, cut)


def tidy_lines(lines: Iterable[str]) -> tuple[str, ...]:
    """Normalise the white space of each line; leave out crumbs, bullets and repeated paragraphs."""
    kept: list[str] = []
    seen: set[str] = set()
    for raw in lines:
        line = _BULLET.sub("", normalise_space(raw))
        if not line or is_crumb(line):
            continue
        # "Yes." may be said twice in an interview; a whole paragraph is a gallery or a copy.
        if line in seen and (len(line) >= _LONG_ENOUGH_TO_BE_A_PARAGRAPH or line == kept[-1]):
            continue
        seen.add(line)
        kept.append(line)
    return tuple(kept)


def normalise_space(text: str) -> str:
    """Make every run of white space one space, and drop characters that are neither seen nor read."""
    if not text.isprintable():
        text = "".join(map(_visible, text))
    return " ".join(text.split())


def is_crumb(line: str) -> bool:
    """Tell whether a line is what a pager, a rule or an end mark left behind: "/", "1", "‹ ›", "# # #"."""
    if any(character.isalpha() for character in line):
        return bool(_PAGER.fullmatch(line))
    if any(character.isdigit() for character in line):
        return bool(_PAGER.fullmatch(line.strip(" ‹›«»<>[]()|·…-")))
    return True


@dataclass(slots=True)
class _Reader:
    """Walks over tags and text once, from left to right."""

    base_url: str | None
    breaks_are_paragraphs: bool
    lines: list[str] = field(default_factory=list)
    media: list[Media] = field(default_factory=list)
    captions: list[str] = field(default_factory=list)
    buffer: list[str] = field(default_factory=list)
    caption_tag: str = ""
    caption_depth: int = 0
    unread_tag: str = ""

    def read(self, html: str, *, trusted: bool) -> None:
        position = 0
        for tag in _TAG.finditer(html):
            self._text(html[position : tag.start()])
            position = tag.end()
            name = tag[2].lower()
            if not trusted and self._skips(name, closes=bool(tag[1])):
                continue
            self._tag(name, tag[3] if trusted else "", closes=bool(tag[1]))
        self._text(html[position:])
        self._end_line()

    def _skips(self, name: str, *, closes: bool) -> bool:
        if self.unread_tag:
            if closes and name == self.unread_tag:
                self.unread_tag = ""
            return True
        if name in _UNREAD and not closes:
            self.unread_tag = name
        return name in _UNREAD

    def _text(self, text: str) -> None:
        if text and not self.unread_tag:
            self.buffer.append(entities.unescape(text).replace("\n", " "))

    def _tag(self, name: str, attributes: str, *, closes: bool) -> None:
        if self.caption_tag:
            self._inside_caption(name, closes=closes)
        elif name == "br":
            self.buffer.append("\n\n" if self.breaks_are_paragraphs else "\n")
        elif name == "img":
            self._picture(dict(_ATTRIBUTE.findall(attributes)))
        elif name in _CELLS:
            self.buffer.append(" | " if closes else " ")
        elif name in _BLOCKS:
            self._end_line()
            if not closes and (name == "figcaption" or _is_caption(attributes)):
                self.caption_tag, self.caption_depth = name, 1

    def _inside_caption(self, name: str, *, closes: bool) -> None:
        if name == self.caption_tag:
            self.caption_depth += -1 if closes else 1
        self.buffer.append(" ")
        if self.caption_depth == 0:
            self.caption_tag = ""
            self._end_caption()

    def _end_caption(self) -> None:
        caption = normalise_space("".join(self.buffer))
        self.buffer.clear()
        if not caption:
            return
        self.captions.append(caption)
        if self.media:
            last = self.media[-1]
            self.media[-1] = Media(last.url, last.kind, caption)
        else:
            self.media.append(Media("", "image", caption))

    def _picture(self, attributes: dict[str, str]) -> None:
        sides = {attributes.get("width", ""), attributes.get("height", "")}
        if sides & {"0", "1", "2"} or "smiley" in attributes.get("class", ""):
            return  # a counting pixel or an emoji, no picture
        # A picture that loads late has its address beside `src`.
        named = (attributes.get(name, "") for name in ("data-src", "data-lazy-src", "src"))
        source = next((_resolve(self.base_url, name) for name in map(entities.unescape, named) if name), "")
        if source.startswith(("https:", "http:")) or (source and not self.base_url):
            alt = normalise_space(entities.unescape(attributes.get("alt", "")))
            self.media.append(Media(source, "image", alt))

    def _end_line(self) -> None:
        text = "".join(self.buffer).strip().removesuffix("|")
        self.buffer.clear()
        for part in re.split(r"\n\s*\n", text):
            self.lines.extend(_LINE_OF_BULLET.split(part))


def _is_caption(attributes: str) -> bool:
    return 'class="' in attributes and bool(
        _CAPTION_CLASS.search(dict(_ATTRIBUTE.findall(attributes)).get("class", ""))
    )


def _is_deep(html: str) -> bool:
    """Tell whether a tree of this HTML would be deep, or so large that its depth cannot be trusted."""
    tags = html.count("<")
    if tags < MAX_OPEN_ELEMENTS:
        return False
    if tags > MAX_TAGS:
        return True
    opened: Counter[str] = Counter()
    for tag in _TAG.finditer(html):
        name = tag[2].lower()
        if name in _SELF_CLOSING or (tag[1] and not opened[name]):
            continue
        opened[name] += -1 if tag[1] else 1
        if opened.total() > MAX_OPEN_ELEMENTS:
            return True
    return False


def _without_comments(html: str) -> str:
    pieces: list[str] = []
    position = 0
    while (start := html.find("<!--", position)) >= 0:
        pieces.append(html[position:start])
        end = html.find("-->", start + 4)
        if end < 0:  # never closed: a browser reads no further either
            return "".join(pieces)
        position = end + 3
    return "".join([*pieces, html[position:]])


def _read_plain(text: str, *, cut: bool) -> PlainText:
    """Read text without mark-up, as a person may have copied it from a page, gallery and all."""
    blocks = re.split(r"\n\s*\n", text.replace("\r\n", "\n").replace("\r", "\n"))
    captions = [caption for block in blocks for caption in _gallery(block)]
    kept = [block for block in blocks if not _gallery(block)]
    media = _each_once([Media("", "image", caption) for caption in captions])
    return PlainText(tidy_lines(_plain_paragraphs(kept)), media, cut)


def _gallery(block: str) -> tuple[str, ...]:
    """Give the captions of a block that is a gallery: each line stands twice running, and a pager may follow."""
    lines = [line for raw in block.split("\n") if (line := normalise_space(raw))]
    told = [line for line in lines if not is_crumb(line)]
    in_pairs = bool(told) and told[::2] == told[1::2]
    return tuple(told[::2]) if in_pairs and (len(told) > 2 or len(lines) > len(told)) else ()


def _plain_paragraphs(blocks: Iterable[str]) -> Iterable[str]:
    """Split blocks without mark-up: each is a paragraph, but lines that end a sentence are (others are wrapped)."""
    for block in blocks:
        joined: list[str] = []
        for line in block.split("\n"):
            if joined and (_ENDS_A_SENTENCE.search(joined[-1]) or _BULLET.match(line.lstrip())):
                yield " ".join(joined)
                joined = []
            joined.append(line)
        yield " ".join(joined)


def _each_once(media: list[Media]) -> tuple[Media, ...]:
    by_url: dict[str, Media] = {}
    for item in media:
        key = item.url or item.caption
        known = by_url.get(key)
        if known is None or (item.caption and not known.caption):
            by_url[key] = item
    return tuple(by_url.values())


def _resolve(base_url: str | None, address: str) -> str:
    try:
        return urljoin(base_url or "", address.strip())
    except ValueError:  # a bracket where no IPv6 address is
        return address


def _visible(character: str) -> str:
    # Zero-width joiners carry meaning in Persian and Indic words; soft hyphens and marks of order do not.
    if character in "\u200c\u200d" or character.isprintable():
        return character
    return "" if unicodedata.category(character) == "Cf" else " "


def _fold(text: str) -> str:
    return normalise_space(text).casefold()
