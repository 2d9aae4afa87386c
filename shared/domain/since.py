"""Reads how far back a command shall look."""

import re
from datetime import UTC, datetime, timedelta

from shared.errors import RefusedError

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DISTANCE = re.compile(r"(\d{1,6})\s*([mhdw])")
_HOW = "write a distance such as 90m, 12h, 30d or 4w, or a date such as 2026-01-31"


def parse_since(text: str, now: datetime) -> datetime:
    """Give the instant that `30d`, `12h`, `90m`, `4w`, or an ISO 8601 date or instant (UTC) names.

    Raises RefusedError for anything else, and for an instant after `now`.
    """
    if distance := _DISTANCE.fullmatch(text.strip().lower()):
        try:
            return now - timedelta(**{_UNITS[distance[2]]: int(distance[1])})
        except OverflowError:
            return datetime.min.replace(tzinfo=UTC)
    try:
        instant = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise RefusedError(text, f"is no time; {_HOW}") from error
    instant = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    if instant > now:
        raise RefusedError(text, f"lies in the future; {_HOW}")
    return instant
