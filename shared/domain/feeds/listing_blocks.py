"""The block of a listing that belongs to one link: its title, the date beside it, and its teaser."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from lxml.html import HtmlElement

from shared.domain.feeds.listing_links import Link
from shared.domain.feeds.listing_words import count_words, is_pager_text, is_read_more
from shared.domain.feeds.plain_text import normalise_space
from shared.domain.language.dates import DATE, is_date_line

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_BREAKS = HEADINGS | {
    "p", "div", "li", "ul", "ol", "dl", "dt", "dd", "td", "th", "tr", "table", "tbody", "thead", "caption",
    "figure", "figcaption", "article", "section", "header", "footer", "aside", "main", "address", "blockquote",
    "pre", "hr", "br", "time",
}  # fmt: skip
_UNREAD = frozenset({"script", "style", "noscript", "template", "svg", "button", "select", "iframe"})
_LONGEST_TITLE = 400
_NEAR = 4
_LONGEST_BLOCK = 20_000
_LONGEST_SUMMARY = 4_000
_LETTER = re.compile(r"[^\W\d_]")
_EDGES = " \t\n|·•-–—:,;/"


@dataclass(frozen=True, slots=True)
class Block:
    """What a listing says of one link; `date` is as written, "" where none stands nearby."""

    link: Link
    title: str = ""
    date: str = ""
    summary: str = ""
    headed: bool = False


@dataclass(slots=True)
class _Segment:
    """What stands between two records of one parent: lines, and those of them that are headings."""

    text: str
    elements: list[HtmlElement] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)

    def read(self) -> "_Segment":
        """Read what is nearest to the records at both ends: a whole page may stand between."""
        self._add(self.text)
        near = self.elements[:_NEAR] + self.elements[max(_NEAR, len(self.elements) - _NEAR) :]
        for element in near:
            self.lines += _lines(element)
            self.headings += [normalise_space(h.text_content()) for h in element.iter(*HEADINGS)]
            self._add(element.tail or "")
        return self

    def _add(self, text: str) -> None:
        self.lines += [line] if (line := normalise_space(text[:_LONGEST_BLOCK])) else []

    @property
    def date(self) -> str:
        return _first_date(" ".join(self.lines))


@dataclass(slots=True)
class _Record:
    """The largest element around a link that holds no other chosen one, and what stands beside it."""

    links: list[Link]
    element: HtmlElement
    heading: str = ""
    after: list[str] = field(default_factory=list)
    date: str = ""


def read_blocks(links: Sequence[Link]) -> tuple[Block, ...]:
    """Read the blocks of the chosen links, one for each address, in document order.

    The links bound each other: a block ends where the next chosen link's begins.
    """
    records = _records(links)
    said = Counter(text for record in records for text in {link.text.casefold() for link in record.links})
    for siblings in _by_parent(records):
        _read_beside(siblings)
    return tuple(_block(record, said) for record in records)


def _records(links: Sequence[Link]) -> list[_Record]:
    by_address: dict[str, list[Link]] = {}
    for link in links:
        by_address.setdefault(link.address, []).append(link)
    holds: dict[HtmlElement, str] = {}
    for link in links:
        element = link.anchor
        while element is not None:
            if holds.setdefault(element, link.address) != link.address:
                holds[element] = ""
            element = element.getparent()
    return [_Record(own, _highest(own[0].anchor, holds)) for own in by_address.values()]


def _highest(anchor: HtmlElement, holds: dict[HtmlElement, str]) -> HtmlElement:
    element = anchor
    while (parent := element.getparent()) is not None and parent.tag != "body" and holds.get(parent):
        element = parent
    return element


def _by_parent(records: Sequence[_Record]) -> Iterable[list[_Record]]:
    parents: dict[HtmlElement, list[_Record]] = {}
    for record in records:
        if (parent := record.element.getparent()) is not None:
            parents.setdefault(parent, []).append(record)
    return parents.values()


def _read_beside(siblings: Sequence[_Record]) -> None:
    """Date records from what stands before or after them, as the first of their parent has it.

    In a definition list or a run of headings the date is no part of a record; one that stands before several
    holds for each of them.
    """
    parent = siblings[0].element.getparent()
    own = {record.element: record for record in siblings}
    segments, order = [_Segment(parent.text or "")], []
    for child in parent:
        if child in own:
            order.append(own[child])
            segments.append(_Segment(child.tail or ""))
        else:
            segments[-1].elements.append(child)
    _share_out(order, [segment.read() for segment in segments])


def _share_out(order: Sequence[_Record], segments: Sequence[_Segment]) -> None:
    dated_before, date = bool(segments[0].date), ""
    for record, before, after in zip(order, segments, segments[1:], strict=False):
        date = before.date or date
        record.date = date if dated_before else after.date
        record.heading = before.headings[-1] if before.headings else ""
        record.after = list(_until_the_next(after, dated_before=dated_before))


def _until_the_next(segment: _Segment, *, dated_before: bool) -> Iterator[str]:
    """Give the lines after a record that are still its own."""
    for line in segment.lines:
        if line in segment.headings or (dated_before and is_date_line(line)):
            return
        yield line


def _block(record: _Record, said: Counter[str]) -> Block:
    titles = [_anchor_title(link) for link in record.links]
    telling = [title for title in titles if title and said[title.casefold()] < 2 and not is_read_more(title)]
    lines = list(_lines(record.element))
    heading = _heading_of(record.element)
    title = max(telling, key=len, default="") or heading or _described(record) or record.heading
    date = _own_date(record.element, title) or record.date
    kept = _teaser([*lines, *record.after], title, date)
    title = title or (kept.pop(0) if kept else "")
    headed = bool(heading) or any(a.tag in HEADINGS for a in record.links[0].anchor.iterancestors())
    summary = "\n\n".join(kept)[:_LONGEST_SUMMARY]
    return Block(record.links[0], title[:_LONGEST_TITLE], date, summary, headed)


def _anchor_title(link: Link) -> str:
    """Take a card's heading, else the first line of its text that is no date."""
    if heading := _heading_of(link.anchor):
        return heading
    lines = [line for line in _lines(link.anchor) if not is_date_line(line)]
    return max(lines, key=lambda line: (count_words(line) >= 3, -lines.index(line)), default="")


def _heading_of(element: HtmlElement) -> str:
    heading = element if element.tag in HEADINGS else next(element.iter(*HEADINGS), None)
    return normalise_space(heading.text_content()) if heading is not None else ""


def _described(record: _Record) -> str:
    """Take what is written for those who do not see the link: its title, its label, its picture's text."""
    for link in record.links:
        pictures = [image.get("alt") for image in link.anchor.iter("img")]
        for said in (link.anchor.get("title"), link.anchor.get("aria-label"), *pictures):
            text = normalise_space(said or "")
            if text and not is_read_more(text):
                return text
    return ""


def _own_date(element: HtmlElement, title: str) -> str:
    for time in element.iter("time"):
        if written := normalise_space(time.get("datetime") or ""):
            return written
    text = " ".join(_lines(element))
    return _first_date(text.replace(title, " ", 1)) if title else _first_date(text)


def _first_date(text: str) -> str:
    found = DATE.search(normalise_space(text[:_LONGEST_BLOCK]))
    return found[0].strip() if found else ""


def _teaser(lines: Iterable[str], title: str, date: str) -> list[str]:
    """Keep the lines that are neither the title nor the date nor a link that leads on."""
    kept: dict[str, None] = {}
    for line in lines:
        text = line.replace(title, " ", 1) if title else line
        text = text.replace(date, " ", 1) if date and count_words(text.replace(date, "")) < 4 else text
        text = normalise_space(text).strip(_EDGES)
        if _LETTER.search(text) and not (is_date_line(text) or is_read_more(text) or is_pager_text(text)):
            kept[text] = None
    return list(kept)


def _lines(element: HtmlElement) -> Iterator[str]:
    text = "".join(_pieces(element))[:_LONGEST_BLOCK]
    return (line for raw in text.split("\n") if (line := normalise_space(raw)))


def _pieces(element: HtmlElement) -> Iterator[str]:
    if not isinstance(element.tag, str) or element.tag in _UNREAD:
        return
    edge = "\n" if element.tag in _BREAKS else ""
    yield edge
    # A source's own line ends are spaces.
    yield (element.text or "").replace("\n", " ").replace("\r", " ")
    for child in element:
        yield from _pieces(child)
        yield (child.tail or "").replace("\n", " ").replace("\r", " ")
    yield edge
