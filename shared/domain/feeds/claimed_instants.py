"""When the new entries of a document were published, found without parsing it; what the rhythm learns from."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time, timedelta

from shared.domain.web.retry_after import parse_http_date

_PART = re.compile(
    rb"<(?:\w+:)?(?:(?P<item>item|entry)[\s>]"
    rb"|(?P<name>pubDate|published|issued|date|updated)>\s*(?:<!\[CDATA\[)?\s*(?P<date>[^<\]]{8,60}))",
    re.IGNORECASE,
)
_JSON_DATE = re.compile(rb'"date_published"\s*:\s*"(?P<date>[^"\\]{8,60})"')
_MOST_ENTRIES = 200
# An entry that claims to be older than the last poll by more than this was edited, not published.
_EDITED = timedelta(days=2)


def claimed_instants(document: bytes) -> tuple[datetime | None, ...]:
    """Read the date that each item of a feed document claims, None for an item without; at most 200.

    `updated` counts where an item has no other. Dates without a time of day say nothing of the hour: None.
    """
    if document.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        found = (match["date"] for match in _JSON_DATE.finditer(document))
        return tuple(_instant(date) for date, _ in zip(found, range(_MOST_ENTRIES), strict=False))
    return tuple(_instant(date) for date in _dates(document))


def entry_instants(claims: Iterable[datetime | None], since: datetime, now: datetime) -> tuple[datetime, ...]:
    """Give when entries that are new since the last poll were published: as claimed, else halfway.

    One that claims to be far older was edited and is left out; a claim in the future counts as now.
    """
    halfway = since + (now - since) / 2
    instants = (min(claim, now) if claim else halfway for claim in claims)
    return tuple(instant for instant in instants if instant > since - _EDITED)


def _dates(document: bytes) -> Iterator[bytes]:
    date, inside, count = b"", False, 0
    for part in _PART.finditer(document):
        if part["item"]:
            if inside:
                yield date
            date, inside, count = b"", True, count + 1
            if count > _MOST_ENTRIES:
                return
        elif inside and (not date or part["name"].lower() == b"published"):
            date = part["date"]
    if inside:
        yield date


def _instant(date: bytes) -> datetime | None:
    text = date.decode("ascii", "replace").strip()
    instant = _iso(text) or parse_http_date(text)
    if instant is None or instant.time() == time():
        return None
    return instant.replace(tzinfo=instant.tzinfo or UTC).astimezone(UTC)


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
