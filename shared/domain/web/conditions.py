"""Conditional requests to servers that are not to be trusted: what to send, when to ask in full, when to stop."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.domain.web.answer import Headers
from shared.domain.web.retry_after import parse_http_date

_FULL_FETCH_AFTER = timedelta(hours=12)
# A server's clock may be off by this much before its Last-Modified is called false.
_CLOCK_LEEWAY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Validators:
    """What a conditional request names, as it was received; "" for none."""

    etag: str = ""
    last_modified: str = ""

    def __bool__(self) -> bool:
        return bool(self.etag or self.last_modified)


def validators_of(headers: Headers, now: datetime) -> Validators:
    """Take the validators of an answer that may be sent back.

    A Last-Modified ahead of the answer's own Date is none (RFC 9110 §8.8.2.1): sent back, it would draw a 304
    until that day comes.
    """
    stated = headers.get("last-modified")
    modified = parse_http_date(stated)
    sent = parse_http_date(headers.get("date")) or now
    ahead = modified is not None and modified > max(sent, now) + _CLOCK_LEEWAY
    return Validators(headers.get("etag"), "" if ahead else stated)


def full_fetch_due(full_fetch_at: datetime | None, now: datetime, jitter: float) -> bool:
    """Tell whether a feed is to be asked for in full, whatever its validators, for some 304s are wrong.

    Every 12 to 24 hours; `jitter` from 0 to 1 must stay the same until then, or the first low one decides.
    """
    return full_fetch_at is None or now - full_fetch_at >= _FULL_FETCH_AFTER * (1 + jitter)


def doubt_after_probe(validators: Validators, status: int, new: int) -> str:
    """Judge the answer to a request with the old validators, sent when a full fetch had found `new` entries.

    Returns why conditional requests are over, "" where the server told the truth.
    """
    if status != 304 or not new:
        return ""
    said = f"ETag {validators.etag}" if validators.etag else f"Last-Modified {validators.last_modified}"
    return f"answered 304 to {said} although {_entries(new)} new"


def doubt_after_answer(sent: Validators, received: Validators, new: int) -> str:
    """Judge a full answer to a conditional request that brings `new` entries under the very ETag that was sent.

    Weak or strong, an ETag that stays while entries come cannot be asked with (RFC 9110 §8.8.3).
    """
    if not new or not sent.etag or _opaque(sent.etag) != _opaque(received.etag):
        return ""
    return f"sent the same ETag {sent.etag} although {_entries(new)} new"


def doubt_after_refusal(sent: Validators, status: int) -> str:
    """Judge a refusal of a conditional request: 412 is no answer to a GET with these (RFC 9110 §13.1.2)."""
    return "answered 412 to a conditional request" if sent and status == 412 else ""


def _entries(count: int) -> str:
    return "1 entry is" if count == 1 else f"{count} entries are"


def _opaque(etag: str) -> str:
    return etag.removeprefix("W/")
