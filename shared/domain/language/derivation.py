"""Derivation: the ending that makes another word of a stem (terror, terrorism), not a form of the same word.

Snowball's stemmers take both kinds of ending off, and bare stems cause most wrong hits in real feeds:
a topic on *traite* (trafficking) would ring for every *traitement*. The ending is kept beside the stem, in
a shape that all inflections of the derived word share.
"""

import re

_ENDINGS = {
    "de": r"(?P<a>ung)(?:en)?|(?P<b>heit|keit)(?:en)?|(?P<c>lich|isch)(?:e[mnrs]?)?",
    "en": r"(?P<a>ion|ist|ment)(?:s|ed|ing)?|(?P<b>ism)s?|(?P<c>ness)(?:es)?|(?P<d>al)(?:s|l?ed|l?ing)?"
    r"|(?P<e>er)r?(?:s|ed|ing)?|(?P<f>ator|ous|less)s?|(?P<g>ful)(?:s|ly)?|(?P<h>it|l)(?:y|ies|ied|ying)"
    r"|(?P<i>iv|abl|ibl|anc|enc|i[sz])(?:e|es|ed|ing)",
    "es": r"(?P<a>ism|ist)[oa]s?|(?P<b>mient)os?|(?P<c>ion)(?:es)?|(?P<d>dor)(?:[ae]s?)?|(?P<e>idad)(?:es)?"
    r"|(?P<f>mente)",
    "fr": r"(?P<a>isme|iste|ement|ion|able|ible)s?|(?P<b>eur)s?|(?P<c>rice)s?",
    "it": r"(?P<a>ism|ist|ment|ion|tor|tric)[aeio]|(?P<b>mente)",
    "pt": r"(?P<a>ism|ist)[oa]s?|(?P<b>ment)os?|(?P<c>cao|sao)|(?P<d>dor)(?:[ae]s?)?|(?P<e>idade)s?"
    r"|(?P<f>mente)",
}  # fmt: skip
_DERIVED = {language: re.compile(f"(?<=..)(?:{endings})$") for language, endings in _ENDINGS.items()}


def derivation(folded: str, language: str | None) -> str:
    """Return the ending that makes another word of a stem, in one shape for all its inflections, or ""."""
    endings = _DERIVED.get(language or "")
    found = endings.search(folded) if endings else None
    return found[found.lastgroup] if found and found.lastgroup else ""
