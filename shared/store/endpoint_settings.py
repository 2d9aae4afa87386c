"""What a person sets for one endpoint: how many posts at once, how many a second, and who is told when it fails."""

from dataclasses import asdict, dataclass
from uuid import UUID

from sqlalchemy import Connection, text


@dataclass(frozen=True, slots=True)
class EndpointSettings:
    """The limits of an endpoint; `rate` is posts a second, None: no limit; `fallback_id` hears of its failures."""

    concurrency: int
    rate: float | None
    fallback_id: UUID | None


def load_endpoint_settings(connection: Connection, endpoint_id: UUID) -> EndpointSettings:
    """Load what is set, held until the transaction ends."""
    row = connection.execute(
        text("SELECT concurrency, rate, fallback_id FROM core.endpoints WHERE id = :id FOR UPDATE"),
        {"id": endpoint_id},
    ).one()
    return EndpointSettings(row.concurrency, row.rate, row.fallback_id)


def mark_endpoint_set(connection: Connection, endpoint_id: UUID, settings: EndpointSettings) -> None:
    """Set it; the next round goes by it."""
    connection.execute(
        text(
            "UPDATE core.endpoints SET concurrency = :concurrency, rate = :rate, fallback_id = :fallback_id, "
            "next_send_at = NULL WHERE id = :id"
        ),
        asdict(settings) | {"id": endpoint_id},
    )
