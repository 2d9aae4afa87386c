"""The bodies of `release.digest`: what was held, told together, in as many messages as its size asks for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from shared.domain.alerts.payload import (
    LONGEST_QUERY,
    MOST_BYTES,
    Changes,
    MatchFacts,
    ReleaseEvent,
    ReleaseFacts,
    StoryFacts,
    TopicFacts,
    as_json,
    compact_json,
    cut_to_fit,
    encode_body,
)

_LONGEST_NUMBER = 10**12
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Held:
    """What a digest says of the holding: how many alerts, since when and why, told `at` in this `zone`."""

    count: int
    since: datetime
    why: str
    zone: str
    at: datetime

    def in_words(self) -> str:
        """Say it as a person would: `held 14 since 22:00`; with the date where that is a day ago."""
        wall = self.since.astimezone(ZoneInfo(self.zone))
        day = f"{wall:%Y-%m-%d} " if self.at - self.since >= _DAY else ""
        return f"held {self.count} since {day}{wall:%H:%M}"


@dataclass(frozen=True, slots=True)
class HeldFacts:
    """How many alerts were held, since when, why, and all of it in words."""

    count: int
    since: datetime
    why: str
    words: str


@dataclass(frozen=True, slots=True)
class PartFacts:
    """Which message of the digest this is, counted from 1, and how many it has."""

    number: int
    of: int


@dataclass(frozen=True, slots=True)
class ToldAlert:
    """One alert of a digest: what a message of its own would have told, without the topic that all share."""

    type: ReleaseEvent
    timestamp: datetime
    topic_version: int
    release: ReleaseFacts
    match: MatchFacts | None
    story: StoryFacts
    changes: Changes | None = None
    truncated: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class DigestData:
    """The `data` of `release.digest`: what was held, told together, the oldest first."""

    topic: TopicFacts
    held: HeldFacts
    part: PartFacts
    alerts: tuple[ToldAlert, ...]
    sequence: int


@dataclass(frozen=True, slots=True)
class Digest:
    """One subscription's held alerts: `parts` are the messages that they make, each a list of what it tells."""

    topic: TopicFacts
    held: Held
    parts: tuple[tuple[dict[str, Any], ...], ...]


def plan_digest(topic: TopicFacts, held: Held, bodies: Sequence[Mapping[str, Any]]) -> Digest:
    """Split what was held (`payload.held_body`, the oldest first) so that each message stays under 20 kB."""
    short = TopicFacts(topic.id, topic.name, _shortened(topic.query), topic.version)
    room = MOST_BYTES - len(_body(short, held, (), part=(_LONGEST_NUMBER, _LONGEST_NUMBER))) - 1
    parts: list[list[dict[str, Any]]] = []
    left = 0
    for body in bodies:
        alert = _alert(body)
        _cut(alert, room)
        size = _size(alert)
        if size > left:
            parts.append([])
            left = room
        parts[-1].append(alert)
        left -= size
    return Digest(short, held, tuple(tuple(part) for part in parts))


def build_digest(digest: Digest, number: int, sequence: int) -> bytes:
    """Write the body of part `number`, counted from 1."""
    part = (number, len(digest.parts))
    return _body(digest.topic, digest.held, digest.parts[number - 1], part=part, sequence=sequence)


def _body(
    topic: TopicFacts,
    held: Held,
    alerts: Sequence[dict[str, Any]],
    *,
    part: tuple[int, int],
    sequence: int = _LONGEST_NUMBER,
) -> bytes:
    said = HeldFacts(held.count, held.since, held.why, held.in_words())
    data = as_json(DigestData(topic, said, PartFacts(*part), (), sequence)) | {"alerts": list(alerts)}
    return encode_body("release.digest", held.at, data)


def _alert(body: Mapping[str, Any]) -> dict[str, Any]:
    """Give one alert of a digest: its own type and time, and its data beside the topic's, which all share."""
    data = {name: value for name, value in body["data"].items() if name != "topic"}
    version = body["data"]["topic"]["version"]
    return {"type": body["type"], "timestamp": body["timestamp"], "topic_version": version, **data}


def _cut(alert: dict[str, Any], most: int) -> None:
    cut_to_fit(alert, lambda: _size(alert) <= most)


def _size(alert: Mapping[str, Any]) -> int:
    return len(compact_json(alert)) + 1


def _shortened(query: str) -> str:
    return query if len(query) <= LONGEST_QUERY else query[: LONGEST_QUERY - 1] + "…"
