"""When a subscription may tell: digests, gathering, quiet hours and mutes, all by the clock on its own wall.

Matching never waits: what may not be told yet is held, and told together with what came meanwhile.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Timing:
    """How a subscription is told: at once, `gather` after the first, or every day at `digest_at`.

    In `quiet`, from the one time up to the other on the wall of `zone`, and before `muted_until`, nothing is
    sent. Over midnight the first is the later; the two differ.
    """

    gather: timedelta = timedelta()
    digest_at: time | None = None
    zone: str = "UTC"
    quiet: tuple[time, time] | None = None
    muted_until: datetime | None = None


def hold_until(timing: Timing, now: datetime, waiting_until: datetime | None) -> datetime | None:
    """Say until when something that matches `now` is held, None where it is told at once.

    What waits already, until `waiting_until`, takes along what comes meanwhile: the older is told first.
    """
    if waiting_until is not None:
        return waiting_until
    due = _first_due(timing, now)
    return due if due > now else None


def release_at(timing: Timing, held_since: datetime, now: datetime) -> datetime:
    """Say when what is held since then is told: `now`, or the first instant after it that allows it.

    Asked again when its time has come, for the timing may have changed, or quiet hours begun once more.
    """
    return _first_open(timing, max(_first_due(timing, held_since), now))


def is_silent(timing: Timing, at: datetime) -> bool:
    """Tell whether nothing may be sent at an instant: it is muted, or the wall shows a quiet hour."""
    return _is_muted(timing, at) or _is_quiet(timing, at)


def why_held(timing: Timing, now: datetime) -> str:
    """Say in words what holds something that matches now."""
    if _is_muted(timing, now):
        return "muted"
    if _is_quiet(timing, now):
        return "quiet hours"
    return "digest" if timing.digest_at else "gathering"


def _first_due(timing: Timing, matched_at: datetime) -> datetime:
    if timing.digest_at is None:
        return _first_open(timing, matched_at + timing.gather)
    return _first_open(timing, _next_digest(timing.digest_at, ZoneInfo(timing.zone), matched_at))


def _next_digest(digest_at: time, zone: ZoneInfo, now: datetime) -> datetime:
    """Find the next instant at which the wall shows this time; one a day, whatever the clocks do.

    A time that the spring leaves out is told an hour later, as RFC 5545 §3.3.5 reads it; of a time that the
    autumn has twice the first is meant.
    """
    today = now.astimezone(zone).date()
    days = (today + timedelta(days=ahead) for ahead in (0, 1, 2))
    instants = (datetime.combine(day, digest_at, zone).astimezone(now.tzinfo) for day in days)
    return next(instant for instant in instants if instant >= now)


def _first_open(timing: Timing, at: datetime) -> datetime:
    """Walk on by minutes: a change of the clock may end quiet hours, or begin them again."""
    while is_silent(timing, at):
        if timing.muted_until is not None and timing.muted_until > at:
            at = timing.muted_until
        else:
            at = at.replace(second=0, microsecond=0) + _MINUTE
    return at


def _is_muted(timing: Timing, at: datetime) -> bool:
    return timing.muted_until is not None and timing.muted_until > at


def _is_quiet(timing: Timing, at: datetime) -> bool:
    if timing.quiet is None:
        return False
    begins, ends = timing.quiet
    wall = at.astimezone(ZoneInfo(timing.zone)).time()
    return begins <= wall < ends if begins < ends else wall >= begins or wall < ends
