"""Anchors: keys of which a text must hold one for a query to have any chance, so that most topics sleep."""

from dataclasses import dataclass
from typing import TypeAlias

from shared.domain.common_words import STOP_WORDS
from shared.domain.patterns import Pattern, Slot, patterns
from shared.domain.query import AllOf, AnyOf, AtLeast, Near, Not, Query, Scoped, ScopeName, Word
from shared.domain.stemming import primary_language
from shared.domain.words import form_of


@dataclass(frozen=True, slots=True)
class Anchor:
    """A key of `ReadText.terms`, or the beginning of one."""

    key: str
    is_prefix: bool = False


# One of these must be there; no anchor at all (the empty set) means that the query cannot hold, and None
# that nothing protects it and it must always be evaluated.
Anchors: TypeAlias = frozenset[Anchor] | None

_NEVER: frozenset[Anchor] = frozenset()
_STOP_WORD_COST = 200


def anchors(query: Query, language: str | None, scope: ScopeName | None = None) -> Anchors:  # noqa: PLR0911 - one return for each kind of node
    """Return the anchors of `query` in a text in `language`: what holds for it holds one of them.

    Of what must all be there the rarest side is taken, guessed by its length.
    """
    match query:
        case AllOf(parts):
            return _cheapest([anchors(part, language, scope) for part in parts])
        case AnyOf(parts):
            return _any_of([anchors(part, language, scope) for part in parts])
        case AtLeast(count, parts):
            return _at_least(count, [anchors(part, language, scope) for part in parts])
        case Not():
            return None
        case Scoped(inner, part):
            return anchors(part, language, inner)
        case Near(left, right):
            return _cheapest([anchors(left, language, scope), anchors(right, language, scope)])
        case Word(text) if scope == "lang":
            return None if primary_language(text) == language else _NEVER
        case _ if scope in {"lang", "feed"}:
            return None
        case _:
            return _any_of([_of_pattern(pattern) for pattern in patterns(query, language)])


def _any_of(sides: list[Anchors]) -> Anchors:
    if any(side is None for side in sides):
        return None
    return frozenset().union(*(side for side in sides if side is not None))


def _cheapest(sides: list[Anchors]) -> Anchors:
    return min((side for side in sides if side is not None), key=_cost, default=None)


def _at_least(count: int, sides: list[Anchors]) -> Anchors:
    """Take all but `count - 1` of the sides: `count` that hold cannot all be among those left out."""
    by_cost = sorted(sides, key=lambda side: (side is None, 0 if side is None else _cost(side)))
    return _any_of(by_cost[: len(sides) - count + 1])


def _of_pattern(pattern: Pattern) -> Anchors:
    slots = [_of_slot(slot) for slot in pattern.slots]
    # Two characters side by side are far rarer than either, in scripts where a character is a word.
    pairs = [
        frozenset({Anchor(a.keys[0] + b.keys[0])})
        for a, b in zip(pattern.slots, pattern.slots[1:], strict=False)
        if a.keys and b.keys and _is_unspaced(a) and _is_unspaced(b)
    ]
    return min(slots + pairs, key=_cost)


def _is_unspaced(slot: Slot) -> bool:
    return form_of(slot.keys[0], None).unspaced


def _of_slot(slot: Slot) -> frozenset[Anchor]:
    if slot.prefix is not None:
        return frozenset({Anchor(slot.prefix, is_prefix=True)})
    return frozenset(Anchor(key) for key in slot.keys)


def _cost(side: frozenset[Anchor]) -> float:
    return sum(_key_cost(anchor) for anchor in side)


def _key_cost(anchor: Anchor) -> float:
    word = anchor.key.removeprefix("+")
    if word in STOP_WORDS:
        return _STOP_WORD_COST
    length = 2 * len(word) if not word.isascii() and form_of(word[0], None).unspaced else len(word)
    return (4 if anchor.is_prefix else 1) * 100 / (1 + length) ** 2
