"""Clues: words as a query writes them, of which a text must have one in some form, whatever its language.

Chosen once for a topic and the same for every language, so that a hundred thousand topics share what is known of a
word. A clue is a string: its kind, one letter, and what to look for.

    w  a word, in any inflection          ~  a concept, by its id
    s  a word, spelt so                   @  a language, by its code
    =  a key of `ReadText.terms`          ?  a clause that each language cuts into words in its own way
    *  the beginning of a key
"""

from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise
from typing import TypeAlias

from shared.domain.language.common_words import STOP_WORDS
from shared.domain.language.folding import APOSTROPHES
from shared.domain.language.stemming import primary_language
from shared.domain.language.words import Token, form_of, split_words
from shared.domain.topics.patterns import is_initials
from shared.domain.topics.query import (
    AllOf,
    AnyOf,
    AtLeast,
    Concept,
    Exact,
    Leaf,
    Near,
    Not,
    Phrase,
    Prefix,
    Query,
    Scoped,
    ScopeName,
    Word,
    leaf_text,
)

# One of these must be there; None: nothing protects the query, and it must always be evaluated.
Clues: TypeAlias = frozenset[str] | None

_STOP_WORD_COST = 200.0
_CONCEPT_COST = 15.0
_LANGUAGE_COST = 1_000.0
_APOSTROPHES = frozenset(APOSTROPHES)


def clues_of(query: Query, scope: ScopeName | None = None) -> Clues:  # noqa: PLR0911 - one return for each kind of node
    """Return the clues of `query`: a text that it holds for has one of them.

    Of what must all be there the rarest is taken, guessed by its length.
    """
    match query:
        case AllOf(parts):
            return rarest(clues_of(part, scope) for part in parts)
        case AnyOf(parts):
            return any_of([clues_of(part, scope) for part in parts])
        case AtLeast(count, parts):
            return at_least(count, [clues_of(part, scope) for part in parts])
        case Not():
            return None
        case Scoped(inner, part):
            return clues_of(part, inner)
        case Near(left, right):
            return rarest((clues_of(left, scope), clues_of(right, scope)))
        case _:
            return leaf_clues(query, scope)


def any_of(sides: list[Clues]) -> Clues:
    """Return the clues of alternatives."""
    known = [side for side in sides if side is not None]
    return frozenset().union(*known) if len(known) == len(sides) else None


def rarest(sides: Iterable[Clues]) -> Clues:
    """Return the clues of what must all be there: those of the side that is probably found least."""
    return min((side for side in sides if side is not None), key=_cost, default=None)


def at_least(count: int, sides: list[Clues]) -> Clues:
    """Return the clues of `count` of these: that many cannot all be among the `count - 1` that are left out."""
    by_cost = sorted(sides, key=lambda side: (side is None, 0.0 if side is None else _cost(side)))
    return any_of(by_cost[: len(sides) - count + 1])


def leaf_clues(leaf: Leaf, scope: ScopeName | None) -> Clues:
    """Return the clues of one clause."""
    if scope == "lang":
        return frozenset({f"@{primary_language(getattr(leaf, 'text', ''))}"})
    if scope == "feed":
        return None
    if isinstance(leaf, Concept):
        return frozenset({f"~{leaf.id}"})
    return frozenset({text_clue(type(leaf), leaf.text, leaf_text(leaf))})


def text_clue(kind: type[Leaf], text: str, written: str) -> str:
    """Return the clue of a word, exact word, phrase or prefix: of its words the one that tells most."""
    parts = text.split(" ")
    if text.isascii() and all(part.isalpha() and (len(part) < 2 or not part.isupper()) for part in parts):
        # What most clauses are, and what the rest of this function would say of them.
        sign = _KINDS[kind]
        if kind not in _AS_WRITTEN:
            return sign + text.lower()
        return sign + text if len(parts) == 1 else min((sign + part for part in parts), key=clue_cost)
    if not _APOSTROPHES.isdisjoint(text):
        return f"?{written}"
    words = split_words(text, None)
    pairs = (
        f"={a.form.folded}{b.form.folded}" for a, b in pairwise(words) if a.form.unspaced and b.form.unspaced
    )
    clues = [_word_clue(kind, word, words, text) for word in words]
    if kind is Prefix and words and not words[-1].form.unspaced:
        clues[-1] = f"*{words[-1].form.folded}"
    return min((*clues, *pairs), key=clue_cost)


_AS_WRITTEN = frozenset({Word, Phrase})
_KINDS: dict[type[Leaf], str] = {Word: "w", Exact: "=", Phrase: "s", Prefix: "*"}


def _word_clue(kind: type[Leaf], word: Token, words: tuple[Token, ...], text: str) -> str:
    if kind is Exact or (kind in {Word, Phrase} and is_initials(word, words)):
        return f"={word.form.folded}"
    written = text[word.start : word.end]
    return f"w{written}" if kind is Word else f"s{written}"


def _cost(side: frozenset[str]) -> float:
    return sum(map(clue_cost, side))


@lru_cache(maxsize=65_536)
def clue_cost(clue: str) -> float:
    """Guess how often a clue is found, as a number to compare: rare words are long, and stop words everywhere."""
    kind, word = clue[0], clue[1:]
    if kind in _COSTS:
        return _COSTS[kind]
    if word.lower() in STOP_WORDS:
        return _STOP_WORD_COST
    length = 2 * len(word) if not word.isascii() and form_of(word[0], None).unspaced else len(word)
    return _WEIGHTS.get(kind, 1) * 100 / (1 + length) ** 2


_COSTS = {"~": _CONCEPT_COST, "@": _LANGUAGE_COST}
_WEIGHTS = {"w": 2, "*": 4}
