"""How long the other side asks us to wait."""

import math
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from shared.domain.web.answer import Headers

# One real server asked for 317,100 seconds.
LONGEST_WAIT = timedelta(hours=24)

_EPOCH_SECONDS = 1_000_000_000


def asked_wait(headers: Headers, now: datetime) -> timedelta | None:
    """Return the wait that an answer asks for: Retry-After, else the reset time of a used-up rate limit.

    Discord and GitHub tell it in `X-RateLimit-Reset-After` and `X-RateLimit-Reset`, Reddit too, with a 403.
    """
    if (wait := parse_retry_after(headers.get("retry-after"), now)) is not None:
        return wait
    if _seconds(headers.get("x-ratelimit-remaining")) != 0:
        return None
    if (after := _seconds(headers.get("x-ratelimit-reset-after"))) is not None:
        return _capped(after)
    reset = _seconds(headers.get("x-ratelimit-reset"))
    if reset is None:
        return None
    return _capped(reset - now.timestamp() if reset > _EPOCH_SECONDS else reset)


def parse_retry_after(text: str, now: datetime) -> timedelta | None:
    """Read a Retry-After in seconds or as a date (RFC 9110 §10.2.3); None where it is absent or unreadable.

    At most 24 hours, at least none; a fraction of a second, which Discord sends, is kept.
    """
    seconds = _seconds(text)
    if seconds is not None:
        return _capped(seconds)
    date = parse_http_date(text)
    return None if date is None else _capped((date - now).total_seconds())


def parse_http_date(text: str) -> datetime | None:
    """Read an HTTP date in any of its three forms (RFC 9110 §5.6.7) as an aware instant; None for others."""
    try:
        date = parsedate_to_datetime(text.strip())
    except (ValueError, TypeError, OverflowError):
        return None
    return date.replace(tzinfo=date.tzinfo or UTC).astimezone(UTC)


def _seconds(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _capped(seconds: float) -> timedelta:
    return timedelta(seconds=min(max(seconds, 0.0), LONGEST_WAIT.total_seconds()))
