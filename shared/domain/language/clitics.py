"""What languages attach to a word without a space, and their second ways of spelling it."""

import re
from collections.abc import Callable, Iterator

_SHORTEST_REST = 3

# The article, alone or after a preposition: what follows is certainly a noun (Larkey's light10 prefixes).
_ARABIC_ARTICLE = re.compile("^(?:[وف]?[بك]?ال|[وف]?لل)(?=..)")
_ARABIC_LETTER = re.compile(f"^[وفبكل](?=.{{{_SHORTEST_REST},}})")
_HEBREW_LETTERS = frozenset("והבכלמש")
_KOREAN_PARTICLE = re.compile(
    "(?<=..)(?:에서는|에게서|으로서|으로써|으로는|에서도|까지|부터|에서|에게|으로|이나|이며|이고|라고|처럼|보다|들은|들이|들을|들의|과의|와의"
    "|은|는|이|가|을|를|의|에|로|와|과|도|만|들)$"
)
_GERMAN_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa"})
_UMLAUT_LANGUAGES = frozenset({"de", "da", "no", "sv", "fi"})


def readings(folded: str, language: str | None) -> tuple[str, ...]:
    """Return the words that `folded` may be without what `language` attaches to words; often none."""
    reader = _READERS.get(language or "")
    return tuple(dict.fromkeys(reader(folded))) if reader else ()


def other_spellings(word: str, language: str | None) -> tuple[str, ...]:
    """Return other folded spellings of `word` that its readers take as the same (Bürger, Buerger)."""
    if language not in _UMLAUT_LANGUAGES:
        return ()
    spelt_out = word.lower().translate(_GERMAN_UMLAUTS)
    return (spelt_out,) if spelt_out.isascii() and spelt_out != word.lower() else ()


def _arabic(word: str) -> Iterator[str]:
    bare = _ARABIC_ARTICLE.sub("", word)
    if bare != word:
        yield f"ال{bare}"
        yield bare
    elif (rest := _ARABIC_LETTER.sub("", word)) != word:
        yield rest


def _hebrew(word: str) -> Iterator[str]:
    for length in (1, 2):
        if len(word) - length >= _SHORTEST_REST and _HEBREW_LETTERS.issuperset(word[:length]):
            yield word[length:]


def _korean(word: str) -> Iterator[str]:
    bare = _KOREAN_PARTICLE.sub("", word)
    if bare != word:
        yield bare
        if (barer := _KOREAN_PARTICLE.sub("", bare)) != bare:
            yield barer


_READERS: dict[str, Callable[[str], Iterator[str]]] = {"ar": _arabic, "he": _hebrew, "ko": _korean}
