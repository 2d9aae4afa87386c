"""What a text's terms must hold for a query to have any chance: the backtest's pre-filter, in any language."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations, pairwise
from math import comb
from typing import TypeAlias

from shared.domain.language.stemming import primary_language
from shared.domain.language.words import form_of
from shared.domain.topics.patterns import Pattern, Slot, patterns
from shared.domain.topics.query import AllOf, AnyOf, AtLeast, Near, Not, Query, Scoped, ScopeName, Word


@dataclass(frozen=True, slots=True)
class Term:
    """A key of `ReadText.terms`, or the beginning of one."""

    key: str
    is_prefix: bool = False


@dataclass(frozen=True, slots=True)
class EveryTerm:
    """All of these are needed."""

    parts: "tuple[Needed, ...]"


@dataclass(frozen=True, slots=True)
class AnyTerm:
    """One of these is needed; of none, no text will do."""

    parts: "tuple[Needed, ...]"


Needed: TypeAlias = Term | EveryTerm | AnyTerm

_NEVER = AnyTerm(())
# AT LEAST is written out as so many combinations at most; beyond, one of its clauses is asked for.
_MOST_COMBINATIONS = 30


def needed_terms(query: Query, language: str | None, scope: ScopeName | None = None) -> Needed | None:  # noqa: PLR0911 - one return for each kind of node
    """Return what the terms of a text in `language` hold whenever `query` holds for it.

    None where the terms tell nothing (`lang:fr`, `NOT a`). It says nothing of order, zone, capitals or
    absence: that is for the matcher.
    """
    match query:
        case AllOf(parts):
            return _every(needed_terms(part, language, scope) for part in parts)
        case AnyOf(parts):
            return _any([needed_terms(part, language, scope) for part in parts])
        case AtLeast(count, parts):
            return _at_least(count, [needed_terms(part, language, scope) for part in parts])
        case Not():
            return None
        case Scoped(inner, part):
            return needed_terms(part, language, inner)
        case Near(left, right):
            return _every(needed_terms(side, language, scope) for side in (left, right))
        case Word(text) if scope == "lang":
            return None if primary_language(text) == language else _NEVER
        case _ if scope in {"lang", "feed"}:
            return None
        case _:
            return _any([_of_pattern(pattern) for pattern in patterns(query, language)])


def holds_for_terms(needed: Needed | None, terms: Iterable[str]) -> bool:
    """Say whether `terms` hold what is needed, as the database says it of those stored."""
    match needed:
        case None:
            return True
        case EveryTerm(parts):
            return all(holds_for_terms(part, terms) for part in parts)
        case AnyTerm(parts):
            return any(holds_for_terms(part, terms) for part in parts)
        case Term(key, is_prefix):
            return any(term.startswith(key) for term in terms) if is_prefix else key in terms


def _every(parts: Iterable[Needed | None]) -> Needed | None:
    known = tuple(dict.fromkeys(part for part in parts if part is not None))
    if _NEVER in known:
        return _NEVER
    return (known[0] if len(known) == 1 else EveryTerm(known)) if known else None


def _any(parts: list[Needed | None]) -> Needed | None:
    if None in parts:
        return None
    known = tuple(dict.fromkeys(part for part in parts if part is not None and part != _NEVER))
    return known[0] if len(known) == 1 else AnyTerm(known)


def _at_least(count: int, parts: list[Needed | None]) -> Needed | None:
    known = [part for part in parts if part is not None]
    # The clauses that no term tells of may all hold.
    wanted = count - (len(parts) - len(known))
    if wanted <= 0:
        return None
    if comb(len(known), wanted) > _MOST_COMBINATIONS:
        wanted = 1
    return _any([_every(together) for together in combinations(known, wanted)])


def _of_pattern(pattern: Pattern) -> Needed | None:
    pairs = (
        Term(a.keys[0] + b.keys[0]) for a, b in pairwise(pattern.slots) if _is_unspaced(a) and _is_unspaced(b)
    )
    context = [_any([_of_pattern(each) for each in pattern.needs])] if pattern.needs else []
    return _every([*map(_of_slot, pattern.slots), *pairs, *context])


def _is_unspaced(slot: Slot) -> bool:
    return bool(slot.keys) and form_of(slot.keys[0], None).unspaced


def _of_slot(slot: Slot) -> Needed | None:
    if slot.prefix is not None:
        return Term(slot.prefix, is_prefix=True)
    return _any([Term(key) for key in slot.keys])
