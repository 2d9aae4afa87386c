"""Words of a text, with their places: the one tokeniser of queries and of releases, in every language."""

import re
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from shared.domain.language.clitics import other_spellings, readings
from shared.domain.language.folding import APOSTROPHES, as_written, fold
from shared.domain.language.stemming import stems

# Scripts written without spaces: each character is a word, and a word is a sequence of them.
UNSPACED = (
    "\u0e01-\u0e30\u0e32\u0e33\u0e40-\u0e46\u0e81-\u0eb0\u0eb2\u0eb3\u0ebd-\u0ec6\u1000-\u102a\u103f\u1050-\u1055"
    "\u1780-\u17b3\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9d\U00020000-\U0003ffff"
)
# Languages in which an apostrophe is a letter inside a word (п'ять), not the end of one (l'ONU, Ankara'da).
APOSTROPHE_INSIDE = frozenset({"be", "uk", "uz"})
_LONGEST_CACHED = 64


def _marks() -> str:
    """List every combining mark as a character class: they belong to the letter before them."""
    classes = ("Mn", "Mc", "Me")
    points = [
        c for c in range(0x300, min(0x20000, sys.maxunicode)) if unicodedata.category(chr(c)) in classes
    ]
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in _runs(points))


def _runs(points: list[int]) -> Iterator[tuple[int, int]]:
    first = last = points[0]
    for point in points[1:]:
        if point != last + 1:
            yield first, last
            first = point
        last = point
    yield first, last


_JOINERS = "\u00ad\u200c\u200d\u2060"
_TAIL = f"{_marks()}{_JOINERS}\uff9e\uff9f"
# Single classes, each with its own loop, and no try where no word starts: half the time of one letter at a time.
_NO_START = r"[\x00-/:-@\[-`{-\x7f]"
_LETTERS = rf"[^\W_{UNSPACED}{APOSTROPHES}]"
_WHOLE = rf"(?:{_LETTERS}+(?:[{_TAIL}]+{_LETTERS}*)*|(?:[{_TAIL}]+{_LETTERS}*)+)"
_CAPITAL = r"[^\W\d_a-z]"
_INITIALS = rf"(?:(?<!\w){_CAPITAL}\.){{2,}}(?:{_CAPITAL}(?!\w))?"
_ONE_CHARACTER = f"[{UNSPACED}][{_TAIL}]*"
_WORD = re.compile(f"(?!{_NO_START})(?:{_INITIALS}|{_ONE_CHARACTER}|{_WHOLE})")
_WORD_WITH_APOSTROPHES = re.compile(
    f"(?!{_NO_START})(?:{_INITIALS}|{_ONE_CHARACTER}|{_WHOLE}(?:[{APOSTROPHES}]{_WHOLE})*)"
)
_IS_UNSPACED = re.compile(f"[{UNSPACED}]")


@dataclass(frozen=True, slots=True)
class Form:
    """What is known of a spelling in a language, whichever text it stands in.

    `written` is the spelling as a reader sees it, `folded` the spelling without case and accents; `spellings`
    are `folded` and what its readers take as the same (Bürger, Buerger); `keys` those and the stems, by which a
    query searches for any inflection; `found` the keys by which a *text's* word is found: `keys`, and those of
    the word without what is attached to it (an Arabic article, a Korean particle). A key is a folded form, or
    "+" and a folded stem.
    """

    written: str
    folded: str
    spellings: tuple[str, ...]
    keys: tuple[str, ...]
    found: tuple[str, ...]
    capitals: bool
    unspaced: bool


class Token(NamedTuple):
    """One word of a text: `start` and `end` are code points of that text, half-open."""

    start: int
    end: int
    form: Form


def split_words(text: str, language: str | None) -> tuple[Token, ...]:
    """Return the words of `text`, read in `language` (a two-letter code, None where it is not known)."""
    pattern = _WORD_WITH_APOSTROPHES if language in APOSTROPHE_INSIDE else _WORD
    # A plain loop: this is the costliest line of reading a text.
    tokens = []
    for found in pattern.finditer(text):
        form = form_of(found.group(), language)
        if form.folded:
            tokens.append(Token(found.start(), found.end(), form))
    return tuple(tokens)


class Piece(NamedTuple):
    """A stretch without a space: its words, every key that one of them is found by, and whether one is unspaced."""

    tokens: tuple[Token, ...]
    keys: tuple[str, ...]
    unspaced: bool


def read_piece(piece: str, language: str | None) -> Piece:
    """Read what stands between two spaces: the same few come again and again, commas and all."""
    return _cached_piece(piece, language) if len(piece) <= _LONGEST_CACHED else _piece(piece, language)


def _piece(piece: str, language: str | None) -> Piece:
    tokens = split_words(piece, language)
    keys = (key for token in tokens for key in token.form.found)
    return Piece(tokens, _distinct(*keys), any(token.form.unspaced for token in tokens))


def form_of(word: str, language: str | None) -> Form:
    """Return what is known of `word`, one word, in `language`."""
    return _cached_form(word, language) if len(word) <= _LONGEST_CACHED else _form(word, language)


def _form(word: str, language: str | None) -> Form:
    plain = word.replace(".", "")
    folded = fold(plain)
    alike = _distinct(folded, *other_spellings(plain, language))
    own_stems = _distinct(*(s for form in (plain, *alike[1:]) for s in stems(form, language)))
    bare = readings(folded, language)
    bare_stems = (s for form in bare for s in stems(form, language))
    return Form(
        written=as_written(word),
        folded=folded,
        spellings=alike,
        keys=_distinct(*alike, *(f"+{s}" for s in own_stems)),
        found=_distinct(*alike, *bare, *(f"+{s}" for s in (*own_stems, *bare_stems))),
        capitals=len(plain) > 1 and plain.isupper(),
        unspaced=_IS_UNSPACED.match(folded) is not None,
    )


# The same words come again in most texts. When full, a process gives some 45 MB to forms and stems, 25 to pieces.
_cached_form = lru_cache(maxsize=50_000)(_form)
_cached_piece = lru_cache(maxsize=50_000)(_piece)


def _distinct(*words: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))
