"""What a health check reads of one process, on a connection of its own.

Every container asks this every few seconds: psycopg alone starts in a fraction of the time and memory that the
rest of the store takes.
"""

import psycopg

from shared.errors import ServiceError


def read_silences(database_url: str, service: str, host: str) -> tuple[float | None, float | None]:
    """Give the seconds since the last beat of `service` on this host, and on any; None where there is none."""
    try:
        with psycopg.connect(database_url, connect_timeout=5, application_name="tocsin-health") as connection:
            row = connection.execute(
                "SELECT extract(epoch FROM now() - max(beat_at) FILTER (WHERE starts_with(instance, %s)))::float8, "
                "extract(epoch FROM now() - max(beat_at))::float8 FROM core.heartbeats WHERE service = %s",
                (f"{host}:", service),
            ).fetchone()
    except psycopg.Error as error:
        raise ServiceError("database", f"does not answer: {str(error).splitlines()[0]}") from error
    return row or (None, None)
