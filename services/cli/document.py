"""What `tocsin parse` shows of a document: a feed's entries or a page's text, as the line sees them."""

import re
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from services.cli.files import read_bounded
from services.cli.fitting import field, printable, wrap
from services.cli.output import cell
from shared.clock import now
from shared.domain.feeds.discovery import is_web_page
from shared.domain.feeds.entry import Entry, ParsedFeed
from shared.domain.feeds.parse_feed import parse_feed
from shared.domain.releases.build_draft import build_draft, needs_page
from shared.domain.releases.draft import Draft, Refusal
from shared.domain.releases.page import Page, PageRefusal, read_page
from shared.errors import DocumentError, RefusedError

_DOCTYPE = re.compile(rb"\s*<!doctype\s+html", re.IGNORECASE)
_MARGIN = 14
_SHOWN_CHARACTERS = 400
_SHOWN_FACTS = ("url", "published_at", "language", "dateline", "tags", "text_source", "text_detail", "text")


def read_document(file: Path, url: str) -> dict[str, Any]:
    """Read a feed document or a page as the line would; raises RefusedError for what is neither."""
    document = read_bounded(file)
    try:
        return _feed_row(parse_feed(document, url), url, now())
    except DocumentError as error:
        if not is_web_page(document, _claimed_type(file, document)):
            raise RefusedError(str(file), error.reason) from error
        return _page_row(document, str(file), url)


def _claimed_type(file: Path, document: bytes) -> str:
    """Take a file's name, or its DOCTYPE, for the content type that no server gives here."""
    claims = file.suffix.lower() in {".html", ".htm"} or bool(_DOCTYPE.match(document))
    return "text/html" if claims else ""


def _feed_row(feed: ParsedFeed, url: str, at: datetime) -> dict[str, Any]:
    facts = asdict(feed)
    facts["entries"] = [_entry_row(entry, feed, url, at) for entry in feed.entries]
    return {"kind": "feed", "format": facts.pop("kind")} | facts


def _entry_row(entry: Entry, feed: ParsedFeed, url: str, at: datetime) -> dict[str, Any]:
    """Give an entry as it would be filed; one that would not be is listed with the reason."""
    as_given = {"title": entry.title, "url": entry.url, "guid": entry.guid}
    try:
        draft = build_draft(entry, feed.title, feed.language, url, at)
    except Exception as error:  # noqa: BLE001 - a loop's edge: one entry must not spoil its feed
        return as_given | {"refused": f"{type(error).__name__}: {error}"}
    if isinstance(draft, Refusal):
        return as_given | {"refused": draft.reason}
    return _draft_row(draft) | {"guid": entry.guid, "author": entry.author, "needs_page": needs_page(draft)}


def _draft_row(draft: Draft) -> dict[str, Any]:
    facts = asdict(draft)
    del facts["carried_words"]
    first = {name: facts.pop(name) for name in ("title", "url", "published_at")}
    return first | {"text": facts.pop("body")} | facts


def _page_row(document: bytes, name: str, url: str) -> dict[str, Any]:
    page = read_page(document, url)
    if isinstance(page, PageRefusal):
        raise RefusedError(name, f"{page.reason}; give a page that holds a release")
    return {"kind": "page", "title": page.title, "url": page.url, "text": page.body} | _page_facts(page)


def _page_facts(page: Page) -> dict[str, Any]:
    facts = asdict(page)
    for name in ("title", "url", "lines"):
        del facts[name]
    return facts | {"translations": [{"language": code, "url": url} for code, url in page.translations]}


def document_text(found: dict[str, Any], width: int) -> str:
    """Say to a person what `read_document` gave, on lines of at most `width` characters."""
    if found["kind"] == "page":
        return _facts_text(found, width)
    entries = found["entries"]
    refused = sum("refused" in entry for entry in entries)
    head = [
        *_heading(found["title"] or "(no title)", width),
        f"{found['format'] or 'feed'}, {len(entries)} entries, {refused} of them refused",
        *(_heading(f"not well formed: {found['detail']}", width) if found["detail"] else ()),
    ]
    return "\n\n".join(["\n".join(head), *(_facts_text(entry, width) for entry in entries)])


def _facts_text(facts: dict[str, Any], width: int) -> str:
    names = ("guid", "url", "refused") if "refused" in facts else _SHOWN_FACTS
    shown = ((name, _shown(facts.get(name))) for name in names)
    lines = (field(name, text, _MARGIN, width) for name, text in shown if text)
    return "\n".join([*_heading(facts["title"] or "(no title)", width), *lines])


def _heading(text: str, width: int) -> list[str]:
    return wrap(printable(text), width)


def _shown(value: object) -> str:
    text = ", ".join(value) if isinstance(value, tuple) else cell(value)
    return printable(text[:_SHOWN_CHARACTERS] + ("…" if len(text) > _SHOWN_CHARACTERS else ""))
