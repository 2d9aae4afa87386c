"""Which links of a page are its list: those that look alike, with dates and headings, in repeated blocks."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import log2
from urllib.parse import parse_qsl, urlsplit

from lxml.html import HtmlElement

from shared.domain.feeds.listing_blocks import Block, read_blocks
from shared.domain.feeds.listing_links import Link
from shared.domain.feeds.listing_words import count_words

_TITLE_WORDS = 6
_LEAST_LINKS, _LEAST_DATED = 3, 2
_LEAST_QUALITY = 0.4
_MOSTLY = 0.6
_MOST_COUNTED = 40
_MOST_GROUPS = 40
_LONG_SEGMENT = 20


@dataclass(frozen=True, slots=True)
class Choice:
    """The links that were chosen, as blocks in document order, and how they look.

    `layout` is the way of tags down to the best group's links, `layouts` that of every chosen one; `shape` is
    what the addresses of the best have in common.
    """

    blocks: tuple[Block, ...]
    layout: str
    layouts: frozenset[str]
    shape: str


@dataclass(frozen=True, slots=True)
class _Group:
    """Links with the same way of tags down to them and addresses of the same shape."""

    links: tuple[Link, ...]
    blocks: tuple[Block, ...]
    tags: str
    shape: str

    @property
    def quality(self) -> float:
        """Tell how much the titles say, from 0 to 1."""
        words = (min(count_words(block.title) / _TITLE_WORDS, 1.0) for block in self.blocks)
        return sum(words) / len(self.blocks)

    @property
    def dated(self) -> float:
        return sum(bool(block.date) for block in self.blocks) / len(self.blocks)

    @property
    def headed(self) -> float:
        return sum(block.headed for block in self.blocks) / len(self.blocks)


def choose_links(links: Sequence[Link], page_host: str, known: Callable[[str], bool]) -> Choice | None:
    """Choose the links that are a page's list; None where none of them look like one.

    `known` tells the addresses that the list has shown before: what holds them is the list, however it looks.
    """
    # Labels beside the titles differ from them by their folder alone; so do, in another list, all its links.
    groups = list(_groups(links, literal=True)) or list(_groups(links, literal=False))
    best = max(groups, key=lambda group: _score(group, page_host, known), default=None)
    if best is None:
        return None
    chosen = [*best.links, *_kin(best, links)]
    position = {link.anchor: number for number, link in enumerate(links)}
    chosen.sort(key=lambda link: position[link.anchor])
    blocks = _without_strangers(read_blocks(_with_all_anchors(chosen, links)), best)
    kept = {block.link.address for block in blocks}
    layouts = frozenset(_layout(link) for link in chosen if link.address in kept)
    return Choice(blocks, _layout(best.links[0]), layouts, best.shape)


def url_shape(url: str) -> str:
    """Give what addresses of one kind share: host and folders, with `N` for numbers and `S` for names."""
    return _shape(url, literal=True)


def _groups(links: Sequence[Link], *, literal: bool) -> Iterator[_Group]:
    by_look: dict[tuple[str, str], list[Link]] = {}
    for link in links:
        by_look.setdefault((_tags(link.anchor), _shape(link.url, literal=literal)), []).append(link)
    largest = sorted(by_look.items(), key=lambda look: -len(look[1]))[:_MOST_GROUPS]
    for (tags, _), alike in largest:
        if len({link.address for link in alike}) >= _LEAST_DATED:
            shape = Counter(url_shape(link.url) for link in alike).most_common(1)[0][0]
            group = _Group(tuple(alike), read_blocks(alike), tags, shape)
            if _may_be_a_list(group):
                yield group


def _may_be_a_list(group: _Group) -> bool:
    if group.dated >= _MOSTLY:
        return group.quality > 0
    return len(group.blocks) >= _LEAST_LINKS and group.quality >= _LEAST_QUALITY


def _score(group: _Group, page_host: str, known: Callable[[str], bool]) -> float:
    size = log2(1 + min(len(group.blocks), _MOST_COUNTED))
    look = (0.2 + group.quality) * (1 + 1.5 * group.dated + 0.5 * group.headed)
    own = 1.0 if group.shape.partition("/")[0] == page_host else 0.5
    before = sum(known(block.link.address) for block in group.blocks) / len(group.blocks)
    return size * look * own * (1 + 3 * before)


def _kin(best: _Group, links: Sequence[Link]) -> Iterator[Link]:
    """Find what belongs to the list and looks a little different: pinned, first, with another address."""
    addresses, depth = {link.address for link in best.links}, _record_depth(best)
    boxes = {_above(link.anchor, depth) for link in best.links}
    parents = {box.getparent() for box in boxes if box is not None}
    for link in links:
        if link.address in addresses:
            continue
        box = _above(link.anchor, depth) if _tags(link.anchor) == best.tags else None
        beside = box is not None and box not in boxes and box.getparent() in parents
        if beside or url_shape(link.url) == best.shape:
            yield link


def _above(anchor: HtmlElement, steps: int) -> HtmlElement | None:
    element = anchor
    for _ in range(steps):
        if element is not None:
            element = element.getparent()
    return element


def _record_depth(group: _Group) -> int:
    """Count the steps from an anchor up to the largest element without another of the group's links."""
    within = Counter(ancestor for link in group.links for ancestor in link.anchor.iterancestors())
    depths = Counter(
        next((n for n, ancestor in enumerate(link.anchor.iterancestors()) if within[ancestor] > 1), 0)
        for link in group.links
    )
    return depths.most_common(1)[0][0]


def _with_all_anchors(chosen: Sequence[Link], links: Sequence[Link]) -> list[Link]:
    """Add the other anchors to the same pages: a picture's, a heading's, "read more"."""
    addresses = {link.address for link in chosen}
    return [link for link in links if link.address in addresses]


def _without_strangers(blocks: Sequence[Block], best: _Group) -> tuple[Block, ...]:
    """Leave out what has neither a date nor a heading where the list has dates: "most read", "more on this"."""
    own = {link.address for link in best.links}
    dated = best.dated >= _MOSTLY
    return tuple(
        block
        for block in blocks
        if block.title
        and (
            block.link.address in own
            or (count_words(block.title) >= 2 and (not dated or block.date or block.headed))
        )
    )


def _tags(anchor: HtmlElement) -> str:
    path = [anchor.tag, *(a.tag for a in anchor.iterancestors() if a.tag not in ("html", "body"))]
    return "/".join(reversed(path))


def _layout(link: Link) -> str:
    """Give the last tags down to a link, as a person would say them."""
    return " > ".join(_tags(link.anchor).split("/")[-5:])


def _shape(url: str, *, literal: bool) -> str:
    parts = urlsplit(url)
    segments = [segment for segment in parts.path.split("/") if segment]
    kinds = [
        _kind(segment, literal and number < len(segments) - 1) for number, segment in enumerate(segments)
    ]
    query = "&".join(
        sorted(f"{name}={_kind(value, literal=False)}" for name, value in parse_qsl(parts.query))
    )
    host = (parts.hostname or "").removeprefix("www.")
    return "/".join([host, *kinds]) + (f"?{query}" if query else "")


def _kind(segment: str, literal: bool) -> str:
    stem, dot, suffix = segment.rpartition(".")
    name = stem if dot and len(suffix) <= 5 and suffix.isalpha() else segment
    if name.isdigit():
        return "N"
    telling = len(name) > _LONG_SEGMENT or len(re.findall(r"[-_]|%[0-9a-f]{2}", name, re.IGNORECASE)) > 1
    return name.lower() if literal and not telling and not any(map(str.isdigit, name)) else "S"
