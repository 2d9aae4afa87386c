"""The nearest miss: what a text lacks for a query to hold, said in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce

from shared.domain.language.words import split_words
from shared.domain.topics.absence import said_absent
from shared.domain.topics.concepts import ConceptPhrase
from shared.domain.topics.context import has_what_it_needs
from shared.domain.topics.matching import SCOPE_ZONES, evaluate, hits, side_hits
from shared.domain.topics.pattern_hits import EVERYWHERE, Hit, pattern_hits
from shared.domain.topics.patterns import Pattern, phrase_pattern
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
    Query,
    Scoped,
    ScopeName,
    Word,
    leaf_text,
    print_query,
)
from shared.domain.topics.reading import BREAK, ZONE_NAMES, ReadText

_NOWHERE = 1_000_000_000
_MOST_HITS = 200
_MOST_SHOWN = 6
# How far a clause is from holding: there and not where it should be, there in another shape, not there.
_ELSEWHERE, _RESHAPED, _EXCLUDED, _ABSENT = 1, 2, 3, 10


@dataclass(frozen=True, slots=True)
class _Miss:
    distance: int
    words: str


def nearest_miss(query: Query, read: ReadText) -> str:
    """Return what `read` lacks for `query`, which does not hold for it; of alternatives, the least."""
    return _missed(query, read, None).words


def _missed(query: Query, read: ReadText, scope: ScopeName | None) -> _Miss:
    match query:
        case AnyOf(parts):
            return min((_missed(part, read, scope) for part in parts), key=lambda miss: miss.distance)
        case AllOf(parts) | AtLeast(_, parts):
            needed = query.count if isinstance(query, AtLeast) else len(parts)
            return _lacking(parts, needed, read, scope)
        case Not(part):
            return _Miss(_EXCLUDED, f"{_quoted(part, scope)} is there, and is excluded")
        case Scoped(inner, part):
            return _missed(part, read, inner)
        case Near():
            return _missed_near(query, read, scope)
        case _:
            return _missed_leaf(query, read, scope)


def _lacking(parts: tuple[Query, ...], needed: int, read: ReadText, scope: ScopeName | None) -> _Miss:
    held = [part for part in parts if evaluate(part, read, scope) is not None]
    missed = [_missed(part, read, scope) for part in parts if part not in held]
    nearest = sorted(missed, key=lambda miss: miss.distance)[: needed - len(held)]
    shown = [f"{_quoted(part, scope)} is there" for part in held if not isinstance(part, Not)]
    return _Miss(
        sum(miss.distance for miss in nearest), ", ".join([*shown, *(miss.words for miss in nearest)])
    )


def _quoted(query: Query, scope: ScopeName | None) -> str:
    return f"`{scope}:{print_query(query)}`" if scope else f"`{print_query(query)}`"


def _missed_leaf(leaf: Leaf, read: ReadText, scope: ScopeName | None) -> _Miss:
    if scope == "lang":
        return _Miss(_ABSENT, f"the text is in {read.language or 'no known language'}, not {leaf_text(leaf)}")
    if scope == "feed":
        return _Miss(_ABSENT, f"no feed that carried it is called `{leaf_text(leaf)}`")
    clause = _quoted(leaf, scope)
    if isinstance(leaf, Concept) and (found := hits(leaf, read, SCOPE_ZONES[scope])):
        return _Miss(_RESHAPED, _in_passing(leaf, clause, found[0], read))
    if elsewhere := hits(leaf, read, EVERYWHERE):
        return _Miss(_ELSEWHERE, f"{clause} is only in the {_zones(elsewhere, read)}")
    if reshaped := _reshaped(leaf, clause, read, SCOPE_ZONES[scope]):
        return _Miss(_RESHAPED, reshaped)
    return _Miss(_ABSENT, f"{clause} is not there")


def _reshaped(leaf: Leaf, clause: str, read: ReadText, zones: int) -> str | None:
    if isinstance(leaf, Concept):
        return _doubtful(leaf, read, zones)
    if other := _other_shape(leaf, read, zones):
        return f"{clause} is there only as “{other}”"
    if isinstance(leaf, Phrase) and _all_words_there(leaf, read, zones):
        return f"the words of {clause} are there, not side by side"
    return None


def _zones(found: list[Hit], read: ReadText) -> str:
    zones = reduce(lambda seen, hit: seen | read.place(hit.first).zone, found, 0)
    return " and the ".join(dict.fromkeys(name for bit, name in ZONE_NAMES.items() if zones & bit))


def _other_shape(leaf: Leaf, read: ReadText, zones: int) -> str | None:
    """Return the words in `zones` that `leaf` would take if it did not insist on its spelling or form."""
    match leaf:
        case Exact(text) | Phrase(text):
            found = hits(Word(text), read, zones)
        case Word(text):
            found = hits(Word(text.lower()), read, zones)
        case _:
            return None
    return _words_of(found[0], read) if found else None


def _doubtful(concept: Concept, read: ReadText, zones: int) -> str | None:
    """Say of the first phrase of the concept that is there why it does not count."""
    for phrase in concept.phrases:
        pattern = phrase_pattern(phrase, read.language)
        found = pattern_hits(pattern, read, zones) if pattern else []
        if found:
            return _doubt(phrase, found[0], read)
    return None


def _doubt(phrase: ConceptPhrase, hit: Hit, read: ReadText) -> str:
    words = f"“{_words_of(hit, read)}”"
    if (trigger := said_absent(hit, read)) is not None:
        return f"{words} is said to be absent: “{_words_of(trigger, read)}”"
    if not has_what_it_needs(hit, read):
        return f"{words} counts only near one of: {_some(phrase.needs)}"
    return f"{words} does not count near: {_some(phrase.forbids)}"


def _in_passing(concept: Concept, clause: str, hit: Hit, read: ReadText) -> str:
    """Say of a concept that is named once what would make it more than a mention."""
    words = f"{clause} is named in passing, once and not in the title: “{_words_of(hit, read)}” counts there"
    return f"{words} only near two of: {_some(tuple(_companions(concept, hit.pattern, read.language)))}"


def _companions(concept: Concept, pattern: Pattern, language: str | None) -> Iterator[str]:
    for phrase in concept.phrases:
        shares = (
            pattern == phrase_pattern(phrase, language)
            if pattern.needs
            else phrase.concept_id == pattern.concept
        )
        if shares and phrase.language == language:
            yield from phrase.needs


def _some(phrases: tuple[str, ...]) -> str:
    return ", ".join((*phrases[:_MOST_SHOWN], "…") if len(phrases) > _MOST_SHOWN else phrases)


def _words_of(hit: Hit, read: ReadText) -> str:
    first, last = read.place(hit.first), read.place(hit.last)
    return read.field_text(first)[first.start : last.end]


def _all_words_there(phrase: Phrase, read: ReadText, zones: int) -> bool:
    words = split_words(phrase.text, read.language)
    return len(words) > 1 and all(hits(Word(word.form.written), read, zones) for word in words)


def _missed_near(near: Near, read: ReadText, scope: ScopeName | None) -> _Miss:
    zones = SCOPE_ZONES[scope]
    left, right = side_hits(near.left, read, zones), side_hits(near.right, read, zones)
    if not left or not right:
        return _lacking((near.left, near.right), 2, read, scope)
    between = _least_between(left, right, read)
    backwards = _least_between(right, left, read)
    if near.ordered and backwards < BREAK and (between >= BREAK or backwards <= near.words):
        return _Miss(_ELSEWHERE, f"{_quoted(near.right, scope)} stands before {_quoted(near.left, scope)}")
    over = (between if near.ordered else min(between, backwards)) - near.words
    return _near_by(near, over, scope)


def _near_by(near: Near, over: int, scope: ScopeName | None) -> _Miss:
    """Say by how many words too many `near` was missed; a break between paragraphs counts as BREAK words."""
    left, right = _quoted(near.left, scope), _quoted(near.right, scope)
    if over >= _NOWHERE - near.words:
        return _Miss(_RESHAPED, f"{left} and {right} are the same words here")
    if over >= BREAK - near.words:
        return _Miss(_RESHAPED, f"{left} and {right} are in different paragraphs")
    operator = f"{'ONEAR' if near.ordered else 'NEAR'}/{near.words}"
    return _Miss(_ELSEWHERE, f"{operator} missed by {over} {'word' if over == 1 else 'words'}")


def _least_between(before: list[Hit], after: list[Hit], read: ReadText) -> int:
    """Return the fewest words from the end of one to the beginning of another, _NOWHERE where none follows."""
    distances = (
        read.place(late.first).rank - read.place(early.last).rank - 1
        for early in before[:_MOST_HITS]
        for late in after[:_MOST_HITS]
        if late.first > early.last
    )
    return min(distances, default=_NOWHERE)
