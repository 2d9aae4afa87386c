"""The truth about a match: whether a query holds for a text that has been read, and what satisfies it."""

from bisect import bisect_right
from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

from shared.domain.language.stemming import primary_language
from shared.domain.topics.context import hits_in_context
from shared.domain.topics.passing import is_told
from shared.domain.topics.pattern_hits import Hit
from shared.domain.topics.patterns import company_of, names_feed, possible_patterns
from shared.domain.topics.query import (
    AllOf,
    AnyOf,
    AtLeast,
    Concept,
    Leaf,
    Near,
    Not,
    Query,
    Scoped,
    ScopeName,
    Word,
    leaf_text,
    print_query,
)
from shared.domain.topics.reading import BODY, BOILERPLATE, CAPTION, DATELINE, LEAD, TAG, TITLE, ReadText

_RINGING = TITLE | LEAD | BODY | DATELINE
SCOPE_ZONES: dict[ScopeName | None, int] = {
    None: _RINGING,
    "title": TITLE,
    "lead": LEAD | DATELINE,
    "body": LEAD | BODY | DATELINE,
    "all": _RINGING | BOILERPLATE | CAPTION,
    "place": DATELINE,
    "tag": TAG,
}
# Where a concept must be told. `title:`, `tag:` and `place:` are short, and `all:` asks for every mention.
_TELLING: frozenset[ScopeName | None] = frozenset({None, "lead", "body"})


class Finding(NamedTuple):
    """A clause that holds, as its writer wrote it, and all that satisfies it in reading order."""

    clause: str
    hits: tuple[Hit, ...]


Findings: TypeAlias = list[Finding]


def evaluate(query: Query, read: ReadText, scope: ScopeName | None = None) -> Findings | None:  # noqa: PLR0911 - one return for each kind of node
    """Return what satisfies `query` in `read`, None where it does not hold.

    The list is empty where it holds without a word to show for it (`lang:fr`). What stands under NOT is
    never in it. `scope` is the field that binds the query from outside.
    """
    match query:
        case AllOf(parts):
            return _enough((evaluate(part, read, scope) for part in parts), len(parts), len(parts))
        case AnyOf(parts):
            return _enough([evaluate(part, read, scope) for part in parts], 1, len(parts))
        case AtLeast(count, parts):
            return _enough([evaluate(part, read, scope) for part in parts], count, len(parts))
        case Not(part):
            return [] if evaluate(part, read, scope) is None else None
        case Scoped(inner, part):
            return evaluate(part, read, inner)
        case Near():
            text = print_query(query)
            found = near_hits(query, read, SCOPE_ZONES[scope])
            return _finding(f"({text})" if scope else text, scope, found)
        case _:
            return _leaf(query, read, scope)


def _enough(results: Iterable[Findings | None], needed: int, among: int) -> Findings | None:
    found: Findings = []
    held = missed = 0
    for result in results:
        if result is None:
            missed += 1
            if among - missed < needed:
                return None
        else:
            held += 1
            found += result
    return found if held >= needed else None


def _leaf(leaf: Leaf, read: ReadText, scope: ScopeName | None) -> Findings | None:
    if scope == "lang":
        return [] if isinstance(leaf, Word) and primary_language(leaf.text) == read.language else None
    if scope == "feed":
        return [] if any(names_feed(leaf, feed) for feed in read.text.feeds) else None
    found = hits(leaf, read, SCOPE_ZONES[scope])
    if isinstance(leaf, Concept) and found and _is_only_mentioned(leaf, read, scope):
        return None
    return _finding(leaf_text(leaf), scope, found)


def _is_only_mentioned(concept: Concept, read: ReadText, scope: ScopeName | None) -> bool:
    """Say whether a concept that was found is named in passing, where `scope` does not ask for any mention."""
    if scope not in _TELLING:
        return False
    asked = (id(concept.phrases), "told")
    remembered = read.remembered.get(asked)
    if remembered is None:
        told = is_told(hits(concept, read, _RINGING), company_of(concept, read.language), read)
        remembered = read.remembered[asked] = (concept, told)
    return not remembered[1]


def _finding(clause: str, scope: ScopeName | None, found: list[Hit]) -> Findings | None:
    return [Finding(f"{scope}:{clause}" if scope else clause, tuple(found))] if found else None


def hits(leaf: Leaf, read: ReadText, zones: int) -> list[Hit]:
    """Return every stretch of `read` in `zones` (bits of `shared.domain.topics.reading`) that `leaf` describes.

    In reading order, each once: where several patterns describe it, with the first of them. The text remembers
    them: of many topics that one text wakes, most share a word or a concept.
    """
    # A concept is equal to one of other phrases, and its phrases are many to compare: the memory keeps them alive.
    asked = (id(leaf.phrases) if isinstance(leaf, Concept) else leaf, zones)
    remembered = read.remembered.get(asked)
    if remembered is None:
        remembered = read.remembered[asked] = (leaf, _look_for(leaf, read, zones))
    return remembered[1]


def _look_for(leaf: Leaf, read: ReadText, zones: int) -> list[Hit]:
    wanted = possible_patterns(leaf, read.language, read.keys)
    # What one pattern finds is in order already, each stretch once.
    if len(wanted) == 1:
        return hits_in_context(wanted[0], read, zones)
    return _each_once(hit for pattern in wanted for hit in hits_in_context(pattern, read, zones))


def _each_once(found: Iterable[Hit]) -> list[Hit]:
    by_stretch: dict[tuple[int, int], Hit] = {}
    for hit in found:
        by_stretch.setdefault((hit.first, hit.last), hit)
    return [by_stretch[stretch] for stretch in sorted(by_stretch)]


def near_hits(near: Near, read: ReadText, zones: int) -> list[Hit]:
    """Return every pair of a left and a right side that is near enough, each as one stretch, each once.

    Of each left side only the nearest right side behind it is taken.
    """
    left, right = side_hits(near.left, read, zones), side_hits(near.right, read, zones)
    pairs = _pairs(left, right, near, read)
    if not near.ordered:
        pairs += _pairs(right, left, near, read)
    return _each_once(pairs)


def side_hits(side: Query, read: ReadText, zones: int) -> list[Hit]:
    """Return the hits of a side of NEAR: a leaf, or an OR-group of leaves."""
    leaves = side.parts if isinstance(side, AnyOf) else (side,)
    return _each_once(hit for leaf in leaves for hit in hits(leaf, read, zones))  # type: ignore[arg-type]


def _pairs(before: list[Hit], after: list[Hit], near: Near, read: ReadText) -> list[Hit]:
    """Pair each hit of `before` with the next of `after` that begins behind its end, where it is in reach."""
    starts = [hit.first for hit in after]
    found = []
    for hit in before:
        at = bisect_right(starts, hit.last)
        if at < len(after) and _between(hit, after[at], read) <= near.words:
            # Evidence names one concept: the pair's first.
            telling = hit.pattern if hit.pattern.concept else after[at].pattern
            found.append(Hit(hit.first, after[at].last, telling))
    return found


def _between(before: Hit, after: Hit, read: ReadText) -> int:
    return read.place(after.first).rank - read.place(before.last).rank - 1
