"""What a clause looks for in a text of a given language: rows of slots, one slot a word."""

from collections import defaultdict
from collections.abc import Iterable, KeysView, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from shared.domain.language.common_words import needs_capitals
from shared.domain.language.folding import APOSTROPHES
from shared.domain.language.stemming import primary_language
from shared.domain.language.words import APOSTROPHE_INSIDE, Form, Token, split_words
from shared.domain.topics.concepts import ConceptPhrase
from shared.domain.topics.query import Concept, Exact, Leaf, Phrase, Prefix, Word

# Room for the built-in lexicon, each phrase in its own language and as written, and for a thesaurus.
_MOST_PHRASES = 131_072
# What French, Italian and Catalan put before a word with an apostrophe: `l'ONU` searches for ONU.
_ELIDED = "l d qu c s j m t n jusqu lorsqu puisqu quoiqu all dall dell nell sull coll un quest quell"
_ELISIONS = frozenset(_ELIDED.split())


@dataclass(frozen=True, slots=True)
class Slot:
    """One word to find: under one of `keys` (and, where asked, spelt so or in capitals), or by its beginning.

    A slot that wants `capitals` is not filled in a line that is all in capitals, unless it is `beside_others`:
    the words of its phrase then tell enough.
    """

    keys: tuple[str, ...]
    written: str | None = None
    capitals: bool = False
    prefix: str | None = None
    beside_others: bool = False

    def fits(self, form: Form) -> bool:
        """Say whether a text's word, found under one of the keys, also has the shape asked for."""
        if self.written is not None:
            return form.written == self.written
        return form.capitals or not self.capitals


@dataclass(frozen=True, slots=True)
class Pattern:
    """Slots that must be filled by neighbours; `concept` and `language` are what evidence says of it.

    Where it `needs` others, one of them must stand near it (`topics.context`); none that it `forbids` may.
    """

    slots: tuple[Slot, ...]
    concept: str | None = None
    language: str | None = None
    needs: "tuple[Pattern, ...]" = ()
    forbids: "tuple[Pattern, ...]" = ()


def patterns(leaf: Leaf, language: str | None) -> tuple[Pattern, ...]:
    """Return the patterns of which one must be found for `leaf` to hold in a text in `language`."""
    # Concepts are equal by their id, whatever phrases their lexicon gave them: the phrases are what to remember by.
    if isinstance(leaf, Concept):
        return _of_concept(leaf.phrases, language).patterns
    return _of_words(leaf, language)


def possible_patterns(leaf: Leaf, language: str | None, keys: KeysView[str]) -> Sequence[Pattern]:
    """Return those of `patterns` that a text with these keys may fill, in their order: all that it does, and more.

    A broad concept has hundreds of phrases, and a text a word of a few.
    """
    if not isinstance(leaf, Concept):
        return _of_words(leaf, language)
    known = _of_concept(leaf.phrases, language)
    possible = {at for key in known.by_key.keys() & keys for at in known.by_key[key]}
    return [known.patterns[at] for at in sorted(possible)]


def company_of(concept: Concept, language: str | None) -> Mapping[str, tuple[Pattern, ...]]:
    """Return, by concept, `concept` and the narrower ones, what its doubtful phrases in `language` need near them."""
    return _of_concept(concept.phrases, language).company


@lru_cache(maxsize=65_536)
def _of_words(leaf: Word | Exact | Phrase | Prefix, language: str | None) -> tuple[Pattern, ...]:
    match leaf:
        case Word(text):
            return _one(_inflected(_without_elision(split_words(text, language), text)), language)
        case Exact(text):
            return _one([_exact(token.form) for token in split_words(text, language)], language)
        case Phrase(text):
            return _one(_in_form(split_words(text, language)), language)
        case Prefix(text):
            return _one(_beginning(split_words(text, language)), language)


def _one(slots: list[Slot], language: str | None) -> tuple[Pattern, ...]:
    return (Pattern(tuple(slots), None, language),) if slots else ()


def _without_elision(words: tuple[Token, ...], text: str) -> tuple[Token, ...]:
    if len(words) > 1 and words[0].form.folded in _ELISIONS and text[words[0].end] in APOSTROPHES:
        return words[1:]
    return words


def _inflected(words: tuple[Token, ...]) -> list[Slot]:
    return [_in_capitals(word, words) if is_initials(word, words) else Slot(word.form.keys) for word in words]


def _in_form(words: tuple[Token, ...]) -> list[Slot]:
    return [
        _in_capitals(word, words) if is_initials(word, words) else Slot(word.form.spellings) for word in words
    ]


def is_initials(word: Token, words: tuple[Token, ...]) -> bool:
    """Say whether `word`, one of a query's `words`, is found only in capitals.

    `US` is, alone and in "US sanctions"; not in a phrase that is all in capitals, where they tell nothing.
    """
    shouted = len(words) > 1 and all(each.form.capitals for each in words)
    return needs_capitals(word.form) and not shouted


def _in_capitals(word: Token, words: tuple[Token, ...]) -> Slot:
    return Slot((word.form.folded,), capitals=True, beside_others=len(words) > 1)


def _exact(form: Form) -> Slot:
    return Slot((form.folded,), written=form.written)


def _beginning(words: tuple[Token, ...]) -> list[Slot]:
    if not words:
        return []
    last = words[-1].form
    # In a script without spaces the characters that follow are other words: nothing is left to complete.
    end = Slot(last.spellings) if last.unspaced else Slot((), prefix=last.folded)
    return [*(Slot(word.form.spellings) for word in words[:-1]), end]


@dataclass(frozen=True, slots=True)
class _ConceptPatterns:
    """The patterns of a concept, which of them (by their number) look for each key with their longest word.

    `company` is what they need, by the concept that they say: of the concept's own and the narrower ones.
    """

    patterns: tuple[Pattern, ...]
    by_key: Mapping[str, list[int]]
    company: Mapping[str, tuple[Pattern, ...]]


@lru_cache(maxsize=4_096)
def _of_concept(phrases: tuple[ConceptPhrase, ...], language: str | None) -> _ConceptPatterns:
    # The text's own language first: where two languages share a phrase, evidence names that one.
    ordered = sorted(phrases, key=lambda phrase: primary_language(phrase.language) != language)
    found = (phrase_pattern(phrase, language) for phrase in ordered)
    patterns = tuple(dict.fromkeys(pattern for pattern in found if pattern is not None))
    by_key: defaultdict[str, list[int]] = defaultdict(list)
    for at, pattern in enumerate(patterns):
        for key in max((slot.keys for slot in pattern.slots), key=lambda keys: len(keys[0])):
            by_key[key].append(at)
    return _ConceptPatterns(patterns, by_key, _company(patterns))


def _company(patterns: Iterable[Pattern]) -> Mapping[str, tuple[Pattern, ...]]:
    # The phrases of a list share one tuple of what they need: told apart by it, not by its hundred words.
    needs: defaultdict[str, dict[int, tuple[Pattern, ...]]] = defaultdict(dict)
    for pattern in patterns:
        if pattern.needs and pattern.concept is not None:
            needs[pattern.concept][id(pattern.needs)] = pattern.needs
    return {concept: tuple(chain.from_iterable(lists.values())) for concept, lists in needs.items()}


def phrase_pattern(phrase: ConceptPhrase, language: str | None) -> Pattern | None:
    """Return what finds a phrase of the text's own language in any inflection, of another as written.

    A single word of another language is left out: it is often a false friend (Spanish *rape* is a fish). So is a
    doubtful phrase, whose contexts are words of its own language.
    """
    own = primary_language(phrase.language) == language
    if own or language is None:
        return _of_phrase(phrase, language, own)
    if phrase.needs or phrase.forbids:
        return None
    # As written, a phrase is the same in every other language: read once, not once for each.
    found = _of_phrase(phrase, language if language in APOSTROPHE_INSIDE else None, False)
    return found if found is not None and len(found.slots) > 1 else None


@lru_cache(maxsize=_MOST_PHRASES)
def _of_phrase(phrase: ConceptPhrase, language: str | None, own: bool) -> Pattern | None:
    words = split_words(phrase.phrase, language)
    if not words:
        return None
    slots = _inflected(words) if own and phrase.inflects else _in_form(words)
    needs, forbids = _contexts(phrase.needs, language), _contexts(phrase.forbids, language)
    return Pattern(tuple(slots), phrase.concept_id, primary_language(phrase.language), needs, forbids)


@lru_cache(maxsize=_MOST_PHRASES)
def _contexts(phrases: tuple[str, ...], language: str | None) -> tuple[Pattern, ...]:
    return tuple(Pattern(tuple(_inflected(split_words(phrase, language)))) for phrase in phrases)


def names_feed(leaf: Leaf, feed: str) -> bool:
    """Say whether the words of `leaf` stand, in their order, in `feed`: an id, a title or an address."""
    wanted = [token.form.folded for token in split_words(getattr(leaf, "text", ""), None)]
    words = [token.form.folded for token in split_words(feed, None)]
    begins = isinstance(leaf, Prefix)
    return any(
        _follows(wanted, words[at : at + len(wanted)], begins) for at in range(len(words) - len(wanted) + 1)
    )


def _follows(wanted: list[str], words: list[str], begins: bool) -> bool:
    if begins:
        return words[:-1] == wanted[:-1] and words[-1].startswith(wanted[-1])
    return words == wanted
