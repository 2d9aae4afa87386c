"""Where the items of an XML feed begin and end, found in one expat pass and only told where it is certain.

`scan` answers for one purpose: items may be cut out of the document and feedparser still reads each of the
others as it did before. feedparser keeps state from one item to the next wherever mark-up stands inside a
text, a namespace is declared late, or elements that it gives a meaning to are nested; each check below closes
one such road. Whatever is doubtful is no scan at all: the caller then reads the whole document.
"""

import re
from dataclasses import dataclass
from typing import NoReturn
from xml.parsers import expat

from shared.domain.feeds.feed_vocabulary import (
    IN_IMAGE,
    RDF,
    RDF_VERSIONS,
    XHTML,
    Role,
    late_prefixes_are_safe,
    role_of,
)

_SELF_CLOSING = re.compile(rb"""<[^\s>/]+(?:[^>"']|"[^"]*"|'[^']*')*/>""")
_ABOUT = f"{RDF} about"
_INLINE = f"{XHTML} "


@dataclass(frozen=True, slots=True)
class Span:
    """One item: its bytes are `data[start:end]`; `identity` is its guid, else its link, else its title."""

    start: int
    end: int
    identity: str


def scan(data: bytes) -> tuple[Span, ...] | None:
    """Find the items of a well-formed UTF-8 feed in document order; None where cutting them is not safe."""
    reader = _Reader(data)
    try:
        reader.parser.Parse(data, True)
    except (_DoubtError, expat.ExpatError):
        return None
    return (
        tuple(reader.spans) if late_prefixes_are_safe(reader.first_prefixes, reader.late_prefixes) else None
    )


class _DoubtError(Exception):
    """Cutting this document might change how the rest of it is read."""


class _Reader:
    """The state of one pass: depths count open elements, 0 where no such element is open."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.spans: list[Span] = []
        self.first_prefixes: set[tuple[str | None, str]] = set()
        self.late_prefixes: set[tuple[str | None, str]] = set()
        self.depth = self.roots = self.item_depth = self.text_depth = self.image_depth = self.caught_depth = 0
        self.item_start = 0
        self.inline_allowed = self.has_summary = False
        self.roles: dict[str, Role] = {}
        self.found: dict[Role, str] = {}
        self.pieces: list[str] = []
        self.starts = {
            "root": self._start_root,
            "item": self._start_item,
            "guid": self._start_name,
            "link": self._start_link,
            "title": self._start_title,
            "image": self._start_image,
            "content": self._start_content,
            "summary": self._start_summary,
            "text": self._start_text,
            "not_in_item": self._start_not_in_item,
            "doubtful": _doubt,
        }
        self.parser = self._parser()

    def _parser(self) -> expat.XMLParserType:
        parser = expat.ParserCreate("utf-8", " ")
        parser.ordered_attributes = True
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartNamespaceDeclHandler = self._prefix
        parser.StartDoctypeDeclHandler = _doubt
        return parser

    def _prefix(self, prefix: str | None, uri: str) -> None:
        (self.late_prefixes if self.depth else self.first_prefixes).add((prefix, uri or ""))

    def _start(self, name: str, attributes: list[str]) -> None:
        self.depth += 1
        if self.text_depth:
            self._check_inline(name)
            return
        role = self.roles.get(name)
        if role is None:
            role = self.roles[name] = role_of(name)
        if self.depth == 1 and role != "root":
            _doubt()
        if self.image_depth and name.rpartition(" ")[2].lower() not in IN_IMAGE:
            _doubt()
        if role != "other":
            self.starts[role](name, role, attributes)

    def _end(self, name: str) -> None:
        if self.depth == self.caught_depth:
            self._end_name()
        if self.depth == self.text_depth:
            self.text_depth = 0
        elif not self.text_depth:
            self._end_structure(name)
        self.depth -= 1

    def _end_structure(self, name: str) -> None:
        if self.depth == self.item_depth:
            self._end_item()
        elif self.depth == self.image_depth:
            self.image_depth = 0
        elif self.roles.get(name) == "root":
            self.roots -= 1

    def _check_inline(self, name: str) -> None:
        # feedparser calls its end handlers for mark-up inside a text (`</title>`) unless it is XHTML.
        if not (self.inline_allowed and name.startswith(_INLINE)) or name[len(_INLINE) :].lower() == "body":
            _doubt()

    def _start_root(self, name: str, _role: Role, _attributes: list[str]) -> None:
        if self.item_depth or self.roots != self.depth - 1:
            _doubt()
        if self.depth == 1 and not _has_version(name, self.first_prefixes):
            _doubt()
        self.roots += 1

    def _start_item(self, _name: str, _role: Role, attributes: list[str]) -> None:
        if self.item_depth or self.roots != self.depth - 1:
            _doubt()
        self.item_depth, self.item_start = self.depth, self.parser.CurrentByteIndex
        about = _attribute(attributes, _ABOUT)
        self.found = {"guid": about} if about else {}

    def _end_item(self) -> None:
        identity = next((self.found[role] for role in ("guid", "link", "title") if self.found.get(role)), "")
        self.spans.append(Span(self.item_start, self._item_end(), identity))
        self.item_depth = 0

    def _item_end(self) -> int:
        # At `<item/>` expat stands behind the tag, at `</item>` before it.
        position = self.parser.CurrentByteIndex
        closed = _SELF_CLOSING.match(self.data, self.item_start)
        return position if closed and closed.end() == position else self.data.index(b">", position) + 1

    def _start_name(self, _name: str, role: Role, _attributes: list[str]) -> None:
        if self.item_depth and self.depth == self.item_depth + 1 and role not in self.found:
            self.caught_depth, self.pieces = self.depth, []
            self.parser.CharacterDataHandler = self.pieces.append
            self.found[role] = ""

    def _end_name(self) -> None:
        self.parser.CharacterDataHandler = None
        self.caught_depth = 0
        role = next(reversed(self.found))
        self.found[role] = "".join(self.pieces).strip()

    def _start_link(self, name: str, role: Role, attributes: list[str]) -> None:
        if not attributes:
            self._start_name(name, role, attributes)
        elif self.item_depth and _attribute(attributes, "rel") in ("", "alternate"):
            self.found.setdefault(role, _attribute(attributes, "href"))

    def _start_title(self, name: str, role: Role, attributes: list[str]) -> None:
        self._start_name(name, role, attributes)
        self._start_text(name, role, attributes)

    def _start_text(self, _name: str, _role: Role, attributes: list[str]) -> None:
        self.text_depth = self.depth
        kind = _attribute(attributes, "type").lower()
        self.inline_allowed = kind in ("xhtml", "application/xhtml+xml")

    def _start_summary(self, name: str, role: Role, attributes: list[str]) -> None:
        # A second description of the feed counts as content of the first item after it.
        if not self.item_depth:
            if self.has_summary:
                _doubt()
            self.has_summary = name.lower().endswith("summary")
        self._start_text(name, role, attributes)

    def _start_content(self, name: str, role: Role, attributes: list[str]) -> None:
        if not self.item_depth:
            _doubt()
        self._start_text(name, role, attributes)

    def _start_image(self, _name: str, _role: Role, _attributes: list[str]) -> None:
        if self.item_depth:
            self.image_depth = self.depth

    def _start_not_in_item(self, _name: str, _role: Role, _attributes: list[str]) -> None:
        if self.item_depth:
            _doubt()


def _doubt(*_: object) -> NoReturn:
    raise _DoubtError


def _attribute(attributes: list[str], name: str) -> str:
    names = attributes[::2]
    return attributes[2 * names.index(name) + 1] if name in names else ""


def _has_version(root: str, prefixes: set[tuple[str | None, str]]) -> bool:
    # Without a version of its own, a document takes that of a namespace that some item declares.
    local = root.rpartition(" ")[2].lower()
    return local in ("rss", "feed") or (local == "rdf" and not RDF_VERSIONS.isdisjoint(prefixes))
