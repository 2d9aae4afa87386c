"""Fold a word: what remains of it when case, accents and ways of typing no longer count."""

import re
import unicodedata
from functools import lru_cache

APOSTROPHES = "'’‘ʼʻʹ´`＇׳״"

# Marks that a reader may leave out: accents, Hebrew points, Arabic vowels. Signs of Indic and South-East
# Asian scripts and the Japanese voicing marks are letters to their readers and stay.
_OPTIONAL_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f"
    "\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff"
    "\ufe00-\ufe0f\ufe20-\ufe2f"
)
# Soft hyphen, tatweel, zero-width joiners and direction marks: shape, not spelling.
_INVISIBLE = "\u00ad\u0640\u200b-\u200f\u2060\u202a-\u202e\u2066-\u2069\ufeff"
# й and ї are letters of their own in Cyrillic alphabets, though Unicode builds them from и and і.
_DROPPED = re.compile(f"(?<!и)\u0306|(?<!і)\u0308|[{_OPTIONAL_MARKS}{_INVISIBLE}{APOSTROPHES}]")
_KEPT_MARKS = {"и\u0306": "й", "і\u0308": "ї"}
_KEPT = re.compile("|".join(_KEPT_MARKS))

# Letters that Unicode does not build from a base and a mark, though their readers type the base for them.
_PLAIN_LETTERS = str.maketrans(
    {
        "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ŧ": "t", "ı": "i", "ĸ": "k", "ŋ": "n",
        "æ": "ae", "œ": "oe", "þ": "th", "ə": "e", "ς": "σ",
        "ى": "ي", "ی": "ي", "ې": "ي", "ے": "ي", "ک": "ك", "ة": "ه", "ہ": "ه", "ھ": "ه", "ۃ": "ه", "ٱ": "ا",
    }
    | {chr(zero + value): str(value) for zero in (0x660, 0x6F0, 0x966, 0x9E6, 0xE50) for value in range(10)}
)  # fmt: skip


def fold(word: str) -> str:
    """Return `word` without case, accents, joiners and apostrophes, so that equal readings are equal strings.

    Unicode compatibility forms are undone (NFKC), the Turkish dotless and dotted i are one letter, as are the
    Greek sigmas, the Arabic forms of alef, yeh, kaf and teh marbuta, and the digits of every script.
    Folding twice changes nothing.
    """
    if word.isascii():
        return word.lower().replace("'", "").replace("`", "")
    return _fold_remembered(word) if len(word) <= _LONGEST_REMEMBERED else _fold_unicode(word)


def _fold_unicode(word: str) -> str:
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", word).casefold())
    bare = _without_marks(plain.translate(_PLAIN_LETTERS))
    return unicodedata.normalize("NFC", bare.translate(_PLAIN_LETTERS))


# A longer word is an address or an attack: remembering thousands of those would fill the memory.
_LONGEST_REMEMBERED = 64
_fold_remembered = lru_cache(maxsize=65_536)(_fold_unicode)


def _without_marks(word: str) -> str:
    decomposed = unicodedata.normalize("NFD", word)
    whole_letters = _KEPT.sub(lambda found: _KEPT_MARKS[found.group()], decomposed)
    return _DROPPED.sub("", whole_letters)


def as_written(word: str) -> str:
    """Return `word` as its reader sees it: composed (NFC), without what is invisible, all else kept."""
    if word.isascii():
        return word
    return _UNSEEN.sub("", unicodedata.normalize("NFC", word))


_UNSEEN = re.compile(f"[{_INVISIBLE}]")
