"""Anchors: keys of which a text in one language must hold one for a clue to be there."""

from dataclasses import dataclass
from itertools import pairwise

from shared.domain.language.clitics import other_spellings
from shared.domain.language.folding import fold
from shared.domain.language.words import form_of
from shared.domain.topics.clues import clue_cost
from shared.domain.topics.concepts import Concepts
from shared.domain.topics.patterns import Pattern, Slot, patterns
from shared.domain.topics.query import Concept, Exact, Leaf, Phrase, Prefix, Word
from shared.domain.topics.query_grammar import QUOTES


@dataclass(frozen=True, slots=True)
class Anchor:
    """A key of `ReadText.terms`, or the beginning of one."""

    key: str
    is_prefix: bool = False


def clue_anchors(clue: str, language: str | None, concepts: Concepts) -> frozenset[Anchor]:
    """Return the anchors of a clue (`topics.clues`) other than a language; of none, it cannot be there."""
    kind, text = clue[0], clue[1:]
    match kind:
        case "w":
            return _keys(form_of(text, language).keys)
        case "s":
            plain = text.replace(".", "")
            return _keys((fold(plain), *other_spellings(plain, language)))
        case "=":
            return frozenset({Anchor(text)})
        case "*":
            return frozenset({Anchor(text, is_prefix=True)})
        case "~":
            return _leaf_anchors(Concept(text, concepts.phrases(text)), language)
        case _:
            return _leaf_anchors(_leaf(text), language)


def _leaf(written: str) -> Leaf:
    if written[0] in QUOTES:
        return Phrase(written.strip(QUOTES))
    if written[0] == "=":
        return Exact(written[1:])
    return Prefix(written[:-1]) if written[-1] == "*" else Word(written)


def _leaf_anchors(leaf: Leaf, language: str | None) -> frozenset[Anchor]:
    found = (_of_pattern(pattern) for pattern in patterns(leaf, language))
    return frozenset().union(*found)


def _of_pattern(pattern: Pattern) -> frozenset[Anchor]:
    slots = [_of_slot(slot) for slot in pattern.slots]
    # Two characters side by side are far rarer than either, in scripts where a character is a word.
    pairs = [
        frozenset({Anchor(a.keys[0] + b.keys[0])})
        for a, b in pairwise(pattern.slots)
        if _is_unspaced(a) and _is_unspaced(b)
    ]
    return min(slots + pairs, key=_cost)


def _is_unspaced(slot: Slot) -> bool:
    return bool(slot.keys) and form_of(slot.keys[0], None).unspaced


def _of_slot(slot: Slot) -> frozenset[Anchor]:
    if slot.prefix is not None:
        return frozenset({Anchor(slot.prefix, is_prefix=True)})
    return _keys(slot.keys)


def _keys(keys: tuple[str, ...]) -> frozenset[Anchor]:
    return frozenset(map(Anchor, keys))


def _cost(side: frozenset[Anchor]) -> float:
    return sum(clue_cost(f"{'*' if a.is_prefix else '='}{a.key.removeprefix('+')}") for a in side)
