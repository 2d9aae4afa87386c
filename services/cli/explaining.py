"""Why a text matches a query or does not, clause by clause, for a person and for a script."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from services.cli.because import because
from services.cli.files import read_bounded
from services.cli.stack import open_stack
from shared.domain.feeds.discovery import is_web_page
from shared.domain.feeds.document_kind import has_feed_root
from shared.domain.language.language import identify_language
from shared.domain.releases.page import PageRefusal, read_page
from shared.domain.topics.clause_findings import ClauseFinding, find_clauses
from shared.domain.topics.evidence import Evidence, MatchText
from shared.domain.topics.explain import explain_query
from shared.domain.topics.match import match_query
from shared.domain.topics.query import Query
from shared.domain.web.charset import read_text
from shared.errors import RefusedError
from shared.store.archive import find_archived
from shared.store.names import looks_like_id


@dataclass(frozen=True, slots=True)
class Explained:
    """One text against one query: `evidence` is None where it does not match, `nearest_miss` where it does."""

    text: MatchText
    evidence: tuple[Evidence, ...] | None
    clauses: tuple[ClauseFinding, ...]
    nearest_miss: str | None

    def as_row(self) -> dict[str, Any]:
        """Give it as JSON has it."""
        return {
            "matches": self.evidence is not None,
            "title": self.text.title,
            "language": self.text.language,
            "evidence": [asdict(piece) for piece in self.evidence or ()],
            "clauses": [asdict(clause) for clause in self.clauses],
            "nearest_miss": self.nearest_miss,
        }

    def as_text(self) -> str:
        """Say it to a person, one line a clause."""
        verdict = "Matches" if self.evidence is not None else "Does not match"
        language = self.text.language or "unknown"
        lines = [f"{verdict}: {self.text.title or '(no title)'} (language: {language})"]
        missed = [f"  nearest: {self.nearest_miss}"] if self.nearest_miss else []
        return "\n".join([*lines, *map(_clause, self.clauses), *missed])


def _clause(finding: ClauseFinding) -> str:
    if finding.holds:
        said = "found, and unwanted" if finding.unwanted else "found"
        return f"  {said}: {because(finding.evidence) or finding.clause}"
    said = "not found, as wanted" if finding.unwanted else "not found"
    elsewhere = f"; elsewhere: {because(finding.elsewhere)}" if finding.elsewhere else ""
    return f"  {said}: {finding.clause}{elsewhere}"


def explain_text(query: Query, text: MatchText) -> Explained:
    """Match one text and look for each clause by itself."""
    missed = explain_query(query, text).nearest_miss
    return Explained(text, match_query(query, text), find_clauses(query, text), missed)


def load_text(source: str) -> MatchText:
    """Load what the matcher reads: of a release by its id, else of a text or HTML file."""
    if looks_like_id(source) and not Path(source).exists():
        with open_stack() as stack, stack.database.begin() as transaction:
            return find_archived(transaction, source).text
    content = read_bounded(Path(source))
    if has_feed_root(read_text(content).data):
        raise RefusedError(source, "is a feed; give a text or a page, or add the feed and name a release")
    return _page_text(content, source) if is_web_page(content) else _plain_text(content, source)


def _page_text(content: bytes, name: str) -> MatchText:
    page = read_page(content, "")
    if isinstance(page, PageRefusal):
        raise RefusedError(name, f"{page.reason}; give a page with a release, or a text file")
    return MatchText(page.title, page.body, page.dateline, page.language)


def _plain_text(content: bytes, name: str) -> MatchText:
    """Read the first line as the title, each other line as a paragraph."""
    lines = [line.strip() for line in read_text(content).data.decode("utf-8", "replace").splitlines()]
    title, *body = [line for line in lines if line] or [""]
    if not title:
        raise RefusedError(name, "holds no text; give a file with a title in its first line")
    return MatchText(title, "\n".join(body), language=identify_language("\n".join([title, *body]), None))
