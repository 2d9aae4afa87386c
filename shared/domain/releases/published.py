"""Judges when a release says that it was published."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Literal

from shared.domain.feeds.entry import Entry
from shared.domain.language.dates import DATE, is_date_line, read_date
from shared.domain.language.language import language_code
from shared.domain.releases.embargo import is_release_line

# What a server writes where it has no date: the epoch, or the year 1.
_FIRST_BELIEVED_YEAR = 1900
_EPOCH = date(1970, 1, 1)
_LINES_WITH_A_DATE = 3


Precision = Literal["", "day", "instant"]
_TIME = re.compile(r"(?<!\d)\d?\d[:.hH]\d\d|\d{1,2}\s?(?:[ap]\.?m\b|Uhr|時|时)", re.IGNORECASE)
_MIDNIGHT = re.compile(r"(?<![\d:])00:00(?::00(?:\.0+)?)?(?![\d:])(?!\s?[ap]m)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Published:
    """`claim` is the date as the source wrote it, `at` its instant where it is believed, `doubt` why not.

    `precision` says whether the claim names a day or a time of it; "" where it is not believed.
    """

    claim: str | None = None
    at: datetime | None = None
    doubt: str = ""
    precision: Precision = ""


def entry_published(entry: Entry, now: datetime) -> Published:
    """Judge the date that a feed gives an entry; `at` is never after `now`."""
    if entry.published_at is not None:
        return judge_published(
            entry.published_text or entry.published_at.isoformat(), entry.published_at, now
        )
    if entry.published_text:
        day = read_date(entry.published_text, language_code(entry.language))
        return judge_published(entry.published_text, midnight(day), now)
    if entry.updated_at is not None:
        updated = judge_published(entry.updated_at.isoformat(), entry.updated_at, now)
        return Published(
            updated.claim,
            updated.at,
            updated.doubt or "the source says only when it was updated",
            updated.precision,
        )
    return Published()


def judge_published(claim: str, at: datetime | None, now: datetime) -> Published:
    """Judge one claim and its instant (None where it could not be read)."""
    if at is None:
        return Published(claim, None, f"the source says “{claim[:60]}”, which is no date that can be read")
    at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    if at > now:
        return Published(claim, None, f"the source says {at.date()}, which is in the future")
    if at.date() == _EPOCH or at.year < _FIRST_BELIEVED_YEAR:
        return Published(claim, None, f"the source says {at.date()}, which stands for no date")
    return Published(claim, at, precision="instant" if names_a_time(claim) else "day")


def names_a_time(claim: str) -> bool:
    """Tell whether a date as written names a time of its day."""
    rest = DATE.sub(" ", claim)
    # Midnight is what a content system writes that knows the day alone.
    return bool(_TIME.search(rest)) and not _MIDNIGHT.search(rest)


def find_date_line(lines: Iterable[str], language: str | None) -> str | None:
    """Find the line among the first few that only says a date, or None."""
    first = list(lines)[:_LINES_WITH_A_DATE]
    return next((line for line in first if is_date_line(line, language) and not is_release_line(line)), None)


def midnight(day: date | None) -> datetime | None:
    """Give the instant at which a day begins, in UTC: a date line says no time."""
    return datetime.combine(day, time(), UTC) if day else None
