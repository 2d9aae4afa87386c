"""What `status` and the health checks ask: how old is what waits, and did the ledger add up when last checked."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text


@dataclass(frozen=True, slots=True)
class Health:
    """Ages in seconds of the oldest rows that wait (None where none does), and counts of what is wrong."""

    oldest_fetch_seconds: float | None
    oldest_alert_seconds: float | None
    feeds: int
    feeds_failing: int
    feeds_quiet: int
    languages_quiet: tuple[str, ...]
    gaps_today: int
    feed_events_today: int
    endpoints_paused: int
    endpoints_disabled: int
    missing: int
    ledger_checked_at: datetime | None


_HEALTH = text("""
    SELECT
        (SELECT extract(epoch FROM now() - min(fetched_at)) FROM core.fetches
         WHERE state IN ('waiting', 'working'))::float8 AS oldest_fetch_seconds,
        (SELECT extract(epoch FROM now() - min(m.next_attempt_at)) FROM core.due_messages m
         JOIN core.endpoints e ON e.id = m.endpoint_id
         WHERE core.is_open(e) AND e.failures = 0
           AND (e.owed_before IS NULL OR m.id >= e.owed_before))::float8 AS oldest_alert_seconds,
        (SELECT count(*) FROM core.feeds WHERE removed_at IS NULL) AS feeds,
        (SELECT count(*) FROM core.feeds WHERE removed_at IS NULL AND failures > 0) AS feeds_failing,
        (SELECT count(*) FROM public.feeds WHERE state = 'active' AND quiet_since IS NOT NULL) AS feeds_quiet,
        (SELECT coalesce(array_agg(language ORDER BY language), '{}') FROM core.languages
         WHERE quiet_since IS NOT NULL) AS languages_quiet,
        (SELECT count(*) FROM core.feed_events
         WHERE at > now() - interval '1 day')::integer AS feed_events_today,
        (SELECT count(*) FROM core.gaps WHERE to_at > now() - interval '1 day') AS gaps_today,
        (SELECT count(*) FROM core.endpoints WHERE state = 'paused') AS endpoints_paused,
        (SELECT count(*) FROM core.endpoints WHERE state = 'disabled') AS endpoints_disabled,
        -- As the sweep found it: counting a million matches anew would make a health check slow.
        (SELECT missing FROM core.ledger_check)::integer AS missing,
        (SELECT checked_at FROM core.ledger_check) AS ledger_checked_at
""")


def get_health(connection: Connection) -> Health:
    """Read how the line is."""
    return Health(**connection.execute(_HEALTH).one()._asdict())
