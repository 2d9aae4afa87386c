"""What a person sets for one endpoint: its limits, who is told when it fails, and how often it hears from us."""

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

DEFAULT_CONCURRENCY = 4


@dataclass(frozen=True, slots=True)
class EndpointSettings:
    """The limits of an endpoint; `rate` is posts a second, None: no limit; `fallback_id` hears of its failures.

    `heartbeat` is the time between two heartbeats, None: none are sent.
    """

    concurrency: int
    rate: float | None
    fallback_id: UUID | None
    heartbeat: timedelta | None = None


def load_endpoint_settings(connection: Connection, endpoint_id: UUID) -> EndpointSettings:
    """Load what is set, held until the transaction ends."""
    row = connection.execute(
        text(
            "SELECT concurrency, rate, fallback_id, heartbeat FROM core.endpoints WHERE id = :id FOR UPDATE"
        ),
        {"id": endpoint_id},
    ).one()
    return _settings(row)


@dataclass(frozen=True, slots=True)
class SetEndpoint:
    """An endpoint's address, unmasked, with what is set for it."""

    id: UUID
    url: str
    settings: EndpointSettings


def list_endpoint_settings(connection: Connection) -> list[SetEndpoint]:
    """List what is set for every endpoint, by address."""
    rows = connection.execute(
        text("SELECT id, url, concurrency, rate, fallback_id, heartbeat FROM core.endpoints ORDER BY url")
    )
    return [SetEndpoint(row.id, row.url, _settings(row)) for row in rows]


def _settings(row: Row[Any]) -> EndpointSettings:
    return EndpointSettings(row.concurrency, row.rate, row.fallback_id, row.heartbeat)


def mark_endpoint_set(connection: Connection, endpoint_id: UUID, settings: EndpointSettings) -> None:
    """Set it; the next round goes by it."""
    connection.execute(_SET, asdict(settings) | {"id": endpoint_id})


# The first heartbeat comes at once: it shows that they arrive.
_SET = text("""
    UPDATE core.endpoints SET concurrency = :concurrency, rate = :rate, fallback_id = :fallback_id,
        next_send_at = NULL, heartbeat = new.heartbeat,
        heartbeat_due_at = CASE WHEN endpoints.heartbeat = new.heartbeat THEN heartbeat_due_at
            WHEN new.heartbeat IS NOT NULL THEN now() END
    FROM (SELECT CAST(:heartbeat AS interval) AS heartbeat) AS new
    WHERE id = :id
""")
