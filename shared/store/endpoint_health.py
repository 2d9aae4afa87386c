"""The health of endpoints: which are unwell, what was told of it, and the message through another door."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert, text

from shared.domain.alerts.delivery import probe_of_disabled
from shared.domain.alerts.doors import for_door
from shared.domain.alerts.endpoint_health import (
    DISABLED,
    EndpointEvent,
    EndpointFacts,
    build_endpoint_payload,
    endpoint_words,
    event_of,
    judge_endpoint,
)
from shared.store.tables import Message, table_of


@dataclass(frozen=True, slots=True)
class EndpointTold:
    """What was told of an endpoint now; `fallback_id` is the endpoint that is told, None: the log alone."""

    endpoint_id: UUID
    url: str
    event: EndpointEvent
    words: str
    fallback_id: UUID | None


# One in work is judged when its round is recorded.
_UNWELL = text("""
    SELECT e.id, core.masked_url(e.url) AS url, e.state, e.reason, e.failing_since, e.failures, e.health_told,
        e.fallback_id, core.door_format(e.fallback_id) AS fallback_format,
        (SELECT count(*) FROM core.messages m WHERE m.endpoint_id = e.id AND m.state = 'pending') AS owed
    FROM core.endpoints e
    WHERE (e.failing_since IS NOT NULL OR e.health_told <> 0 OR e.state = 'disabled')
        AND (e.leased_until IS NULL OR e.leased_until < now())
    ORDER BY e.id FOR UPDATE OF e SKIP LOCKED
""")
_TOLD = text("UPDATE core.endpoints SET health_told = :stage WHERE id = :id")
_DISABLE = text("""
    UPDATE core.endpoints SET state = 'disabled', reason = :reason, paused_until = :probe_at WHERE id = :id
""")
_RING = text("UPDATE core.endpoints SET ring_at = now(), rings = 0 WHERE id = :id")


def tell_endpoint_health(connection: Connection, now: datetime, jitter: float) -> list[EndpointTold]:
    """Judge every endpoint that is unwell, or was, and tell what is new of it to its fallback."""
    told = []
    for row in connection.execute(_UNWELL).mappings().all():
        facts = _facts(row)
        stage = judge_endpoint(facts, now)
        if stage == DISABLED and facts.state != "disabled":
            facts = _disable(connection, row, facts, probe_of_disabled(now, jitter))
        event = event_of(facts, stage)
        if stage != facts.told:
            connection.execute(_TOLD, {"id": row["id"], "stage": stage})
        if event:
            told.append(_tell(connection, row, facts, event, now))
    return told


def _facts(row: Mapping[Any, Any], **changed: Any) -> EndpointFacts:  # noqa: ANN401 - columns
    names = ("url", "state", "reason", "failing_since", "failures", "owed")
    return EndpointFacts(
        **{name: row[name] for name in names} | changed, id=str(row["id"]), told=row["health_told"]
    )


def _disable(
    connection: Connection, row: Mapping[Any, Any], facts: EndpointFacts, probe_at: datetime
) -> EndpointFacts:
    reason = f"nothing but failure for 5 days: {facts.reason}"
    connection.execute(_DISABLE, {"id": row["id"], "reason": reason, "probe_at": probe_at})
    return _facts(row, state="disabled", reason=reason)


def _tell(
    connection: Connection, row: Mapping[Any, Any], facts: EndpointFacts, event: EndpointEvent, now: datetime
) -> EndpointTold:
    fallback: UUID | None = row["fallback_id"]
    if fallback is not None:
        message = {
            "endpoint_id": fallback,
            "type": event,
            "format": row["fallback_format"],
            "payload": for_door(row["fallback_format"], build_endpoint_payload(facts, event, now)),
            "next_attempt_at": now,
            "created_at": now,
        }
        connection.execute(insert(table_of(Message)), message)
        connection.execute(_RING, {"id": fallback})
    return EndpointTold(row["id"], facts.url, event, endpoint_words(facts, event, now), fallback)
