"""What a clause looks for in a text of a given language: rows of slots, one slot a word."""

from dataclasses import dataclass
from functools import lru_cache

from shared.domain.common_words import needs_capitals
from shared.domain.concepts import ConceptPhrase
from shared.domain.folding import APOSTROPHES, fold
from shared.domain.query import Concept, Exact, Leaf, Phrase, Prefix, Word
from shared.domain.stemming import primary_language
from shared.domain.words import Form, Token, split_words

# What French, Italian and Catalan put before a word with an apostrophe: `l'ONU` searches for ONU.
_ELISIONS = frozenset(
    "l d qu c s j m t n jusqu lorsqu puisqu quoiqu all dall dell nell sull coll un quest quell".split()  # noqa: SIM905 - words
)


@dataclass(frozen=True, slots=True)
class Slot:
    """One word to find: under one of `keys` (and, where asked, spelt so or in capitals), or by its beginning."""

    keys: tuple[str, ...]
    written: str | None = None
    capitals: bool = False
    prefix: str | None = None

    def fits(self, form: Form) -> bool:
        """Say whether a text's word, found under one of the keys, also has the shape asked for."""
        if self.written is not None:
            return form.written == self.written
        return form.capitals or not self.capitals


@dataclass(frozen=True, slots=True)
class Pattern:
    """Slots that must be filled by neighbours; `concept` and `language` are what evidence says of it."""

    slots: tuple[Slot, ...]
    concept: str | None = None
    language: str | None = None


@lru_cache(maxsize=65_536)
def patterns(leaf: Leaf, language: str | None) -> tuple[Pattern, ...]:
    """Return the patterns of which one must be found for `leaf` to hold in a text in `language`."""
    match leaf:
        case Word(text):
            return _one(_inflected(_without_elision(split_words(text, language), text)), language)
        case Exact(text):
            return _one([_exact(token.form) for token in split_words(text, language)], language)
        case Phrase(text):
            return _one(_in_form(split_words(text, language)), language)
        case Prefix(text):
            return _one(_beginning(split_words(text, language)), language)
        case Concept():
            return _of_concept(leaf.phrases, language)


def _one(slots: list[Slot], language: str | None) -> tuple[Pattern, ...]:
    return (Pattern(tuple(slots), None, language),) if slots else ()


def _without_elision(words: tuple[Token, ...], text: str) -> tuple[Token, ...]:
    if len(words) > 1 and words[0].form.folded in _ELISIONS and text[words[0].end] in APOSTROPHES:
        return words[1:]
    return words


def _inflected(words: tuple[Token, ...]) -> list[Slot]:
    if len(words) == 1 and needs_capitals(words[0].form):
        return [_in_capitals(words[0].form)]
    return [Slot(word.form.keys) for word in words]


def _in_form(words: tuple[Token, ...]) -> list[Slot]:
    if len(words) == 1 and needs_capitals(words[0].form):
        return [_in_capitals(words[0].form)]
    return [Slot(word.form.spellings) for word in words]


def _in_capitals(form: Form) -> Slot:
    return Slot((form.folded,), capitals=True)


def _exact(form: Form) -> Slot:
    return Slot((form.folded,), written=form.written)


def _beginning(words: tuple[Token, ...]) -> list[Slot]:
    if not words:
        return []
    last = words[-1].form
    # In a script without spaces the characters that follow are other words: nothing is left to complete.
    end = Slot(last.spellings) if last.unspaced else Slot((), prefix=last.folded)
    return [*(Slot(word.form.spellings) for word in words[:-1]), end]


def _of_concept(phrases: tuple[ConceptPhrase, ...], language: str | None) -> tuple[Pattern, ...]:
    found = (_phrase_pattern(phrase, language) for phrase in phrases)
    return tuple(dict.fromkeys(pattern for pattern in found if pattern is not None))


def _phrase_pattern(phrase: ConceptPhrase, language: str | None) -> Pattern | None:
    """Return a phrase of the text's own language in any inflection, of another as written.

    A single word of another language is left out: it is often a false friend (Spanish *rape* is a fish).
    """
    spoken = primary_language(phrase.language)
    words = split_words(phrase.phrase, language)
    own = spoken == language
    if not words or (not own and language is not None and len(words) == 1):
        return None
    slots = _inflected(words) if own else _in_form(words)
    return Pattern(tuple(slots), phrase.concept_id, spoken)


def names_feed(leaf: Leaf, feed: str) -> bool:
    """Say whether the words of `leaf` stand, in their order, in `feed`: an id, a title or an address."""
    wanted = [fold(token.form.written) for token in split_words(getattr(leaf, "text", ""), None)]
    words = [token.form.folded for token in split_words(feed, None)]
    begins = isinstance(leaf, Prefix)
    return any(
        _follows(wanted, words[at : at + len(wanted)], begins) for at in range(len(words) - len(wanted) + 1)
    )


def _follows(wanted: list[str], words: list[str], begins: bool) -> bool:
    if begins:
        return words[:-1] == wanted[:-1] and words[-1].startswith(wanted[-1])
    return words == wanted
