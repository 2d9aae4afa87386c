"""A stranger's text made fit for a chat: nothing hidden in it, cut at a word's edge to what a door takes."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from shared.domain.web.url import MASK

CUT = "…"
MOST_BOLD = 20
# Persian and Indic scripts and joined emoji are written with these two; every other format character is invisible,
# turns the direction of what follows, or spells a hidden text.
_JOINERS = frozenset("\u200c\u200d")
_TOKEN = re.compile(r"\s*\S+")
_LINKED = re.compile(r"https?://[^\s<>\"'`|\\^{}\x00-\x20\x7f]+")

Size = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text, bold where it is what rang."""

    text: str
    bold: bool = False


def plain(text: str) -> str:
    """Give a text on one line without control, zero-width and direction characters."""
    kept = (" " if char.isspace() else char for char in text if _is_visible(char))
    return " ".join("".join(kept).split())


def _is_visible(char: str) -> bool:
    category = unicodedata.category(char)
    return char.isspace() or char in _JOINERS or category not in {"Cc", "Cf", "Cs", "Co", "Cn"}


def units(text: str) -> int:
    """Count the UTF-16 units of a text, as the chats' own JavaScript does: never fewer than its characters."""
    return len(text) + sum(char > "\uffff" for char in text)


def cut(text: str, most: int, size: Size = units) -> str:
    """Cut a text after a word so that with its … it measures at most `most`; a single long word by characters."""
    if size(text) <= most:
        return text
    room = most - size(CUT)
    ends = [match.end() for match in _TOKEN.finditer(text)]
    fitting = bisect_right(ends, room, key=lambda end: size(text[:end]))
    if fitting:
        return text[: ends[fitting - 1]].rstrip() + CUT
    return _cut_in_word(text, room, size) + CUT if room > 0 else ""


def _cut_in_word(text: str, room: int, size: Size) -> str:
    lengths = range(min(room, len(text) - 1) + 1)
    end = bisect_right(lengths, room, key=lambda length: size(text[:length])) - 1
    while end > 0 and _joins(text, end):
        end -= 1
    return text[: max(end, 0)]


def _joins(text: str, at: int) -> bool:
    """Tell whether a cut here would part a letter from its marks, or an emoji from its halves."""
    return unicodedata.category(text[at]).startswith("M") or "\u200d" in text[at - 1 : at + 1]


def cut_spans(spans: Iterable[Span], most: int, size: Size = units) -> tuple[Span, ...]:
    """Cut a text in spans as `cut` does one."""
    kept: list[Span] = []
    room = most
    for span in spans:
        if size(span.text) > room:
            rest = cut(span.text, room, size)
            return (*kept, Span(rest, span.bold)) if rest else tuple(kept)
        kept.append(span)
        room -= size(span.text)
    return tuple(kept)


def bold_spans(text: str, words: Sequence[str]) -> tuple[Span, ...]:
    """Part a text into spans in which these words, as they stand in the text, are bold, the longest first.

    At most the first `MOST_BOLD` times: what is bold everywhere stands out nowhere, and costs bytes.
    """
    wanted = sorted({plain(word) for word in words if plain(word)}, key=len, reverse=True)
    if not wanted:
        return (Span(text),) if text else ()
    parts = re.split(f"({'|'.join(_whole(word) for word in wanted)})", text, maxsplit=MOST_BOLD)
    return tuple(Span(part, bold=place % 2 == 1) for place, part in enumerate(parts) if part)


def _whole(word: str) -> str:
    """Match a word that is not a part of another; a script without capitals may write words together."""
    before = r"(?<!\w)" if _has_case(word[0]) else ""
    after = r"(?!\w)" if _has_case(word[-1]) else ""
    return f"{before}{re.escape(word)}{after}"


def _has_case(char: str) -> bool:
    return char.lower() != char.upper()


def link(url: object, most: int) -> str | None:
    """Give an address that may be made a link, None where there is none, it is masked, or too long to be whole."""
    if not isinstance(url, str) or MASK in url or len(url) > most or not _LINKED.fullmatch(url):
        return None
    try:
        return url if urlsplit(url).hostname else None
    except ValueError:
        return None
