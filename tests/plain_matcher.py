"""The matcher again, written for clarity and not for speed: every word of a text is looked at for every clause.

It shares with the real one what a clause looks for (`patterns`) and how a text is cut into words, and nothing of how
these are found: no index, no clues, no memory.
"""

from functools import cache
from importlib.resources import files
from itertools import pairwise

import yaml

from shared.domain.language.stemming import primary_language
from shared.domain.topics.evidence import Evidence, MatchText, TopicMatch, TopicQuery
from shared.domain.topics.matching import SCOPE_ZONES
from shared.domain.topics.patterns import Pattern, Slot, names_feed, patterns
from shared.domain.topics.query import (
    AllOf,
    AnyOf,
    AtLeast,
    Concept,
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
from shared.domain.topics.reading import ZONE_NAMES, Place, ReadText
from shared.domain.topics.snippet import snippet

# First and last word, as places in the text, and the pattern they fill.
Stretch = tuple[int, int, Pattern]
Held = list[tuple[str, list[Stretch]]]


def plain_match(topic: TopicQuery, query: Query, text: MatchText) -> TopicMatch | None:
    """Match one topic with one text."""
    read = ReadText(text)
    held = holds(query, read, None)
    if held is None:
        return None
    evidence = shown(held, read)
    return TopicMatch(topic.id, topic.version, evidence, snippet(text, evidence))


def holds(query: Query, read: ReadText, scope: ScopeName | None) -> Held | None:  # noqa: PLR0911 - one return for each kind of node
    """Return what satisfies `query`, None where it does not hold."""
    match query:
        case AllOf(parts):
            return enough([holds(part, read, scope) for part in parts], len(parts))
        case AnyOf(parts):
            return enough([holds(part, read, scope) for part in parts], 1)
        case AtLeast(count, parts):
            return enough([holds(part, read, scope) for part in parts], count)
        case Not(part):
            return [] if holds(part, read, scope) is None else None
        case Scoped(inner, part):
            return holds(part, read, inner)
        case Near():
            text = print_query(query)
            return named(f"{scope}:({text})" if scope else text, near(query, read, scope))
        case _ if scope == "lang":
            said = isinstance(query, Word) and primary_language(query.text) == read.language
            return [] if said else None
        case _ if scope == "feed":
            return [] if any(names_feed(query, feed) for feed in read.text.feeds) else None
        case _:
            text, found = leaf_text(query), stretches(query, read, scope)
            if isinstance(query, Concept) and scope in {None, "lead", "body"} and not is_told(query, read):
                found = []
            return named(f"{scope}:{text}" if scope else text, found)


def enough(parts: list[Held | None], needed: int) -> Held | None:
    held = [part for part in parts if part is not None]
    return [each for part in held for each in part] if len(held) >= needed else None


def named(clause: str, found: list[Stretch]) -> Held | None:
    return [(clause, found)] if found else None


def stretches(leaf: Leaf, read: ReadText, scope: ScopeName | None) -> list[Stretch]:
    """Return every stretch of words that `leaf` describes, in order, each with the first pattern that does."""
    found: dict[tuple[int, int], Pattern] = {}
    for pattern in patterns(leaf, read.language):
        for first in range(len(read.places)):
            last = first + len(pattern.slots) - 1
            if (
                fills(pattern, first, read, SCOPE_ZONES[scope])
                and in_context(first, last, pattern, read)
                and not (pattern.concept and is_said_absent(first, last, read))
            ):
                found.setdefault((first, last), pattern)
    return [
        (first, last, pattern) for (first, last), pattern in sorted(found.items(), key=lambda each: each[0])
    ]


def is_told(concept: Concept, read: ReadText) -> bool:
    """Say whether a concept is more than mentioned: in the title, twice, in a phrase, or in company."""
    found = stretches(concept, read, None)
    there = {ZONE_NAMES[place.zone] for place in read.places}
    head = {"title"} if {"title", "body"} <= there else {"title", "lead"}
    if any(ZONE_NAMES[read.places[first].zone] in head for first, _, _ in found):
        return True
    if any(0 < later[0] - earlier[1] <= 100 for earlier in found for later in found):
        return True
    all_of_it = patterns(concept, read.language)

    def tells(first: int, last: int, pattern: Pattern) -> bool:
        fewest = 4 if read.places[first].form.unspaced else 2
        if not pattern.needs and not pattern.forbids and last - first + 1 >= fewest:
            return True
        same = [need for other in all_of_it if other.concept == pattern.concept for need in other.needs]
        companions = pattern.needs or same
        beside = [
            {key for place in read.places[start:end] for key in place.form.found}
            for other in companions
            for start in range(len(read.places))
            if fills(other, start, read, -1)
            for end in [start + len(other.slots)]
            if (end - 1 < first and in_reach(end - 1, first, read))
            or (last < start and in_reach(last, start, read))
        ]
        return not companions or any(not one & other for one in beside for other in beside)

    return any(tells(*stretch) for stretch in found)


def fills(pattern: Pattern, first: int, read: ReadText, zones: int) -> bool:
    places = read.places[first : first + len(pattern.slots)]
    if len(places) < len(pattern.slots) or places[-1].rank - places[0].rank != len(places) - 1:
        return False
    if not places[0].zone & zones or not places[-1].zone & zones:
        return False
    return all(is_word(slot, place, read) for slot, place in zip(pattern.slots, places, strict=True))


def is_word(slot: Slot, place: Place, read: ReadText) -> bool:
    if slot.prefix is not None:
        return any(key.startswith(slot.prefix) for key in place.form.found)
    if not set(slot.keys) & set(place.form.found):
        return False
    if slot.written is not None and place.form.written != slot.written:
        return False
    if not slot.capitals:
        return True
    return place.form.capitals and (slot.beside_others or not read.is_shouted(place))


def in_context(first: int, last: int, pattern: Pattern, read: ReadText) -> bool:
    def near_by(other: Pattern, *, beside: bool) -> bool:
        for start in range(len(read.places)):
            end = start + len(other.slots) - 1
            if fills(other, start, read, -1) and (not beside or end < first or last < start):
                if end < first and in_reach(end, first, read):
                    return True
                if last < start and in_reach(last, start, read):
                    return True
                if start <= last and first <= end:
                    return True
        return False

    wanted = not pattern.needs or any(near_by(other, beside=True) for other in pattern.needs)
    return wanted and not any(near_by(other, beside=False) for other in pattern.forbids)


def in_reach(end: int, start: int, read: ReadText) -> bool:
    """Say whether a stretch that ends with one word and one that starts with the other are near."""
    between, zones = start - end - 1, {ZONE_NAMES[read.places[at].zone] for at in (end, start)}
    paragraphs = sum(
        later.rank - earlier.rank > 1 for earlier, later in pairwise(read.places[end : start + 1])
    )
    if paragraphs == 0:
        return between <= 20
    if zones <= {"title", "lead"} or (zones == {"lead", "body"} and paragraphs == 1):
        return between <= 30
    return False


def is_said_absent(first: int, last: int, read: ReadText) -> bool:
    """Say whether one of the phrases of absence stands right before the words, or right behind them."""
    phrases = absence_phrases().get(read.language or "", {})

    def stands(kind: str) -> list[tuple[int, int]]:
        return [
            (start, start + len(pattern.slots) - 1)
            for phrase in phrases.get(kind, [])
            for pattern in patterns(Phrase(phrase), read.language)
            for start in range(len(read.places))
            if fills(pattern, start, read, -1)
        ]

    longer = stands("neither")

    def counts(early: tuple[int, int]) -> bool:
        return not any(one[0] <= early[0] and early[1] <= one[1] for one in longer)

    return any(leads_to(one[1], first, read) for one in stands("before") if counts(one)) or any(
        leads_to(last, one[0], read) for one in stands("after") if counts(one)
    )


def leads_to(end: int, start: int, read: ReadText) -> bool:
    """Say whether a stretch that starts with the second word follows one that ends with the first in its sentence."""
    if start <= end:
        return False
    words = read.places[end : start + 1]
    if any(later.rank - earlier.rank > 1 for earlier, later in pairwise(words)):
        return False
    between = read.field_text(words[0])[words[0].end : words[-1].start]
    most = 4 if words[-1].form.unspaced else 2
    return len(words) - 2 <= most and not set(between) & set(".!?…:;。！？；：؟؛۔।")


@cache
def absence_phrases() -> dict[str, dict[str, list[str]]]:
    lists: dict[str, dict[str, list[str]]] = yaml.safe_load(
        (files("shared.domain.topics") / "absence.yaml").read_text(encoding="utf-8")
    )
    return lists


def near(query: Near, read: ReadText, scope: ScopeName | None) -> list[Stretch]:
    """Pair each left side with the next right side behind it, and, where order does not count, the other way round."""
    left, right = side(query.left, read, scope), side(query.right, read, scope)
    orders = [(left, right)] if query.ordered else [(left, right), (right, left)]
    found: dict[tuple[int, int], Pattern] = {}
    for before, after in orders:
        for first, last, pattern in before:
            behind = [other for other in after if other[0] > last]
            if behind and read.places[behind[0][0]].rank - read.places[last].rank - 1 <= query.words:
                telling = pattern if pattern.concept else behind[0][2]
                found.setdefault((first, behind[0][1]), telling)
    return [
        (first, last, pattern) for (first, last), pattern in sorted(found.items(), key=lambda each: each[0])
    ]


def side(query: Query, read: ReadText, scope: ScopeName | None) -> list[Stretch]:
    found: dict[tuple[int, int], Pattern] = {}
    for leaf in query.parts if isinstance(query, AnyOf) else (query,):
        for first, last, pattern in stretches(leaf, read, scope):  # type: ignore[arg-type]  # what a side may hold
            found.setdefault((first, last), pattern)
    return [
        (first, last, pattern) for (first, last), pattern in sorted(found.items(), key=lambda each: each[0])
    ]


def shown(held: Held, read: ReadText) -> tuple[Evidence, ...]:
    """Show the first stretch of each clause, then the second, then the third; a hundred at most."""
    clauses = dict(held)
    pieces = []
    for turn in range(3):
        for clause, found in clauses.items():
            if turn < len(found):
                first, last, pattern = found[turn]
                start, end = read.places[first], read.places[last]
                text = read.field_text(start)[start.start : end.end]
                zone = ZONE_NAMES[start.zone]
                pieces.append(
                    Evidence(
                        clause,
                        text,
                        start.field,
                        zone,
                        start.start,
                        end.end,
                        pattern.concept,
                        pattern.language,
                    )
                )
    return tuple(pieces[:100])
