"""When each process last went round its loop: what `status` and health checks read."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The last sign of life of one process."""

    service: str
    instance: str
    beat_at: datetime
    seconds_ago: float


def record_heartbeat(connection: Connection, service: str, instance: str) -> None:
    """Note that a process went round its loop just now."""
    connection.execute(
        text(
            "INSERT INTO core.heartbeats (service, instance, beat_at) VALUES (:service, :instance, now()) "
            "ON CONFLICT (service, instance) DO UPDATE SET beat_at = now()"
        ),
        {"service": service, "instance": instance},
    )


def list_heartbeats(connection: Connection, within_seconds: float = 3600) -> list[Heartbeat]:
    """List the processes that were seen lately."""
    rows = connection.execute(
        text(
            "SELECT service, instance, beat_at, extract(epoch FROM now() - beat_at) AS seconds_ago "
            "FROM core.heartbeats WHERE beat_at > now() - make_interval(secs => :within) "
            "ORDER BY service, instance"
        ),
        {"within": within_seconds},
    )
    return [Heartbeat(r.service, r.instance, r.beat_at, float(r.seconds_ago)) for r in rows]
