"""Names across scripts: their consonants in Latin letters, as alike as spellings of one name get."""

import re
from functools import lru_cache

from shared.domain.language.folding import fold

_LETTERS = {
    # Cyrillic
    "б": "b", "в": "v", "г": "g", "ґ": "g", "д": "d", "ж": "s", "з": "s", "й": "", "к": "k", "л": "l", "м": "m",
    "н": "n", "п": "p", "р": "r", "с": "s", "т": "t", "ф": "f", "х": "k", "ц": "s", "ч": "k", "ш": "s", "щ": "s",
    # Greek
    "β": "v", "γ": "g", "δ": "d", "ζ": "s", "θ": "t", "κ": "k", "λ": "l", "μ": "m", "ν": "n", "ξ": "ks",
    "π": "p", "ρ": "r", "σ": "s", "ς": "s", "τ": "t", "φ": "f", "χ": "k", "ψ": "ps",
    # Arabic and Persian
    "ب": "b", "پ": "p", "ت": "t", "ث": "t", "ج": "g", "چ": "k", "ح": "k", "خ": "k", "د": "d", "ذ": "s", "ر": "r",
    "ز": "s", "ژ": "s", "س": "s", "ش": "s", "ص": "s", "ض": "d", "ط": "t", "ظ": "s", "غ": "g", "ف": "f", "ق": "k",
    "ك": "k", "ک": "k", "گ": "g", "ل": "l", "م": "m", "ن": "n",
    # Hebrew
    "ב": "b", "ג": "g", "ד": "d", "ז": "s", "ח": "k", "ט": "t", "כ": "k", "ך": "k", "ל": "l", "מ": "m", "ם": "m",
    "נ": "n", "ן": "n", "ס": "s", "פ": "p", "ף": "p", "צ": "s", "ץ": "s", "ק": "k", "ר": "r", "ש": "s", "ת": "t",
}  # fmt: skip
# Latin spellings of one sound; the longer first.
_SOUNDS = (
    ("tsch", "k"), ("tch", "k"), ("sch", "s"), ("sz", "s"), ("cz", "k"), ("ch", "k"), ("sh", "s"), ("zh", "s"),
    ("ph", "f"), ("th", "t"), ("kh", "k"), ("ck", "k"), ("qu", "k"), ("x", "ks"), ("z", "s"), ("c", "k"),
    ("dj", "g"), ("q", "k"), ("w", "v"), ("j", "s"), ("تش", "چ"), ("дж", "г"),
)  # fmt: skip
_CONSONANT = re.compile(r"[bdfgklmnprstv]")
_TWICE = re.compile(r"(.)\1+")
_ARTICLE = re.compile(r"^(?:[وفبكل]?ال|al-?)(?=\w{3})")


@lru_cache(maxsize=20_000)
def skeleton(name: str) -> str:
    """Give a name's consonants in Latin letters: "Marchetti", "Маркетти" and "ماركيتي" are all "mrkt"."""
    plain = _ARTICLE.sub("", fold(name))
    for written, sound in _SOUNDS:
        plain = plain.replace(written, sound)
    letters = (_LETTERS.get(letter, letter) for letter in plain)
    return _TWICE.sub(r"\1", "".join(_CONSONANT.findall("".join(letters))))
