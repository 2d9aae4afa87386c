"""Inflection: which spellings of a language are forms of one word."""

import re
import threading
from functools import lru_cache

import Stemmer

from shared.domain.language.derivation import derivation
from shared.domain.language.folding import fold

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

    A stem may carry ":" and a derivation (`terror:ism`): forms of one word share both.

    Two, where the accents make a difference to the stemmer: a query typed without them must meet a text
    that has them.
    """
    if len(word) > _LONGEST_WORD or language not in ALGORITHMS:
        return ()
    return _stems(word, language)


@lru_cache(maxsize=65_536)
def _stems(word: str, language: str) -> tuple[str, ...]:
    algorithm = ALGORITHMS[language]
    bare_word = _prepared(fold(word), language)
    derived = derivation(bare_word, language)
    accented = _key(_stemmed(_prepared(_lowered(word, language), language), algorithm), derived, language)
    bare = _key(_stemmed(bare_word, algorithm), derived, language)
    return (accented,) if bare == accented else (accented, bare)


def _key(stem: str, derived: str, language: str | None) -> str:
    folded = fold(stem)
    if language == "el":
        # Snowball leaves the iota of τρομοκρατίας and takes that of τρομοκρατία.
        folded = folded.removesuffix("ι")
    return f"{folded}:{derived}" if derived else folded


def _prepared(word: str, language: str | None) -> str:
    """Put `word`, in small letters, into a form that Snowball brings together with its other forms."""
    if language == "en":
        return _ENGLISH_PLURALS.get(word, word)
    for ending, singular in _BEFORE_SNOWBALL.get(language or "", ()):
        word = ending.sub(singular, word)
    return word


_ENGLISH_PLURALS = {
    "men": "man", "women": "woman", "children": "child", "policemen": "policeman", "fishermen": "fisherman",
    "policewomen": "policewoman", "spokesmen": "spokesman", "servicemen": "serviceman",
    "crises": "crisis", "analyses": "analysis", "theses": "thesis", "feet": "foot", "lives": "life",
}  # fmt: skip
# Snowball takes armas, islas and obras for other words than arma, isla and obra.
_IBERIAN_PLURAL = (re.compile("(?<=..[ao])s$"), "")
_BEFORE_SNOWBALL = {
    "ar": ((re.compile("^[وف](?=[بك]?[اٱ]ل..|لل..)"), ""),),
    "es": ((re.compile("(?<=[aeiouí])ces$"), "z"), _IBERIAN_PLURAL),
    "ca": (_IBERIAN_PLURAL,),
    "fr": ((re.compile("(?<=[rnst])ment$"), "me"), (re.compile("ives?$"), "if")),
    "pt": (
        (re.compile("(?:[õo]es|[ãa]es|[ãa]os|ão)$"), "ao"),
        (re.compile("(?<=...)ais$"), "al"),
        _IBERIAN_PLURAL,
    ),
}


def _lowered(word: str, language: str | None) -> str:
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
