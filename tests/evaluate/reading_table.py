"""What `tocsin parse` reads of each kind of document, beside feedparser itself, and what would be stored of it."""

import html
import io
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import feedparser

from shared.domain.feeds.entry import Entry
from shared.domain.feeds.parse_feed import parse_feed
from shared.domain.polling.novelty import SeenItems, judge_novelty
from shared.domain.releases.build_draft import build_draft
from shared.domain.releases.draft import Refusal
from shared.errors import DocumentError
from tests.evaluate.feed_kinds import FeedKind, well_formed_kinds
from tests.evaluate.feed_kinds_broken import broken_kinds

URL = "https://presse.example.org/feeds/releases"
NOW = datetime(2026, 6, 1, tzinfo=UTC)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")


@dataclass(frozen=True, slots=True)
class Theirs:
    """An entry as feedparser gives it: its title without mark-up, the addresses of it that can be fetched."""

    title: str
    links: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReadKind:
    """What came of one document: `cut` tells that known entries are cut out of it, not read and passed over."""

    kind: FeedKind
    theirs: tuple[Theirs, ...]
    entries: tuple[Entry, ...]
    refused: tuple[str, ...]
    refusal: str = ""
    cut: bool = False

    @property
    def stored(self) -> int:
        return len(self.entries) - len(self.refused)


def all_kinds() -> list[FeedKind]:
    """List every document of our own making."""
    return [*well_formed_kinds(), *broken_kinds()]


def corpus_kinds(folder: Path) -> list[FeedKind]:
    """List the documents of a folder of captured feeds, all one family."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".md")
    return [FeedKind("captured feeds", path.name, path.read_bytes(), "") for path in files]


def read_kind(kind: FeedKind) -> ReadKind:
    """Read one document both ways."""
    theirs = tuple(_theirs(kind))
    try:
        feed = parse_feed(kind.document, URL, kind.content_type or None)
    except DocumentError as error:
        return ReadKind(kind, theirs, (), (), refusal=error.reason)
    drafts = (build_draft(entry, feed.title, feed.language, URL, NOW) for entry in feed.entries)
    refused = tuple(draft.reason for draft in drafts if isinstance(draft, Refusal))
    return ReadKind(kind, theirs, feed.entries, refused, cut=_is_cut(kind))


def print_reading(kinds: Sequence[FeedKind]) -> None:
    """Print a row for each family: documents, entries, what would be stored, what is refused and why."""
    print(
        "Reading, by kind of document (feedparser's entries beside ours; cut: known entries never reach the parser)\n"
    )
    print(f"{'kind':<24}{'docs':>5}{'theirs':>8}{'ours':>6}{'stored':>8}{'refused':>9}{'cut':>5}")
    reads = [read_kind(kind) for kind in kinds]
    for family in dict.fromkeys(read.kind.family for read in reads):
        _print_row(family, [read for read in reads if read.kind.family == family])
    _print_row("all", reads)
    print()
    _print_reasons("entries refused", (reason for read in reads for reason in read.refused))
    _print_reasons("documents refused", (read.refusal for read in reads if read.refusal))


def _print_row(name: str, reads: Sequence[ReadKind]) -> None:
    counts = (
        sum(len(read.theirs) for read in reads), sum(len(read.entries) for read in reads),
        sum(read.stored for read in reads), sum(len(read.refused) for read in reads),
        sum(read.cut for read in reads),
    )  # fmt: skip
    print(
        f"{name:<24}{len(reads):>5}"
        + "".join(f"{n:>{width}}" for n, width in zip(counts, (8, 6, 8, 9, 5), strict=True))
    )


def _print_reasons(what: str, reasons: Iterable[str]) -> None:
    for reason, count in Counter(reasons).most_common():
        print(f"{what}: {count:>4}  {reason}")


def _theirs(kind: FeedKind) -> Iterable[Theirs]:
    headers = {"content-location": URL} | ({"content-type": kind.content_type} if kind.content_type else {})
    try:
        entries = feedparser.parse(io.BytesIO(kind.document), response_headers=headers).entries
    except (AttributeError, TypeError, ValueError):  # what breaks feedparser breaks nothing here
        return
    for entry in entries:
        links = (entry.get("link", ""), entry.get("feedburner_origlink", ""))
        yield Theirs(_plain(entry.get("title", "")), tuple(link for link in links if link.startswith("http")))


def _plain(title: str) -> str:
    return " ".join(html.unescape(_TAG.sub("", title)).split())


def _is_cut(kind: FeedKind) -> bool:
    first = judge_novelty(kind.document, URL, kind.content_type or None, SeenItems())
    known = judge_novelty(kind.document, URL, kind.content_type or None, SeenItems(first.items))
    return bool(first.items) and known.positions is None
