"""What happens to a feed that its watchers are told of, each thing once: `feed.failing`, `feed.quiet` and the like."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from shared.domain.alerts.payload import as_json, encode_body, instant
from shared.domain.polling.polling import ANSWERED_WELL
from shared.domain.polling.silence import Silence, lasting
from shared.domain.web.url import masked_url

EVERY_EVENT = "feed.*"
FEED_EVENTS = (
    "feed.failing",
    "feed.gap",
    "feed.gone",
    "feed.language_quiet",
    "feed.moved",
    "feed.quiet",
    "feed.recovered",
)
EVENT_NAMES = (EVERY_EVENT, *FEED_EVENTS)

# A server that is started anew is away for minutes: that is told to nobody.
_FAILING_POLLS, _FAILING_FOR = 3, timedelta(minutes=30)
_LONGEST_DETAIL, _LONGEST_TITLE = 1_000, 300


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """One thing to tell of a feed; `about` keeps the same thing from being told twice.

    `figures` are JSON values beside the words.
    """

    type: str
    about: str
    at: datetime
    detail: str
    figures: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FeedFacts:
    """The feed as a receiver reads it, its address masked."""

    id: str
    url: str
    title: str


@dataclass(frozen=True, slots=True)
class FeedEventData:
    """What the `data` of every `feed.*` holds beside its figures; `feed` is null where a language fell silent."""

    feed: FeedFacts | None
    detail: str
    sequence: int


@dataclass(frozen=True, slots=True)
class FailingFigures:
    """How a feed fails: the outcome of the last poll, the polls in a row, and since when."""

    outcome: str
    failures: int
    failing_since: datetime


@dataclass(frozen=True, slots=True)
class QuietFigures:
    """Since when a feed is silent, and how likely that is by its rhythm."""

    quiet_since: datetime
    chance: float


@dataclass(frozen=True, slots=True)
class LanguageQuietFigures:
    """Which language fell silent over many feeds, since when, and how likely that is."""

    language: str
    quiet_since: datetime
    chance: float


@dataclass(frozen=True, slots=True)
class RecoveredFigures:
    """What a feed, or a `language`, recovered from (failing, gone or quiet), and since when it was so."""

    after: str
    since: datetime
    language: str | None = None


@dataclass(frozen=True, slots=True)
class MovedFigures:
    """The address that a feed had, and the one that it has now, both masked."""

    from_url: str
    to_url: str


@dataclass(frozen=True, slots=True)
class GapFigures:
    """Between which instants a feed may have published more than was seen."""

    from_at: datetime
    to_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """How a feed stands between two polls: since when it fails, and whether that was told."""

    state: str = "active"
    failing_since: datetime | None = None
    failing_told: bool = False


@dataclass(frozen=True, slots=True)
class Polled:
    """What one poll found of its feed; `failures` counts the polls in a row without a good answer, this included.

    `moved` holds the old and the new address where this poll changed it, `gap` the two instants of a gap.
    """

    at: datetime
    outcome: str
    detail: str
    failures: int
    state: str
    moved: tuple[str, str] | None = None
    gap: tuple[datetime, datetime, str] | None = None


def stand_after(before: Standing, polled: Polled) -> Standing:
    """Give how the feed stands after a poll; a pause that was set meanwhile stays."""
    state = before.state if before.state == "paused" else polled.state
    if not polled.failures:
        return Standing(state)
    since = before.failing_since or polled.at
    told = before.failing_told or polled.state == "gone" or _is_failing(polled, since)
    return Standing(state, since, told)


def poll_events(before: Standing, polled: Polled) -> tuple[FeedEvent, ...]:
    """List what a poll made true that was not before, to be told with its record."""
    return tuple(_poll_events(before, polled)) if before.state != "paused" else ()


def quiet_event(silence: Silence, at: datetime) -> FeedEvent:
    """Tell that a feed is silent beyond its rhythm."""
    figures = as_json(QuietFigures(silence.since, silence.chance))
    return FeedEvent("feed.quiet", instant(silence.since), at, silence.words, figures)


def heard_again_event(quiet_since: datetime, spoke_at: datetime, at: datetime) -> FeedEvent:
    """Tell that a quiet feed has spoken again."""
    return recovered_event("quiet", quiet_since, at, f"spoke again after {lasting(spoke_at - quiet_since)}")


def recovered_event(was: str, since: datetime, at: datetime, detail: str) -> FeedEvent:
    """Tell that what was told quiet, failing or gone (`was`) since an instant is so no more."""
    figures = as_json(RecoveredFigures(was, since))
    return FeedEvent("feed.recovered", f"{was} since {instant(since)}", at, detail, figures)


def build_event_payload(event: FeedEvent, feed: Mapping[str, Any] | None, sequence: int) -> bytes:
    """Write the body of an event's message; `feed` is {id, url, title}, its address masked already."""
    shown = feed and FeedFacts(feed["id"], feed["url"], str(feed["title"])[:_LONGEST_TITLE])
    data = as_json(FeedEventData(shown or None, event.detail[:_LONGEST_DETAIL], sequence))
    return encode_body(event.type, event.at, data | dict(event.figures))


def _poll_events(before: Standing, polled: Polled) -> Iterator[FeedEvent]:
    after, words = stand_after(before, polled), f"{polled.outcome}: {polled.detail}"
    since = after.failing_since or polled.at
    figures = as_json(FailingFigures(polled.outcome, polled.failures, since))
    if polled.state == "gone" and before.state != "gone":
        yield FeedEvent(
            "feed.gone", instant(polled.at), polled.at, f"{words}; it is looked at once a week", figures
        )
    elif after.failing_told and not before.failing_told and polled.state != "gone":
        said = f"{polled.failures} polls in a row failed, for {lasting(polled.at - since)}; {words}"
        yield FeedEvent("feed.failing", instant(since), polled.at, said, figures)
    if polled.outcome in ANSWERED_WELL and not polled.failures and polled.state != "gone":
        yield from _recovery(before, polled)
    if polled.moved:
        was, is_now = map(masked_url, polled.moved)
        addresses = as_json(MovedFigures(was, is_now))
        said = f"moved for good from {was} to {is_now}"
        yield FeedEvent("feed.moved", instant(polled.at), polled.at, said, addresses)
    if polled.gap:
        yield _gap(polled.at, *polled.gap)


def _recovery(before: Standing, polled: Polled) -> Iterator[FeedEvent]:
    if before.state != "gone" and not before.failing_told:
        return
    since = before.failing_since or polled.at
    was = "gone" if before.state == "gone" else "failing"
    yield recovered_event(
        was, since, polled.at, f"answers again after {lasting(polled.at - since)} of being {was}"
    )


def _gap(at: datetime, from_at: datetime, to_at: datetime, reason: str) -> FeedEvent:
    # A feed that turns over between any two polls is told of once an hour; `gaps` holds each.
    hour = instant(to_at.replace(minute=0, second=0, microsecond=0))
    figures = as_json(GapFigures(from_at, to_at))
    return FeedEvent("feed.gap", hour, at, f"{reason} (within {lasting(to_at - from_at)})", figures)


def _is_failing(polled: Polled, since: datetime) -> bool:
    return polled.failures >= _FAILING_POLLS and polled.at - since >= _FAILING_FOR
