"""Advice on a query that may be fine and may not mean what its writer thinks: where, what, and what to write."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from shared.domain.topics.query import Exact, Leaf, Near, Phrase, Prefix, Query, ScopeName, Word, leaf_text
from shared.domain.topics.query_checks import leaves
from shared.domain.topics.query_grammar import QUOTES

_SHORT_PREFIX = 4


@dataclass(frozen=True, slots=True)
class Advice:
    """What is doubtful at a `column` (from 1) of a query, and what to write instead ("" where only you can tell)."""

    column: int
    text: str
    advice: str
    repair: str = ""


@dataclass(frozen=True, slots=True)
class _Habit:
    """How another engine, or an editor, writes something, and how it is written here."""

    sign: re.Pattern[str]
    advice: str
    repair: Callable[["re.Match[str]"], str] = lambda _: ""


def _sign(inner: str, *, whole: bool = True) -> "re.Pattern[str]":
    """Compile a sign that stands at the beginning of a clause, and where it is `whole` is all of it."""
    return re.compile(rf"(?<![^\s(])(?:{inner})" + (r"(?=[\s)]|$)" if whole else ""), re.IGNORECASE)


def _number(found: "re.Match[str]") -> str:
    return next(group for group in found.groups() if group)


# Each is looked for outside quotes, but for those that name them.
_HABITS = (
    _Habit(
        _sign(r"\"([^\"\s]+)\s+([^\"\s]+)\"~(\d+)"),
        '"a b"~5 is how Lucene and Brandwatch say near; here a tilde begins a concept',
        lambda found: f"{found.group(1)} NEAR/{found.group(3)} {found.group(2)}",
    ),
    _Habit(
        _sign(r"NEAR/(\d+)f|(?:w/)?pre/?(\d+)|adj/?(\d+)|onear(\d+)"),
        "another engine's way to say near and in this order",
        lambda found: f"ONEAR/{_number(found)}",
    ),
    _Habit(
        _sign(r"near(\d+)|w/(\d+)|/n?(\d+)|around\((\d+)\)"),
        "another engine's way to say near; NEAR/5 allows five words between here, Factiva's near5 four",
        lambda found: f"NEAR/{_number(found)}",
    ),
    _Habit(
        _sign(r"(?:site|url|source|domain):(?=\S)", whole=False),
        "site: is Google's; here feed: finds words of a feed's title or address",
        lambda _: "feed:",
    ),
    _Habit(_sign("(?:all)?intitle:|headline:", whole=False), "here it is title:", lambda _: "title:"),
    _Habit(_sign("(?:in)?text:|content:", whole=False), "here it is body:", lambda _: "body:"),
    _Habit(_sign("language:", whole=False), "here it is lang:", lambda _: "lang:"),
    _Habit(_sign(r"\+(?=\S)", whole=False), "a plus is not needed: words side by side must all be there"),
    _Habit(_sign("&&?"), "here it is AND", lambda _: "AND"),
    _Habit(_sign(r"\|\|?"), "here it is OR", lambda _: "OR"),
    _Habit(_sign(r"!(?=\S)", whole=False), "here it is a dash", lambda _: "-"),
    _Habit(
        _sign("(?-i:and|or|not)"),
        "an operator is written in capitals; in small letters it is refused",
        lambda found: found.group().upper(),
    ),
    _Habit(
        _sign(r"([^\W\d_]+)[?$#]"),
        "a sign for one letter is another engine's; here a word finds its inflections by itself",
        lambda found: found.group(1),
    ),
    _Habit(
        _sign("[‘']([^‘’'\"]+ [^‘’'\"]+)[’']"),
        "single quotes make no phrase",
        lambda found: f'"{found.group(1)}"',
    ),
    _Habit(re.compile("[“”„‟«»]"), "a curly quote, read as a straight one", lambda _: '"'),
)


def lint_text(text: str) -> list[Advice]:
    """Give advice on what a query's text looks like, whether or not it parses; each repair is of that place alone."""
    inside = [
        (found.start(), found.end()) for found in re.finditer(f"[{QUOTES}][^{QUOTES}]*[{QUOTES}]", text)
    ]
    taken: set[int] = set()
    found_advice = []
    for habit in _HABITS:
        for found in habit.sign.finditer(text):
            quoted = any(start < found.start() < end - 1 for start, end in inside)
            if not quoted and taken.isdisjoint(range(found.start(), found.end())):
                taken.update(range(found.start(), found.end()))
                found_advice.append(
                    Advice(found.start() + 1, found.group(), habit.advice, habit.repair(found))
                )
    return sorted(found_advice, key=lambda each: each.column)


def repaired(text: str, advice: list[Advice]) -> str:
    """Return `text` with every repair made."""
    for each in sorted(advice, key=lambda one: -one.column):
        if each.repair:
            start = each.column - 1
            text = text[:start] + each.repair + text[start + len(each.text) :]
    return text


def lint_query(query: Query) -> list[Advice]:
    """Give advice on the clauses of a query that parses."""
    return [
        Advice(leaf.at + 1, leaf_text(leaf), _TOO_SHORT)
        for leaf, _ in _single_leaves(query)
        if isinstance(leaf, Prefix) and leaf.text.isascii() and len(leaf.text) < _SHORT_PREFIX
    ]


_TOO_SHORT = (
    f"so short a beginning finds many other words; give {_SHORT_PREFIX} letters or more before the star"
)


def sought_words(query: Query) -> list[tuple[Leaf, ScopeName | None]]:
    """List the clauses of a query that look for words, from left to right."""
    return [
        (leaf, scope)
        for leaf, scope in _single_leaves(query)
        if isinstance(leaf, Word | Exact | Phrase | Prefix) and scope not in {"lang", "feed"}
    ]


def _single_leaves(query: Query) -> Iterator[tuple[Leaf, ScopeName | None]]:
    for leaf, scope in leaves(query):
        if isinstance(leaf, Near):
            sides = (part for side in (leaf.left, leaf.right) for part, _ in _single_leaves(side))
            yield from ((part, scope) for part in sides)
        else:
            yield leaf, scope
