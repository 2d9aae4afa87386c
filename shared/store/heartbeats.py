"""When each process last went round its loop: what `status` and health checks read."""

import os
import socket
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
    detail: str = ""


def name_this_process() -> str:
    """Name the calling process as its signs of life do, `host:pid`; after a fork the child has a name of its own."""
    return f"{socket.gethostname()}:{os.getpid()}"


def record_heartbeat(connection: Connection, service: str, instance: str, detail: str = "") -> None:
    """Note that a process went round its loop just now, and what it has to say of itself."""
    connection.execute(
        text(
            "INSERT INTO core.heartbeats (service, instance, beat_at, detail) "
            "VALUES (:service, :instance, now(), :detail) "
            "ON CONFLICT (service, instance) DO UPDATE SET beat_at = now(), detail = excluded.detail"
        ),
        {"service": service, "instance": instance, "detail": detail},
    )


def mark_said(connection: Connection, instance: str, detail: str) -> None:
    """Note what a process has to say of itself by now; no sign of life."""
    connection.execute(
        text("UPDATE core.heartbeats SET detail = :detail WHERE instance = :instance"),
        {"instance": instance, "detail": detail},
    )


def list_heartbeats(connection: Connection, within_seconds: float = 3600) -> list[Heartbeat]:
    """List the processes that were seen lately."""
    rows = connection.execute(
        text(
            "SELECT service, instance, beat_at, detail, extract(epoch FROM now() - beat_at) AS seconds_ago "
            "FROM core.heartbeats WHERE beat_at > now() - make_interval(secs => :within) "
            "ORDER BY service, instance"
        ),
        {"within": within_seconds},
    )
    return [Heartbeat(r.service, r.instance, r.beat_at, float(r.seconds_ago), r.detail) for r in rows]
