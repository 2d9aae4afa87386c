"""The clauses of a query one by one: whether a text holds each, and where."""

from collections.abc import Iterator
from dataclasses import dataclass

from shared.domain.topics.evidence import Evidence, MatchText
from shared.domain.topics.match import match_read
from shared.domain.topics.query import AllOf, AnyOf, AtLeast, Not, Query, Scoped, ScopeName, print_query
from shared.domain.topics.reading import ReadText

# Where an unscoped clause is not looked for; in this order they are worth telling.
_ELSEWHERE: tuple[ScopeName, ...] = ("all", "tag")


@dataclass(frozen=True, slots=True)
class ClauseFinding:
    """One clause by itself: `evidence` where it holds, and, where it does not, what is elsewhere.

    `unwanted` tells that it stands under NOT; `elsewhere` is evidence in boilerplate, captions or tags, which
    the clause as written does not read.
    """

    clause: str
    holds: bool
    unwanted: bool = False
    evidence: tuple[Evidence, ...] = ()
    elsewhere: tuple[Evidence, ...] = ()


def find_clauses(query: Query, text: MatchText) -> tuple[ClauseFinding, ...]:
    """Say of each clause of `query`, from left to right, each once, whether it is found in `text`."""
    read = ReadText(text)
    clauses = dict.fromkeys(_clauses(query, None, unwanted=False))
    return tuple(_find(clause, unwanted, read) for clause, unwanted in clauses)


def _clauses(query: Query, scope: ScopeName | None, *, unwanted: bool) -> Iterator[tuple[Query, bool]]:
    match query:
        case AllOf(parts) | AnyOf(parts) | AtLeast(_, parts):
            for part in parts:
                yield from _clauses(part, scope, unwanted=unwanted)
        case Not(part):
            yield from _clauses(part, scope, unwanted=not unwanted)
        case Scoped(inner, part):
            yield from _clauses(part, inner, unwanted=unwanted)
        case _:
            yield (Scoped(scope, query) if scope else query), unwanted


def _find(clause: Query, unwanted: bool, read: ReadText) -> ClauseFinding:
    evidence = match_read(clause, read)
    return ClauseFinding(
        print_query(clause),
        holds=evidence is not None,
        unwanted=unwanted,
        evidence=evidence or (),
        elsewhere=_elsewhere(clause, read) if evidence is None else (),
    )


def _elsewhere(clause: Query, read: ReadText) -> tuple[Evidence, ...]:
    if isinstance(clause, Scoped):
        if clause.scope in {"lang", "feed"}:
            return ()
        clause = clause.part
    found = (match_read(Scoped(scope, clause), read) for scope in _ELSEWHERE)
    return next((evidence for evidence in found if evidence), ())
