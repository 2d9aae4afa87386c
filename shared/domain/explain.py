"""Says of each clause of a query whether a text holds it, and where: why a topic rings, or does not."""

from dataclasses import dataclass

from shared.domain.evidence import Evidence, MatchText
from shared.domain.match import match_read
from shared.domain.query import Leaf, Near, Query, Scoped, ScopeName, leaf_text, print_query
from shared.domain.query_checks import leaves
from shared.domain.reading import ReadText

# Where an unscoped clause is not looked for; in this order they are worth telling.
_ELSEWHERE: tuple[ScopeName, ...] = ("all", "tag")


@dataclass(frozen=True, slots=True)
class ClauseFinding:
    """One clause by itself: `evidence` where it holds, and, where it does not, what is elsewhere.

    `elsewhere` is evidence in boilerplate, captions or tags, which the clause as written does not read.
    """

    clause: str
    holds: bool
    evidence: tuple[Evidence, ...] = ()
    elsewhere: tuple[Evidence, ...] = ()


def explain_query(query: Query, text: MatchText) -> tuple[ClauseFinding, ...]:
    """Say of each clause of `query`, from left to right, each once, whether it is found in `text`."""
    read = ReadText(text)
    clauses = dict.fromkeys(leaves(query))
    return tuple(_find(clause, scope, read) for clause, scope in clauses)


def _find(clause: Leaf | Near, scope: ScopeName | None, read: ReadText) -> ClauseFinding:
    written = print_query(clause) if isinstance(clause, Near) else leaf_text(clause)
    name = written if scope is None else print_query(Scoped(scope, clause))
    evidence = match_read(clause if scope is None else Scoped(scope, clause), read)
    if evidence is not None:
        return ClauseFinding(name, holds=True, evidence=evidence)
    return ClauseFinding(
        name, holds=False, elsewhere=() if scope in {"lang", "feed"} else _elsewhere(clause, read)
    )


def _elsewhere(clause: Leaf | Near, read: ReadText) -> tuple[Evidence, ...]:
    found = (match_read(Scoped(scope, clause), read) for scope in _ELSEWHERE)
    return next((evidence for evidence in found if evidence), ())
