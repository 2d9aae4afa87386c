"""Atom tombstones (RFC 6721): entries that a feed takes back."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from shared.domain.feeds.entry import Entry, Withdrawal
from shared.domain.feeds.feed_text import clean, plain_text, web_address
from shared.domain.feeds.safe_xml import child_text, local_name, read_xml

_NAMESPACE = b"http://purl.org/atompub/tombstones/1.0"
_MOST_TOMBSTONES = 5_000


def may_hold_tombstones(data: bytes) -> bool:
    """Tell cheaply whether a document (UTF-8) may take entries back."""
    return _NAMESPACE in data


def read_tombstones(data: bytes, url: str, entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Read the entries that a document takes back, in its order, each with `withdrawn`.

    One that `entries` of the same document give again with a later update is none (RFC 6721 §3).
    """
    root = read_xml(data, recover=True) if may_hold_tombstones(data) else None
    if root is None:
        return ()
    updated = {entry.guid: entry.updated_at for entry in entries if entry.guid and entry.updated_at}
    found = [entry for entry, _ in zip(_tombstones(root, url), range(_MOST_TOMBSTONES), strict=False)]
    return tuple(entry for entry in found if not _is_overtaken(entry, updated.get(entry.guid or "")))


def _tombstones(root: Any, url: str) -> Iterator[Entry]:  # noqa: ANN401 - lxml ships no types
    for element in root:
        ref = clean(element.get("ref") or "").strip() if local_name(element) == "deleted-entry" else ""
        if ref:
            links = (link for link in element if local_name(link) == "link")
            addresses = (link.get("href") or "" for link in links if link.get("rel") in (None, "alternate"))
            reason = plain_text(child_text(element, "comment"), markup=True)
            yield Entry(
                guid=ref,
                url=next((address for href in addresses if (address := web_address(href, url))), None),
                withdrawn=Withdrawal(_instant(element.get("when") or ""), reason),
            )


def _is_overtaken(entry: Entry, updated_at: datetime | None) -> bool:
    at = entry.withdrawn.at if entry.withdrawn else None
    return at is not None and updated_at is not None and updated_at > at


def _instant(written: str) -> datetime | None:
    try:
        instant = datetime.fromisoformat(written.strip())
        return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
