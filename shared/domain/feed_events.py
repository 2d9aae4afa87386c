"""What happens to a feed that its watchers are told of, each thing once: `feed.failing`, `feed.quiet` and the like."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from shared.domain.payload import encode_body, instant
from shared.domain.polling import ANSWERED_WELL
from shared.domain.silence import Silence, lasting
from shared.domain.url import masked_url

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
    return Standing(state, since, before.failing_told or _is_failing(polled, since))


def poll_events(before: Standing, polled: Polled) -> tuple[FeedEvent, ...]:
    """List what a poll made true that was not before, to be told with its record."""
    return tuple(_poll_events(before, polled)) if before.state != "paused" else ()


def quiet_event(silence: Silence, at: datetime) -> FeedEvent:
    """Tell that a feed is silent beyond its rhythm."""
    figures = {"quiet_since": instant(silence.since), "chance": silence.chance}
    return FeedEvent("feed.quiet", instant(silence.since), at, silence.words, figures)


def heard_again_event(quiet_since: datetime, spoke_at: datetime, at: datetime) -> FeedEvent:
    """Tell that a quiet feed has spoken again."""
    return recovered_event("quiet", quiet_since, at, f"spoke again after {lasting(spoke_at - quiet_since)}")


def recovered_event(was: str, since: datetime, at: datetime, detail: str) -> FeedEvent:
    """Tell that what was told quiet, failing or gone (`was`) since an instant is so no more."""
    figures = {"after": was, "since": instant(since)}
    return FeedEvent("feed.recovered", f"{was} since {instant(since)}", at, detail, figures)


def build_event_payload(event: FeedEvent, feed: Mapping[str, Any] | None, sequence: int) -> bytes:
    """Write the body of an event's message; `feed` is {id, url, title}, its address masked already."""
    shown = feed and dict(feed) | {"title": str(feed["title"])[:_LONGEST_TITLE]}
    words = {"feed": shown, "detail": event.detail[:_LONGEST_DETAIL]}
    return encode_body(event.type, event.at, words | dict(event.figures) | {"sequence": sequence})


def _poll_events(before: Standing, polled: Polled) -> Iterator[FeedEvent]:
    after, words = stand_after(before, polled), f"{polled.outcome}: {polled.detail}"
    since = after.failing_since or polled.at
    figures = {"outcome": polled.outcome, "failures": polled.failures, "failing_since": instant(since)}
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
        addresses = {"from_url": was, "to_url": is_now}
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
    figures = {"from_at": instant(from_at), "to_at": instant(to_at)}
    return FeedEvent("feed.gap", hour, at, f"{reason} (within {lasting(to_at - from_at)})", figures)


def _is_failing(polled: Polled, since: datetime) -> bool:
    return polled.failures >= _FAILING_POLLS and polled.at - since >= _FAILING_FOR
