"""Tells the language of a text, from the text."""

import functools
from typing import Protocol, cast

# ur and fa stand beside ar, or Urdu and Persian texts are called Arabic.
_LANGUAGE_CODES = (
    "ar bg bn cs da de el en es et fa fi fr he hi hr hu id it ja ko lt lv nl no pl pt ro ru sk sl sv th tr"
    " uk ur vi zh"
)
LANGUAGES = tuple(_LANGUAGE_CODES.split())
# More of a text makes it no surer, and the model's cost grows with every byte.
READ_CHARACTERS = 600
SURE_PROBABILITY = 0.9
# A short text must be told beyond doubt to overrule what is claimed.
SHORT_LETTERS, SHORT_SURE_PROBABILITY = 40, 0.97
TOO_SHORT_LETTERS = 12
LIKELY_PROBABILITY = 0.5
# The model is not asked about these (the more it is asked about, the worse it tells the common ones apart):
# it would call Catalan Spanish, so a claim of one of them is believed.
_BELIEVED_CODES = (
    "af am az be bs ca cy eu ga gl hy is ka kk km lb lo mk ml mn mr ms mt my ne pa ps si sq sr sw ta te tl uz"
)
_BELIEVED = frozenset(_BELIEVED_CODES.split())
_SAME_AS = {"nb": "no", "nn": "no", "iw": "he", "in": "id", "cmn": "zh", "arb": "ar", "prs": "fa"}


class _Model(Protocol):
    def rank(self, text: str) -> list[tuple[str, float]]: ...


def identify_language(text: str, claimed: str | None) -> str | None:
    """Give the two-letter code of the language that `text` is written in, or None where it does not tell.

    `claimed` (a code as the feed or the page gives it: "fr", "fr-CH", "FR_fr") is heard only where the text
    is too short to be sure; a text without letters is in no language, whatever is claimed.
    """
    text = text[:READ_CHARACTERS]
    # A letter beyond the Latin ones tells more: a claim in another script is never right.
    letters = sum(map(str.isalpha, text))
    if max(text, default="") >= "\u0370":
        letters += 2 * sum(letter >= "\u0370" for letter in text if letter.isalpha())
    if not letters:
        return None
    claim = language_code(claimed)
    if claim in _BELIEVED:
        return claim
    language, probability = _most_likely(text)
    needed = SURE_PROBABILITY if letters >= SHORT_LETTERS else SHORT_SURE_PROBABILITY
    if probability >= needed and letters >= TOO_SHORT_LETTERS:
        return language
    return claim or (language if probability >= LIKELY_PROBABILITY else None)


def language_code(tag: str | None) -> str | None:
    """Give the two-letter code in a language tag ("fr-CH", "pt_BR", "NOR"), or None where it holds none."""
    first = (tag or "").strip().replace("_", "-").split("-", 1)[0].lower()
    first = _SAME_AS.get(first, first)
    return first if len(first) == 2 and first.isalpha() and first.isascii() else None


def _most_likely(text: str) -> tuple[str | None, float]:
    language, probability = _model().rank(text)[0]
    # A text that has nothing the model knows comes back with the same share for every language.
    return (language, probability) if probability > 2 / len(LANGUAGES) else (None, 0.0)


@functools.cache
def _model() -> _Model:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 - its model takes 0.2 s to load

    model = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    model.set_languages(LANGUAGES)
    return cast("_Model", model)
