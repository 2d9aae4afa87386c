"""Plain tables that fit the terminal: ids, numbers and instants stay whole, texts are cut to the room left."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from rich.cells import cell_len, set_cell_size

_GAP = 2
_LEAST_TEXT = 10
# What a feed wrote must not move the cursor, colour the screen or turn the line around.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")

_SCHEME = re.compile(r"^https?://")


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of a table: whether its values may be cut, and whether they stand at the right."""

    name: str
    may_be_cut: bool = True
    to_the_right: bool = False


def lay_out(headings: Sequence[Heading], rows: Sequence[Sequence[str]], width: int) -> str:
    """Lay rows out as a table of at most `width` cells, or one under another where that has no room."""
    cleaned = [[printable(value) for value in row] for row in rows]
    widths = _widths(headings, cleaned, width)
    if widths is None:
        return _records(headings, cleaned, width)
    lines = chain([[heading.name for heading in headings]], cleaned)
    return "\n".join(_line(headings, line, widths) for line in lines)


def printable(text: str) -> str:
    """Write a text on one line, without anything that would steer a terminal."""
    return _CONTROLS.sub(" ", text)


def _line(headings: Sequence[Heading], cells: Sequence[str], widths: Sequence[int]) -> str:
    shown = (_cell(*one) for one in zip(headings, cells, widths, strict=True))
    return (" " * _GAP).join(shown).rstrip()


def _cell(heading: Heading, text: str, width: int) -> str:
    missing = width - cell_len(text)
    if missing < 0:
        return _cut(text, width)
    return " " * missing + text if heading.to_the_right else text + " " * missing


def _cut(text: str, width: int) -> str:
    """Cut at the end; an address in the middle, for several of one host differ at their ends."""
    bare = _SCHEME.sub("", text)
    if bare == text:
        return set_cell_size(text, width - 1) + "…"
    room = (width - 1) // 2
    end = bare[-room:]
    while cell_len(end) > room:
        end = end[1:]
    cut = set_cell_size(bare, width - 1 - cell_len(end)) + "…" + end
    return set_cell_size(bare if cell_len(bare) <= width else cut, width)


def _widths(headings: Sequence[Heading], rows: Sequence[Sequence[str]], width: int) -> list[int] | None:
    wanted = [
        max(cell_len(heading.name), *(cell_len(row[n]) for row in rows)) if rows else cell_len(heading.name)
        for n, heading in enumerate(headings)
    ]
    least = [
        min(want, max(_LEAST_TEXT, cell_len(heading.name))) if heading.may_be_cut else want
        for heading, want in zip(headings, wanted, strict=True)
    ]
    room = width - _GAP * (len(headings) - 1)
    return _shared_out(wanted, least, room) if sum(least) <= room else None


def _shared_out(wanted: Sequence[int], least: Sequence[int], room: int) -> list[int]:
    """Give the room that is left to the narrowest first, until each has what it wants."""
    given = list(least)
    left = room - sum(given)
    while left > 0:
        short = [n for n, want in enumerate(wanted) if given[n] < want]
        if not short:
            break
        given[min(short, key=given.__getitem__)] += 1
        left -= 1
    return given


def _records(headings: Sequence[Heading], rows: Sequence[Sequence[str]], width: int) -> str:
    margin = max(cell_len(heading.name) for heading in headings) + _GAP
    records = (_record(headings, row, margin, width) for row in rows)
    return "\n\n".join(records) if rows else "  ".join(heading.name for heading in headings)


def _record(headings: Sequence[Heading], row: Sequence[str], margin: int, width: int) -> str:
    return "\n".join(
        field(heading.name, text, margin, width) for heading, text in zip(headings, row, strict=True) if text
    )


def field(name: str, text: str, margin: int, width: int) -> str:
    """Write a name and, beside it, a text that goes on below itself where it is long."""
    lines = wrap(text, max(_LEAST_TEXT, width - margin))
    return "\n".join(
        (name if n == 0 else "").ljust(margin) + line for n, line in enumerate(lines or [""])
    ).rstrip()


def wrap(text: str, width: int) -> list[str]:
    """Break a text into lines of at most `width` cells, between words where it can."""
    lines, line = [], ""
    for word in text.split(" "):
        joined = f"{line} {word}" if line else word
        if cell_len(joined) <= width:
            line = joined
            continue
        if line:
            lines.append(line)
        *whole, line = _chopped(word, width)
        lines += whole
    return [*lines, line]


def _chopped(word: str, width: int) -> list[str]:
    pieces, piece = [], ""
    for character in word:
        if cell_len(piece + character) > width:
            pieces.append(piece)
            piece = ""
        piece += character
    return [*pieces, piece]
