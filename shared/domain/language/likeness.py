"""Tells whether two texts share their words."""

import re

_WORD = re.compile(r"[^\W\d_]{5,}|\d{3,}")
_NO_SPACES = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]{2,}")
READ_CHARACTERS = 20_000


def telling_words(text: str) -> frozenset[str]:
    """Give the words of a text that tell something: five letters or more; pairs of characters in Chinese."""
    text = text[:READ_CHARACTERS].casefold()
    words = set(_WORD.findall(text))
    for run in _NO_SPACES.findall(text):
        words.discard(run)
        words.update(run[at : at + 2] for at in range(len(run) - 1))
    return frozenset(words)


def shared_part(one: str, other: str) -> float:
    """Give the part (0 to 1) of the shorter text's telling words that the other has; 1 where it has none."""
    small, large = sorted((telling_words(one), telling_words(other)), key=len)
    return len(small & large) / len(small) if small else 1.0
