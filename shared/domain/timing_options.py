"""What a person may say of when a subscription is told, read from text or refused in one line."""

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from shared.errors import RefusedError

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_LENGTH = re.compile(r"(\d{1,5})\s*([mhdw])")
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


def parse_clock(text: str) -> time:
    """Read a time of day, `08:00`; raises RefusedError for anything else."""
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        raise RefusedError(text, "is no time of day; write hours and minutes, such as 08:00")
    return time(int(found[1]), int(found[2]))


def parse_quiet(text: str) -> tuple[time, time]:
    """Read quiet hours, `22:00-07:00`; raises RefusedError for anything else."""
    begins, dash, ends = text.partition("-")
    if not dash:
        raise RefusedError(text, "are no quiet hours; write from-to, such as 22:00-07:00")
    quiet = parse_clock(begins), parse_clock(ends)
    if quiet[0] == quiet[1]:
        raise RefusedError(
            text, "begin when they end; to send nothing for a while, `tocsin subscription mute`"
        )
    return quiet


def parse_zone(text: str) -> str:
    """Read the name of a time zone, `Europe/Paris`; raises RefusedError for one that is not known."""
    name = text.strip()
    try:
        return ZoneInfo(name).key
    except (ValueError, OSError, KeyError) as error:
        raise RefusedError(text, "is no time zone; write one such as Europe/Paris or UTC") from error


def parse_length(text: str) -> timedelta:
    """Read a length of time, `90m`, `12h`, `1d`, `2w`; raises RefusedError for anything else, and for none."""
    found = _LENGTH.fullmatch(text.strip().lower())
    length = timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else timedelta()
    if not length:
        raise RefusedError(text, "is no length of time; write one such as 90m, 12h, 1d or 2w")
    return length


def parse_until(text: str, now: datetime, zone: str) -> datetime:
    """Read an instant to come: `3h` from now, or a date or instant, on the wall of `zone` where it names none.

    Raises RefusedError for anything else, and for what is past.
    """
    try:
        until = now + parse_length(text)
    except (RefusedError, OverflowError):
        until = _parse_instant(text, zone)
    if until <= now:
        raise RefusedError(text, "is past; write an instant to come, such as 3h or 2030-01-31T08:00")
    return until


def _parse_instant(text: str, zone: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text.strip())
        local = instant if instant.tzinfo else instant.replace(tzinfo=ZoneInfo(zone))
        return local.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise RefusedError(text, "is no instant; write one such as 3h, 2d or 2030-01-31T08:00") from error
