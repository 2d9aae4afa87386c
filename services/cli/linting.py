"""Advice on a query: what it looks like, what its clauses are, and which of its words nobody ever writes."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from services.cli.files import read_bounded
from services.cli.parsing import parse_known
from services.cli.topic_files import read_listed
from shared.backtest import find_unseen
from shared.clock import now
from shared.domain.topics.query import leaf_text
from shared.domain.topics.query_lint import Advice, lint_query, lint_text, repaired
from shared.errors import QueryError
from shared.store.database import Database


@dataclass(frozen=True, slots=True)
class Linted:
    """One query with the advice on it; `refused` says why it cannot be used, "" where it can."""

    name: str
    query: str
    advice: Sequence[Advice]
    refused: str
    repaired: str

    def as_row(self) -> dict[str, Any]:
        """Give it as JSON has it."""
        return asdict(self)

    def lines(self) -> list[str]:
        """Say it to a person: each doubt under its place."""
        named = f"{self.name}: " if self.name else ""
        if not self.advice and not self.refused:
            return [f"{named}nothing to advise."]
        lines = [f"{named}{self.query}"]
        for each in self.advice:
            instead = f"; write {each.repair}" if each.repair else ""
            lines.append(f"  column {each.column}, {each.text}: {each.advice}{instead}")
        if self.refused:
            lines.append(f"  refused: {self.refused}")
        return [*lines, f"  try: {self.repaired}"] if self.repaired != self.query else lines


def lint(database: Database, query: str, name: str = "") -> Linted:
    """Give all the advice there is on one query; a repair of the whole is given where it parses."""
    advice = lint_text(query)
    better = repaired(query, advice)
    refused = ""
    try:
        tree = parse_known(query)
        unseen = find_unseen(database, tree, now())
        advice += lint_query(tree)
        advice += [
            Advice(leaf.at + 1, leaf_text(leaf), _never_seen(read, languages))
            for leaf, read, languages in unseen
        ]
    except QueryError as error:
        refused = str(error)
    try:
        parse_known(better)
    except QueryError:
        better = query
    return Linted(name, query, sorted(advice, key=lambda each: each.column), refused, better)


def _never_seen(read: int, languages: Sequence[str]) -> str:
    return f"none of the {read:,} stored releases in {', '.join(languages)} has it"


def lint_source(database: Database, source: str) -> list[Linted]:
    """Lint a query, or the topics of a file: what `topic export` prints, or one query."""
    if not Path(source).is_file():
        return [lint(database, source)]
    if Path(source).suffix in {".yaml", ".yml"}:
        return [lint(database, topic.query, topic.name) for topic in read_listed(Path(source))]
    return [lint(database, read_bounded(Path(source)).decode("utf-8", "replace").strip())]
