"""Refuse queries that parse and mean nothing useful: they ring for everything, nothing or stop words."""

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from shared.domain.language.common_words import STOP_WORDS
from shared.domain.language.languages import LANGUAGES
from shared.domain.language.stemming import primary_language
from shared.domain.language.words import split_words
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
)

# What a query asks, whatever its place in the tree: a clause and where it is looked for.
Atom: TypeAlias = tuple[ScopeName | None, str, object]
_MOST_CLAUSES_SEEN = 200_000


class Refused(Exception):  # noqa: N818 - an outcome of parsing; `parse_query` alone turns it into QueryError
    """A fault in a query, at a 0-based place in its text."""

    def __init__(self, at: int, reason: str) -> None:
        super().__init__(reason)
        self.at = at
        self.reason = reason


def check_meaning(query: Query) -> None:
    """Raise Refused for a clause where none can stand, and for what can only match everything or nothing."""
    _check_places(query, None)
    signs = list(_signs(query, None, wanted=True))
    negates = not all(wanted for _, wanted in signs)
    if negates and _holds(query, {}):
        raise Refused(
            _first_not(query),
            "this would ring for everything; name something to find beside what to leave out",
        )
    stop_words = {_atom(leaf, scope): True for leaf, scope in leaves(query) if _is_stop_words(leaf, scope)}
    if stop_words and _holds(query, stop_words):
        raise Refused(
            _first_leaf(query), "stop words alone are in every text; add a word that tells something"
        )
    # Of clauses to find, only languages can exclude each other.
    if (negates or any(scope == "lang" for (scope, *_), _ in signs)) and not _can_hold(query, signs):
        raise Refused(_first_leaf(query), "no text can match this; two of its clauses exclude each other")


def leaves(query: Query, scope: ScopeName | None = None) -> Iterator[tuple[Leaf | Near, ScopeName | None]]:
    """Yield the clauses of `query` from left to right, a NEAR as one, each with the field that binds it."""
    match query:
        case AllOf(parts) | AnyOf(parts) | AtLeast(_, parts):
            for part in parts:
                yield from leaves(part, scope)
        case Not(part):
            yield from leaves(part, scope)
        case Scoped(inner, part):
            yield from leaves(part, inner)
        case _:
            yield query, scope


def _check_places(query: Query, scope: ScopeName | None) -> None:
    match query:
        case Scoped(inner, part, at):
            if scope is not None:
                raise Refused(at, f"{inner}: stands inside {scope}: already; use one of them")
            _check_places(part, inner)
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                _check_places(part, scope)
        case Not(part):
            _check_places(part, scope)
        case AtLeast():
            _check_at_least(query, scope)
        case Near():
            _check_near(query, scope)
        case _:
            _check_leaf(query, scope)


def _check_at_least(query: AtLeast, scope: ScopeName | None) -> None:
    if query.count == 0:
        raise Refused(query.at, "AT LEAST 0 would ring for everything; the number is 1 or more")
    if query.count > len(query.parts):
        raise Refused(query.at, f"AT LEAST {query.count} of {len(query.parts)} clauses can never match")
    for part in query.parts:
        _check_places(part, scope)


def _check_near(query: Near, scope: ScopeName | None) -> None:
    if scope in {"lang", "feed"}:
        raise Refused(query.at, f"{scope}: takes words, not NEAR")
    for side in (query.left, query.right):
        for part in side.parts if isinstance(side, AnyOf) else (side,):
            if not isinstance(part, Word | Exact | Phrase | Prefix | Concept):
                raise Refused(query.at, _bad_side(part))
            _check_leaf(part, scope)


def _bad_side(part: Query) -> str:
    if isinstance(part, Scoped):
        return f"a field binds before NEAR; write {part.scope}:(a NEAR/5 b)"
    if isinstance(part, Near):
        return "NEAR does not chain; write (a NEAR/5 b) AND (b NEAR/5 c)"
    return "a side of NEAR is a word, phrase, prefix, concept or an OR-group of them"


def _check_leaf(leaf: Leaf, scope: ScopeName | None) -> None:
    if scope == "lang":
        _check_language(leaf)
    if scope == "feed" and isinstance(leaf, Concept):
        raise Refused(leaf.at, "feed: takes words of the feed's title or address, not a concept")


def _check_language(leaf: Leaf) -> None:
    code = primary_language(leaf.text) if isinstance(leaf, Word) else None
    if code not in LANGUAGES:
        raise Refused(leaf.at, "lang: takes a two-letter language code, as lang:fr or lang:(fr OR ar)")


def _is_stop_words(leaf: Leaf | Near, scope: ScopeName | None) -> bool:
    if scope in {"lang", "feed", "place", "tag"} or not isinstance(leaf, Word | Exact | Phrase):
        return False
    words = split_words(leaf.text, None)
    return all(word.form.folded in STOP_WORDS and not is_initials(word, words) for word in words)


def _atom(leaf: Leaf | Near, scope: ScopeName | None) -> Atom:
    if scope == "lang" and isinstance(leaf, Word):
        return scope, "lang", primary_language(leaf.text)
    if isinstance(leaf, Word | Phrase | Prefix):
        return scope, type(leaf).__name__, tuple(_spelling(leaf.text))
    return scope, type(leaf).__name__, leaf


def _spelling(text: str) -> Iterator[str]:
    words = split_words(text, None)
    for word in words:
        yield word.form.written if is_initials(word, words) else word.form.folded


def _holds(query: Query, known: Mapping[Atom, bool]) -> bool:
    return _decided(query, None, {**dict.fromkeys(_atoms(query), False), **known}) is True


def _atoms(query: Query) -> list[Atom]:
    return list(dict.fromkeys(_atom(leaf, scope) for leaf, scope in leaves(query)))


def _can_hold(query: Query, signs: list[tuple[Atom, bool]]) -> bool:
    """Search for clauses that make `query` hold; beyond a bound of steps, believe that there are some."""
    settled = _settled(signs)
    open_atoms = [atom for atom in dict.fromkeys(atom for atom, _ in signs) if atom not in settled]
    waiting: list[dict[Atom, bool]] = [settled]
    for _ in range(_MOST_CLAUSES_SEEN // len(signs)):
        if not waiting:
            return False
        known = waiting.pop()
        decided = _decided(query, None, known)
        if decided:
            return True
        if decided is None:
            atom = next(atom for atom in open_atoms if atom not in known)
            waiting += [{**known, atom: False}, _with_true(known, atom, open_atoms)]
    return True


def _signs(query: Query, scope: ScopeName | None, *, wanted: bool) -> Iterator[tuple[Atom, bool]]:
    """Yield every clause, and whether it is one to find rather than one to leave out."""
    match query:
        case AllOf(parts) | AnyOf(parts) | AtLeast(_, parts):
            for part in parts:
                yield from _signs(part, scope, wanted=wanted)
        case Not(part):
            yield from _signs(part, scope, wanted=not wanted)
        case Scoped(inner, part):
            yield from _signs(part, inner, wanted=wanted)
        case _:
            yield _atom(query, scope), wanted


def _settled(signs: list[tuple[Atom, bool]]) -> dict[Atom, bool]:
    """Return the clauses that are only found or only left out, as they help most; a text has one language."""
    both = set(signs)
    return {atom: sign for atom, sign in signs if (atom, not sign) not in both and atom[0] != "lang"}


def _with_true(known: Mapping[Atom, bool], atom: Atom, atoms: list[Atom]) -> dict[Atom, bool]:
    """Return `known` and `atom`; a text has one language, so a language that holds rules out the others."""
    excluded = [other for other in atoms if atom[0] == "lang" == other[0] and other != atom]
    return {**known, **dict.fromkeys(excluded, False), atom: True}


def _decided(query: Query, scope: ScopeName | None, known: Mapping[Atom, bool]) -> bool | None:
    """Return whether `query` holds when `known` does; None where it is not decided yet."""
    match query:
        case AllOf(parts):
            return _count_decides([_decided(part, scope, known) for part in parts], len(parts))
        case AnyOf(parts):
            return _count_decides([_decided(part, scope, known) for part in parts], 1)
        case AtLeast(count, parts):
            return _count_decides([_decided(part, scope, known) for part in parts], count)
        case Not(part):
            decided = _decided(part, scope, known)
            return None if decided is None else not decided
        case Scoped(inner, part):
            return _decided(part, inner, known)
        case _:
            return known.get(_atom(query, scope))


def _count_decides(decided: list[bool | None], needed: int) -> bool | None:
    if decided.count(True) >= needed:
        return True
    return False if len(decided) - decided.count(False) < needed else None


def _first_not(query: Query) -> int:
    return min(_nots(query), default=_first_leaf(query))


def _nots(query: Query) -> Iterator[int]:
    match query:
        case Not(_, at):
            yield at
        case AllOf(parts) | AnyOf(parts) | AtLeast(_, parts):
            for part in parts:
                yield from _nots(part)
        case Scoped(_, part):
            yield from _nots(part)


def _first_leaf(query: Query) -> int:
    first, _ = next(leaves(query))
    return _first_at(first.left) if isinstance(first, Near) else first.at


def _first_at(side: Query) -> int:
    return _first_at(side.parts[0]) if isinstance(side, AnyOf | AllOf) else side.at
