"""The body of `tocsin.heartbeat`: that we read, what we read, and how far each subscription has come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.domain.alerts.payload import as_json, encode_body

_MOST_TOPICS = 40
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class TopicPulse:
    """One subscription since the last heartbeat, and its current `sequence`; `waiting` is pending or held."""

    topic_id: str
    topic: str
    subscription_id: str
    sequence: int
    matched: int
    delivered: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Pulse:
    """What a heartbeat tells: since when, of how many watched feeds how many are alive, and what was read."""

    since: datetime
    feeds_alive: int
    feeds_watched: int
    releases_read: int
    topics: Sequence[TopicPulse]


@dataclass(frozen=True, slots=True)
class FeedsAlive:
    """Of how many watched feeds how many answer when they are asked."""

    alive: int
    watched: int


@dataclass(frozen=True, slots=True)
class TopicNamed:
    """A topic by its id and name."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class TopicHeard:
    """One subscription since the last heartbeat; `sequence` is that of its newest message."""

    topic: TopicNamed
    subscription_id: str
    feeds_alive: int
    releases_read: int
    matched: int
    delivered: int
    waiting: int
    sequence: int


@dataclass(frozen=True, slots=True)
class HeartbeatData:
    """The `data` of `tocsin.heartbeat`: what was read and told since the last one."""

    since: datetime
    feeds: FeedsAlive
    releases_read: int
    topics: tuple[TopicHeard, ...]
    truncated: tuple[str, ...] | None = None


def may_beat(pulse: Pulse) -> bool:
    """Tell whether a heartbeat may be sent: it is late while every watched feed is dead, as when we are."""
    return pulse.feeds_alive > 0 or pulse.feeds_watched == 0


def build_heartbeat(pulse: Pulse, now: datetime) -> bytes:
    """Write the body; it has no sequence of its own and reports the current one of each subscription."""
    topics = tuple(_topic(pulse, one) for one in pulse.topics[:_MOST_TOPICS])
    left_out = ("topics",) if len(pulse.topics) > _MOST_TOPICS else None
    feeds = FeedsAlive(pulse.feeds_alive, pulse.feeds_watched)
    data = HeartbeatData(pulse.since, feeds, pulse.releases_read, topics, left_out)
    return encode_body("tocsin.heartbeat", now, as_json(data))


def _topic(pulse: Pulse, one: TopicPulse) -> TopicHeard:
    return TopicHeard(
        topic=TopicNamed(one.topic_id, one.topic[:_LONGEST_NAME]),
        subscription_id=one.subscription_id,
        feeds_alive=pulse.feeds_alive,
        releases_read=pulse.releases_read,
        matched=one.matched,
        delivered=one.delivered,
        waiting=one.waiting,
        sequence=one.sequence,
    )
