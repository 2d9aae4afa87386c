"""What a text's terms must hold for a query to have any chance: the backtest's pre-filter, in any language."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import TypeAlias

from shared.domain.language.common_words import STOP_WORDS
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


@dataclass(frozen=True, slots=True)
class SomeTerms:
    """At least `count` of these are needed, 2 or more, and not all."""

    count: int
    parts: "tuple[Needed, ...]"


Needed: TypeAlias = Term | EveryTerm | AnyTerm | SomeTerms

_NEVER = AnyTerm(())


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
            return _of_patterns(patterns(query, language))


def holds_for_terms(needed: Needed | None, terms: Iterable[str]) -> bool:
    """Say whether `terms` hold what is needed, as the database says it of those stored."""
    match needed:
        case None:
            return True
        case EveryTerm(parts):
            return all(holds_for_terms(part, terms) for part in parts)
        case AnyTerm(parts):
            return any(holds_for_terms(part, terms) for part in parts)
        case SomeTerms(count, parts):
            return sum(holds_for_terms(part, terms) for part in parts) >= count
        case Term(key, is_prefix):
            return any(term.startswith(key) for term in terms) if is_prefix else key in terms


def _every(parts: Iterable[Needed | None]) -> Needed | None:
    sides = (part.parts if isinstance(part, EveryTerm) else (part,) for part in parts if part is not None)
    known = tuple(dict.fromkeys(chain.from_iterable(sides)))
    if _NEVER in known:
        return _NEVER
    return (known[0] if len(known) == 1 else EveryTerm(known)) if known else None


def _any(parts: Sequence[Needed | None]) -> Needed | None:
    if None in parts:
        return None
    known = tuple(dict.fromkeys(part for part in parts if part is not None and part != _NEVER))
    return known[0] if len(known) == 1 else AnyTerm(known)


def _at_least(count: int, parts: list[Needed | None]) -> Needed | None:
    known = [part for part in parts if part is not None]
    # The clauses that no term tells of may all hold.
    wanted = count - (len(parts) - len(known))
    possible = tuple(part for part in known if part != _NEVER)
    if wanted <= 0:
        return None
    if wanted == 1:
        return _any(known)
    if wanted >= len(possible):
        return _every(possible) if wanted == len(possible) else _NEVER
    return SomeTerms(wanted, possible)


def _of_patterns(found: Iterable[Pattern]) -> Needed | None:
    """One of these; what phrases of a list share, the words around them, is asked for once and not with each."""
    by_context: dict[int, list[Pattern]] = {}
    for pattern in found:
        by_context.setdefault(id(pattern.needs), []).append(pattern)
    return _any([_in_context(together) for together in by_context.values()])


def _in_context(together: list[Pattern]) -> Needed | None:
    needs = together[0].needs
    context = [_of_patterns(needs)] if needs else []
    return _every([_by_their_commonest([_of_words(pattern) for pattern in together]), *context])


def _by_their_commonest(phrases: list[tuple[Needed, ...]]) -> Needed | None:
    """One of these; a word that many have is asked for first and once."""
    counts = Counter(word for words in phrases for word in words)
    by_word: dict[Needed, list[Needed | None]] = {}
    for words in phrases:
        commonest = max(words, key=counts.__getitem__)
        by_word.setdefault(commonest, []).append(_every(word for word in words if word != commonest))
    return _any([_every([word, _any(rests)]) for word, rests in by_word.items()])


def _of_words(pattern: Pattern) -> tuple[Needed, ...]:
    pairs = (
        Term(a.keys[0] + b.keys[0]) for a, b in pairwise(pattern.slots) if _is_unspaced(a) and _is_unspaced(b)
    )
    telling = [slot for slot in pattern.slots if not _is_everywhere(slot)] or pattern.slots
    return (*map(_of_slot, telling), *pairs)


def _is_everywhere(slot: Slot) -> bool:
    return slot.prefix is None and any(key in STOP_WORDS for key in slot.keys)


def _is_unspaced(slot: Slot) -> bool:
    return bool(slot.keys) and form_of(slot.keys[0], None).unspaced


def _of_slot(slot: Slot) -> Needed:
    if slot.prefix is not None:
        return Term(slot.prefix, is_prefix=True)
    return Term(slot.keys[0]) if len(slot.keys) == 1 else AnyTerm(tuple(map(Term, slot.keys)))
