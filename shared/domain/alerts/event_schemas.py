"""JSON Schema of every event, made of the classes that its sender fills in."""

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from shared.domain.alerts.digest import DigestData
from shared.domain.alerts.endpoint_health import EndpointHealthData
from shared.domain.alerts.feed_events import (
    FailingFigures,
    FeedEventData,
    GapFigures,
    LanguageQuietFigures,
    MovedFigures,
    QuietFigures,
    RecoveredFigures,
)
from shared.domain.alerts.heartbeat import HeartbeatData
from shared.domain.alerts.payload import EndpointTestData, ReleaseData

_DIALECT = "https://json-schema.org/draft/2020-12/schema"

# What `data` holds, as the fields of these classes together.
EVENTS: Mapping[str, tuple[type, ...]] = {
    "release.published": (ReleaseData,),
    "release.revised": (ReleaseData,),
    "release.withdrawn": (ReleaseData,),
    "release.digest": (DigestData,),
    "feed.failing": (FeedEventData, FailingFigures),
    "feed.gone": (FeedEventData, FailingFigures),
    "feed.quiet": (FeedEventData, QuietFigures),
    "feed.language_quiet": (FeedEventData, LanguageQuietFigures),
    "feed.recovered": (FeedEventData, RecoveredFigures),
    "feed.moved": (FeedEventData, MovedFigures),
    "feed.gap": (FeedEventData, GapFigures),
    "endpoint.test": (EndpointTestData,),
    "endpoint.failing": (EndpointHealthData,),
    "endpoint.disabled": (EndpointHealthData,),
    "endpoint.recovered": (EndpointHealthData,),
    "tocsin.heartbeat": (HeartbeatData,),
}


def event_schema(event: str) -> dict[str, Any]:
    """Give the schema of this event's body; fields may be added to it in time, none will go."""
    parts = [TypeAdapter(part).json_schema(mode="serialization") for part in EVENTS[event]]
    definitions = {name: one for part in parts for name, one in part.get("$defs", {}).items()}
    data = {
        "description": " ".join(" ".join(part.get("description", "") for part in parts).split()),
        "type": "object",
        "properties": {name: one for part in parts for name, one in part["properties"].items()},
        "required": [name for part in parts for name in part.get("required", ())],
    }
    return {
        "$schema": _DIALECT,
        "title": event,
        "type": "object",
        "properties": {
            "type": {"const": event},
            "timestamp": {"type": "string", "format": "date-time"},
            "data": data,
        },
        "required": ["type", "timestamp", "data"],
    } | ({"$defs": dict(sorted(definitions.items()))} if definitions else {})
