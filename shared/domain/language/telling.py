"""What tells one event from the next of its kind, in any language: the numbers and the names of a text."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import islice

READ_CHARACTERS = 30_000
_NUMBER = re.compile(r"\d+(?:[.,'’٬٫\u00a0\u202f ]\d{3}(?!\d))*(?:[.,٫]\d{1,2}(?!\d))?")
_FOREIGN_DIGIT = re.compile(r"[^\D0-9]")
_SEPARATOR = re.compile(r"[^\d]")
# A capital after a full stop, a colon, an opening quote or a line's end says nothing of the word. A pattern that
# begins with its space is looked for at spaces alone.
_NAME = re.compile(r" (?<=[\w,;)] )([^\W\d_a-z][^\W_]+)")


def numbers_of(text: str) -> frozenset[str]:
    """Give the numbers of a text, however its language writes them: 1,500 and 1.500 and ١٥٠٠ are one."""
    plain = _western(text[:READ_CHARACTERS])
    return frozenset(_SEPARATOR.sub("", found[0]).lstrip("0") or "0" for found in _NUMBER.finditer(plain))


def names_of(text: str) -> frozenset[str]:
    """Give the words that are written with a capital inside a sentence; in German, nouns are among them."""
    return frozenset(name.casefold() for name in _capitalised(text[:READ_CHARACTERS]))


def _capitalised(text: str) -> Iterator[str]:
    found = _NAME.finditer(unicodedata.normalize("NFC", text))
    return islice((one[1] for one in found if one[1][0].isupper()), 2_000)


def _western(text: str) -> str:
    return (
        text if text.isascii() else _FOREIGN_DIGIT.sub(lambda digit: str(unicodedata.decimal(digit[0])), text)
    )
