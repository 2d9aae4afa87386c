"""What the demo's feeds hold at an instant: releases, corrections and copies, as a pure function of the time.

The steps are numbered from 1970, not from the start: an office that is started again goes on where the
clock is, so its releases are new to a Tocsin that kept its database.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Literal

from services.demo.releases import DemoRelease, write_release
from services.demo.texts import LANGUAGES, office_texts

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
WINDOW = 20
Step = int | Literal["copy", "correction"]
# A number is an office that publishes: each does so twice a round, and the wire copies two of the eight.
ROUND: tuple[Step, ...] = (0, 1, 2, 3, "copy", 0, 1, "correction", 2, 3, "copy")
RELEASES_PER_ROUND = 2


@dataclass(frozen=True, slots=True)
class DemoFeed:
    """A feed of the demo; `office` is an index into `office_texts()`, or None for the wire that copies."""

    path: str
    title: str
    kind: Literal["rss", "atom"]
    office: int | None
    language: str | None


@dataclass(frozen=True, slots=True)
class FeedItem:
    """An item as a feed holds it; `updated_at` is later than `published_at` only for a corrected one."""

    guid: str
    release: DemoRelease
    published_at: datetime
    updated_at: datetime
    copied: bool = False


@dataclass(frozen=True, slots=True)
class Programme:
    """The rules of one run: a step comes `every_seconds`; the first round held is that before `opened_at`."""

    seed: int
    every_seconds: float
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class _Publication:
    office: int
    number: int
    at: datetime
    corrected_at: datetime | None = None


def demo_feeds() -> tuple[DemoFeed, ...]:
    """List the feeds: one of each office, then the wire."""
    own = tuple(
        DemoFeed(
            f"/{texts.path}/feed.xml", texts.office, "atom" if index % 2 else "rss", index, texts.language
        )
        for index, texts in enumerate(office_texts())
    )
    return (*own, DemoFeed("/coastal-wire/feed.xml", "Coastal Wire", "rss", None, None))


def demo_feed_urls(base: str) -> list[str]:
    """List the addresses of the demo's feeds below `base`, such as `http://127.0.0.1:8800`."""
    return [base.rstrip("/") + feed.path for feed in demo_feeds()]


def held_items(programme: Programme, feed: DemoFeed, now: datetime) -> tuple[FeedItem, ...]:
    """Tell what a feed holds at `now`: at most its last 20 items, newest first."""
    items: list[FeedItem] = []
    for turn in _rounds_held(programme, now):
        items += _round_items(programme, feed, turn, now)
    return tuple(items[::-1][:WINDOW])


def find_release(programme: Programme, path: str, now: datetime) -> FeedItem | None:
    """Find the release at `path`, as its office has it at `now`, while its office's feed holds it."""
    for feed in demo_feeds():
        if feed.office is not None and path.startswith(f"/{office_texts()[feed.office].path}/"):
            return next(
                (item for item in held_items(programme, feed, now) if item.release.path == path), None
            )
    return None


def _rounds_held(programme: Programme, now: datetime) -> range:
    latest = _step_at(programme, now) // len(ROUND)
    opened = _step_at(programme, programme.opened_at) // len(ROUND) - 1
    return range(max(opened, latest - WINDOW // RELEASES_PER_ROUND), latest + 1)


def _step_at(programme: Programme, instant: datetime) -> int:
    return int((instant - EPOCH).total_seconds() / programme.every_seconds)


def _round_items(programme: Programme, feed: DemoFeed, turn: int, now: datetime) -> list[FeedItem]:
    publications = _publications(programme, turn, now)
    if feed.office is None:
        return list(_copies(programme, publications, turn, now))
    return [_own_item(programme, each) for each in publications.values() if each.office == feed.office]


def _publications(programme: Programme, turn: int, now: datetime) -> dict[int, _Publication]:
    # Keyed by the step in the round: copies and corrections choose among the steps before their own.
    corrected_step, corrected_at = _correction(programme, turn)
    found: dict[int, _Publication] = {}
    for step, office in enumerate(ROUND):
        at = _instant(programme, turn, step)
        if not isinstance(office, int) or at > now:
            continue
        corrected = corrected_at if step == corrected_step and corrected_at <= now else None
        number = turn * RELEASES_PER_ROUND + ROUND[:step].count(office)
        found[step] = _Publication(office, number, at, corrected)
    return found


def _correction(programme: Programme, turn: int) -> tuple[int, datetime]:
    step = ROUND.index("correction")
    return _earlier_release(programme, turn, step), _instant(programme, turn, step)


def _copies(
    programme: Programme, publications: dict[int, _Publication], turn: int, now: datetime
) -> Iterator[FeedItem]:
    for step, kind in enumerate(ROUND):
        at = _instant(programme, turn, step)
        if kind == "copy" and at <= now:
            copied = publications[_earlier_release(programme, turn, step)]
            # The wire repeats the words of that moment and hears of no later correction.
            corrected = copied.corrected_at is not None and copied.corrected_at <= at
            release = write_release(programme.seed, copied.office, copied.number, corrected=corrected)
            yield FeedItem(f"CW-{turn * len(ROUND) + step}", release, at, at, copied=True)


def _own_item(programme: Programme, publication: _Publication) -> FeedItem:
    corrected = publication.corrected_at is not None
    release = write_release(programme.seed, publication.office, publication.number, corrected=corrected)
    guid = f"tag:{LANGUAGES[publication.office]}.demo.example,2026:{release.slug}"
    return FeedItem(guid, release, publication.at, publication.corrected_at or publication.at)


def _earlier_release(programme: Programme, turn: int, step: int) -> int:
    earlier = [index for index, kind in enumerate(ROUND[:step]) if isinstance(kind, int)]
    return _chance(programme, turn, step).choice(earlier)


def _instant(programme: Programme, turn: int, step: int) -> datetime:
    # Not on the beat: real offices do not publish on the second, and milliseconds are what the demo shows.
    offset = _chance(programme, turn, step).uniform(0.0, 0.8)
    milliseconds = int((turn * len(ROUND) + step + offset) * programme.every_seconds * 1000)
    return EPOCH + timedelta(milliseconds=milliseconds)


def _chance(programme: Programme, turn: int, step: int) -> Random:
    return Random(f"{programme.seed}:{turn}:{step}")  # noqa: S311 - a reproducible programme, not a secret
