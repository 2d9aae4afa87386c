"""How long an answer calls itself fresh, and what a feed's own document asks of those who poll it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.domain.web.answer import Headers
from shared.domain.web.retry_after import LONGEST_WAIT, parse_http_date

_HEAD_BYTES = 16_384
_FIRST_ITEM = re.compile(rb"<(?:[\w.\-]+:)?(?:item|entry)[\s/>]", re.IGNORECASE)
_ASKS = re.compile(rb"<(?:ttl|skipHours|skipDays|(?:\w+:)?updatePeriod)[\s>]", re.IGNORECASE)
_TTL = re.compile(rb"<ttl>\s*(\d{1,6})\s*</ttl>", re.IGNORECASE)
_PERIOD = re.compile(rb"<(?:\w+:)?updatePeriod>\s*(\w+)\s*<", re.IGNORECASE)
_FREQUENCY = re.compile(rb"<(?:\w+:)?updateFrequency>\s*(\d{1,4})\s*<", re.IGNORECASE)
_SKIP_HOURS = re.compile(rb"<skipHours>(.*?)</skipHours>", re.IGNORECASE | re.DOTALL)
_SKIP_DAYS = re.compile(rb"<skipDays>(.*?)</skipDays>", re.IGNORECASE | re.DOTALL)
_SKIPPED_HOUR = re.compile(rb"<hour>\s*(\d{1,2})\s*<", re.IGNORECASE)
_SKIPPED_DAY = re.compile(rb"<day>\s*(\w{3})", re.IGNORECASE)
_DAYS = (b"mon", b"tue", b"wed", b"thu", b"fri", b"sat", b"sun")
_PERIODS = {
    b"hourly": timedelta(hours=1),
    b"daily": timedelta(days=1),
    b"weekly": timedelta(days=7),
    b"monthly": timedelta(days=30),
    b"yearly": timedelta(days=365),
}


@dataclass(frozen=True, slots=True)
class FeedHints:
    """What a feed asks of those who poll it: `<ttl>` or `sy:updatePeriod`, `<skipHours>`, `<skipDays>`.

    `every_minutes` is 0 where nothing is asked; `skip_hours` has a bit for each hour of the day (GMT),
    `skip_days` one for each weekday, Monday first (RSS 2.0; the Syndication module of RSS 1.0).
    """

    every_minutes: int = 0
    skip_hours: int = 0
    skip_days: int = 0

    def skips(self, at: datetime) -> bool:
        """Tell whether the feed asks not to be polled at this instant (in UTC)."""
        return bool(self.skip_hours >> at.hour & 1 or self.skip_days >> at.weekday() & 1)


NO_HINTS = FeedHints()


def read_hints(document: bytes) -> FeedHints:
    """Read what the head of a feed document asks; the items are not looked at."""
    first = _FIRST_ITEM.search(document, 0, _HEAD_BYTES)
    head = document[: first.start() if first else _HEAD_BYTES]
    if not _ASKS.search(head):
        return NO_HINTS
    return FeedHints(_every_minutes(head), _hours(head), _days(head))


def fresh_for(headers: Headers, now: datetime) -> timedelta | None:
    """Tell how long an answer calls itself fresh: max-age less Age, else Expires, at most a day.

    None where nothing is said or the answer forbids keeping it (RFC 9111 §4.2.1, §5.2.2).
    """
    directives = headers.tokens("cache-control")
    if {"no-cache", "no-store"}.intersection(directives):
        return None
    return min(_declared_life(headers, directives, now), LONGEST_WAIT) or None


def _declared_life(headers: Headers, directives: tuple[str, ...], now: datetime) -> timedelta:
    for directive in directives:
        if directive.startswith("max-age="):
            seconds = _whole(directive.removeprefix("max-age=")) - _whole(headers.get("age"))
            return timedelta(seconds=max(seconds, 0))
    expires = parse_http_date(headers.get("expires"))
    sent = parse_http_date(headers.get("date")) or now
    return max(expires - sent, timedelta()) if expires else timedelta()


def _whole(text: str) -> int:
    digits = text.strip('" ')
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 10 else 0


def _every_minutes(head: bytes) -> int:
    if ttl := _TTL.search(head):
        return int(ttl[1])
    period = _PERIOD.search(head)
    every = _PERIODS.get(period[1].lower()) if period else None
    if every is None:
        return 0
    frequency = _FREQUENCY.search(head)
    return int(every / max(int(frequency[1]) if frequency else 1, 1) / timedelta(minutes=1))


def _hours(head: bytes) -> int:
    # RSS 0.91 counts them from 1 to 24, RSS 2.0 from 0 to 23: 24 is midnight in both.
    block = _SKIP_HOURS.search(head)
    return _bits(int(hour) % 24 for hour in _SKIPPED_HOUR.findall(block[1])) if block else 0


def _days(head: bytes) -> int:
    block = _SKIP_DAYS.search(head)
    named = [day.lower() for day in _SKIPPED_DAY.findall(block[1])] if block else []
    return _bits(_DAYS.index(day) for day in named if day in _DAYS)


def _bits(numbers: Iterable[int]) -> int:
    return sum(1 << number for number in set(numbers))
