"""Why a topic rang for a text, or what it lacked: the tree of its query, each node true or false and where."""

from collections.abc import Iterator
from dataclasses import dataclass

from shared.domain.topics.evidence import Evidence, MatchText
from shared.domain.topics.match import evidence_of
from shared.domain.topics.matching import evaluate
from shared.domain.topics.near_miss import nearest_miss
from shared.domain.topics.query import AllOf, AnyOf, AtLeast, Not, Query, Scoped, ScopeName, print_query
from shared.domain.topics.query_words import describe_query
from shared.domain.topics.reading import ReadText


@dataclass(frozen=True, slots=True)
class ExplainedNode:
    """One node of a query: what it asks in words, its own text, whether it holds and where.

    `found` is empty for a node that does not hold and for one that holds by absence (NOT, a language).
    """

    words: str
    clause: str
    holds: bool
    found: tuple[Evidence, ...]
    parts: "tuple[ExplainedNode, ...]" = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """Whether a query holds for a text, its tree, and for one that does not hold what came nearest."""

    holds: bool
    words: str
    root: ExplainedNode
    nearest_miss: str | None = None

    def lines(self) -> list[str]:
        """Return the tree for a person to read, one node a line, indented by depth."""
        return list(_lines(self.root, 0))


def explain_query(query: Query, text: MatchText) -> Explanation:
    """Return why `query` holds for `text` or does not."""
    read = ReadText(text)
    root = _explained(query, read, None)
    miss = None if root.holds else nearest_miss(query, read)
    return Explanation(root.holds, describe_query(query), root, miss)


def _explained(query: Query, read: ReadText, scope: ScopeName | None) -> ExplainedNode:
    findings = evaluate(query, read, scope)
    return ExplainedNode(
        words=_words(query, scope),
        clause=print_query(query),
        holds=findings is not None,
        found=evidence_of(findings or [], read),
        parts=tuple(_explained(part, read, within) for part, within in _parts(query, scope)),
    )


def _parts(query: Query, scope: ScopeName | None) -> list[tuple[Query, ScopeName | None]]:
    match query:
        case AllOf(parts) | AnyOf(parts) | AtLeast(_, parts):
            return [(part, scope) for part in parts]
        case Not(part):
            return [(part, scope)]
        case Scoped(inner, AllOf() | AnyOf() | AtLeast() | Not() as part):
            return [(part, inner)]
        case _:
            return []


def _words(query: Query, scope: ScopeName | None) -> str:
    match query:
        case AllOf(parts) | AnyOf(parts) | AtLeast(_, parts):
            return f"{_how_many(query)} of these {len(parts)}"
        case Not():
            return "not this"
        case Scoped(inner, AllOf() | AnyOf() | AtLeast() | Not()):
            return f"in {inner}:"
        case _:
            return describe_query(query if scope is None else Scoped(scope, query))


def _how_many(query: AllOf | AnyOf | AtLeast) -> str:
    if isinstance(query, AtLeast):
        return f"at least {query.count}"
    return "all" if isinstance(query, AllOf) else "one or more"


def _lines(node: ExplainedNode, depth: int) -> Iterator[str]:
    where = "; ".join(f"{piece.zone}: “{piece.text}”" for piece in node.found) if not node.parts else ""
    yield f"{'  ' * depth}{'yes' if node.holds else 'no '} {node.words}{' – ' if where else ''}{where}"
    for part in node.parts:
        yield from _lines(part, depth + 1)
