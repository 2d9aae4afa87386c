"""A topic's query as a tree, and the text that says the tree."""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from shared.domain.topics.concepts import ConceptPhrase

ScopeName = Literal["title", "lead", "body", "all", "lang", "feed", "place", "tag"]
SCOPES: tuple[ScopeName, ...] = ("title", "lead", "body", "all", "lang", "feed", "place", "tag")


@dataclass(frozen=True, slots=True)
class Word:
    """Any inflection of a word, case- and accent-blind."""

    text: str
    at: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Exact:
    """A word exactly as written."""

    text: str
    at: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Phrase:
    """These words in this order, in these forms, case- and accent-blind."""

    text: str
    at: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Prefix:
    """Any word that begins so; `text` is written without its star."""

    text: str
    at: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Concept:
    """A meaning: `phrases` are all that may say it, as the lexicon had them when the query was parsed."""

    id: str
    phrases: tuple[ConceptPhrase, ...] = field(default=(), compare=False, repr=False)
    written: str = field(default="", compare=False, repr=False)
    at: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds."""

    parts: "tuple[Query, ...]"


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One part holds, or more."""

    parts: "tuple[Query, ...]"


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: "Query"
    at: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class AtLeast:
    """`count` of the parts hold, or more."""

    count: int
    parts: "tuple[Query, ...]"
    at: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Near:
    """Left and right with at most `words` words between them; left first where it is `ordered`."""

    left: "Query"
    right: "Query"
    words: int
    ordered: bool = False
    at: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Scoped:
    """The part, looked for in one place only."""

    scope: ScopeName
    part: "Query"
    at: int = field(default=0, compare=False, repr=False)


Leaf: TypeAlias = Word | Exact | Phrase | Prefix | Concept
Query: TypeAlias = Leaf | AllOf | AnyOf | Not | AtLeast | Near | Scoped

# How tightly a node binds: a part that binds less tightly than its place needs brackets.
_OR, _AND, _NOT, _NEAR, _ONE = range(5)


def print_query(query: Query) -> str:
    """Return the text of `query`, which parses to the same tree."""
    return _printed(query, _OR)


def _printed(query: Query, needed: int) -> str:
    binding, text = _text(query)
    return f"({text})" if binding < needed else text


def _text(query: Query) -> tuple[int, str]:  # noqa: PLR0911 - one return for each kind of node
    match query:
        case AnyOf(parts):
            return _OR, " OR ".join(_printed(part, _AND) for part in parts)
        case AllOf(parts):
            return _AND, " AND ".join(_printed(part, _NOT) for part in parts)
        case Not(part):
            return _NOT, f"NOT {_printed(part, _NOT)}"
        case Near(left, right, words, ordered):
            operator = "ONEAR" if ordered else "NEAR"
            return _NEAR, f"{_printed(left, _ONE)} {operator}/{words} {_printed(right, _ONE)}"
        case AtLeast(count, parts):
            return _ONE, f"AT LEAST {count} OF ({', '.join(_printed(part, _OR) for part in parts)})"
        case Scoped(scope, AtLeast() as part):
            return _ONE, f"{scope}:({_printed(part, _OR)})"
        case Scoped(scope, part):
            return _ONE, f"{scope}:{_printed(part, _ONE)}"
        case _:
            return _ONE, leaf_text(query)


def leaf_text(leaf: Leaf) -> str:
    """Return a word, phrase, prefix or concept as its writer wrote it."""
    match leaf:
        case Word(text):
            return text
        case Exact(text):
            return f"={text}"
        case Phrase(text):
            return f'"{text}"'
        case Prefix(text):
            return f"{text}*"
        case Concept():
            return leaf.written or f"~{leaf.id}"
