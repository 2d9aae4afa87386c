"""What a person may say of when a subscription is told, read from text or refused in one line."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from shared.domain.alerts.holding import Timing
from shared.errors import RefusedError

# Takes back what was set.
NONE = "none"

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


def print_length(length: timedelta) -> str:
    """Write a length of time of whole minutes as `parse_length` reads it, in the largest unit that divides it."""
    unit = next(unit for unit in reversed(_UNITS) if not length % timedelta(**{_UNITS[unit]: 1}))
    return f"{length // timedelta(**{_UNITS[unit]: 1})}{unit}"


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


@dataclass(frozen=True, slots=True)
class TimingOptions:
    """What is to change of when a subscription is told; None: it stays."""

    gather: int | None = None
    digest: str | None = None
    zone: str | None = None
    quiet: str | None = None
    ttl: str | None = None

    @classmethod
    def of(cls, timing: Timing, ttl: timedelta | None) -> Self:
        """Give the options that make a new subscription told like this one; a mute passes, and is no option."""
        quiet = timing.quiet
        return cls(
            gather=timing.gather // timedelta(minutes=1) or None,
            digest=f"{timing.digest_at:%H:%M}" if timing.digest_at else None,
            zone=None if timing.zone == Timing().zone else timing.zone,
            quiet=f"{quiet[0]:%H:%M}-{quiet[1]:%H:%M}" if quiet else None,
            ttl=print_length(ttl) if ttl else None,
        )

    @property
    def given(self) -> bool:
        """Tell whether any of them was given."""
        return self != TimingOptions()

    def change(self, timing: Timing, ttl: timedelta | None) -> tuple[Timing, timedelta | None]:
        """Give the timing with what was asked for; raises RefusedError for what cannot be."""
        if self.gather and self.digest and self.digest != NONE:
            raise RefusedError(
                self.digest, "is for a digest, and gathering is another way to wait: choose one"
            )
        if self.gather is not None:
            timing = replace(timing, gather=timedelta(minutes=self.gather), digest_at=None)
        if self.digest is not None:
            at = None if self.digest == NONE else parse_clock(self.digest)
            timing = replace(timing, digest_at=at, gather=timedelta() if at else timing.gather)
        if self.zone is not None:
            timing = replace(timing, zone=parse_zone(self.zone))
        if self.quiet is not None:
            timing = replace(timing, quiet=None if self.quiet == NONE else parse_quiet(self.quiet))
        if self.ttl is not None:
            ttl = None if self.ttl == NONE else parse_length(self.ttl)
        return timing, ttl
