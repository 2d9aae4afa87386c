"""Inflection: which spellings of a language are forms of one word."""

import re
import threading
from functools import lru_cache

import Stemmer

from shared.domain.folding import fold

# Languages that Snowball has an algorithm for, or a close relative's that serves (Slovak, Croatian, Malay).
ALGORITHMS = {
    "ar": "arabic", "bs": "serbian", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german",
    "el": "greek", "en": "english", "eo": "esperanto", "es": "spanish", "et": "estonian", "eu": "basque",
    "fa": "persian", "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi", "hr": "serbian",
    "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian", "lt": "lithuanian",
    "ms": "indonesian", "ne": "nepali", "nl": "dutch", "no": "norwegian", "pl": "polish", "pt": "portuguese",
    "ro": "romanian", "ru": "russian", "sk": "czech", "sr": "serbian", "st": "sesotho", "sv": "swedish",
    "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip

_SAME_LANGUAGE = {"nb": "no", "nn": "no", "iw": "he", "in": "id", "ji": "yi", "sh": "sr", "mo": "ro"}

# A word longer than this is a number, an address or an attack.
_LONGEST_WORD = 64

_own = threading.local()


@lru_cache(maxsize=1024)
def primary_language(code: str | None) -> str | None:
    """Return the two-letter code that stands for `code` ("pt-BR" is "pt", "nb" is "no"), None for none."""
    primary = re.split(r"[-_]", code.strip().lower())[0] if code else ""
    return _SAME_LANGUAGE.get(primary, primary) or None


def stems(word: str, language: str | None) -> tuple[str, ...]:
    """Return the folded stems of `word`, a single word, in `language`; none where we cannot stem it.

    Two, where the accents make a difference to the stemmer: a query typed without them must meet a text
    that has them.
    """
    if len(word) > _LONGEST_WORD or language not in ALGORITHMS:
        return ()
    return _stems(word, language)


@lru_cache(maxsize=65_536)
def _stems(word: str, language: str) -> tuple[str, ...]:
    algorithm = ALGORITHMS[language]
    accented = fold(_stemmed(_prepared(_lowered(word, language), language), algorithm))
    bare = fold(_stemmed(_prepared(fold(word), language), algorithm))
    return (accented,) if bare == accented else (accented, bare)


def _prepared(word: str, language: str) -> str:
    """Undo what Snowball leaves: an Arabic "and" before an article, plurals of short Iberian words and of -ão."""
    if language == "ar":
        return _ARABIC_AND.sub("", word)
    if language == "pt":
        word = _PLURAL_OF_AL.sub("al", _PLURAL_OF_AO.sub("ao", word))
    # Snowball takes armas, islas and obras for other words than arma, isla and obra.
    return _PLURAL_S.sub("", word) if language in _IBERIAN else word


_IBERIAN = frozenset({"es", "pt", "ca"})
_PLURAL_S = re.compile("(?<=..[ao])s$")
_PLURAL_OF_AL = re.compile("(?<=..)ais$")
_ARABIC_AND = re.compile("^[وف](?=[بك]?[اٱ]ل..|لل..)")
_PLURAL_OF_AO = re.compile("(?:[õo]es|[ãa]es|[ãa]os|ão)$")


def _lowered(word: str, language: str) -> str:
    if language == "tr":
        word = word.replace("I", "ı").replace("İ", "i")
    return word.lower()


def _stemmed(word: str, algorithm: str) -> str:
    stem: str = _stemmer(algorithm).stemWord(word)
    return stem or word


def _stemmer(algorithm: str) -> Stemmer.Stemmer:
    # A Stemmer keeps state while it works: one for each thread.
    known: dict[str, Stemmer.Stemmer] = _own.__dict__.setdefault("stemmers", {})
    if algorithm not in known:
        known[algorithm] = Stemmer.Stemmer(algorithm, 0)
    return known[algorithm]
