"""The sums of what every process counted, and the figures that a scrape reads afresh."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, text

from shared.meter import Sample

# In the order of their keys, so that two processes that write the same rows never wait for each other in turn.
_ADD = text("""
    INSERT INTO core.metrics (name, labels, value)
    SELECT name, labels, value
    FROM jsonb_to_recordset(CAST(:added AS jsonb)) AS added(name text, labels jsonb, value float8)
    ORDER BY name, labels
    ON CONFLICT (name, labels) DO UPDATE SET value = core.metrics.value + excluded.value
""")


def add_to_metrics(connection: Connection, added: Mapping[Sample, float]) -> None:
    """Add what a process counted to the sums."""
    if not added:
        return
    rows = [
        {"name": sample.name, "labels": dict(sample.labels), "value": value}
        for sample, value in added.items()
    ]
    connection.execute(_ADD, {"added": json.dumps(rows)})


def load_metrics(connection: Connection) -> dict[Sample, float]:
    """Load the sums."""
    rows = connection.execute(text("SELECT name, labels, value FROM core.metrics"))
    return {Sample(row.name, tuple(sorted(row.labels.items()))): row.value for row in rows}


@dataclass(frozen=True, slots=True)
class Latency:
    """How long one alert took to its receipt, in seconds; from publication only where its date is not in doubt."""

    from_first_sight: float
    from_publication: float | None


# What was told again or gathered waited for a reason: its first telling alone is a latency.
_LATENCIES = text("""
    SELECT extract(epoch FROM m.told_at - r.first_seen_at)::float8 AS from_first_sight,
        CASE WHEN r.published_doubt = '' AND r.published_at <= r.first_seen_at
            THEN extract(epoch FROM m.told_at - r.published_at)::float8 END AS from_publication
    FROM core.messages m
    JOIN core.alerts a ON a.message_id = m.id
    JOIN core.releases r ON r.id = a.release_id
    WHERE m.id = ANY(:ids) AND m.type = 'release.published' AND m.reason <> 'replayed'
""")


def list_latencies(connection: Connection, message_ids: Sequence[UUID]) -> list[Latency]:
    """List how long the alerts took that these messages told."""
    rows = connection.execute(_LATENCIES, {"ids": list(message_ids)})
    return [Latency(row.from_first_sight, row.from_publication) for row in rows]


@dataclass(frozen=True, slots=True)
class Gauges:
    """How it is at this moment: ages and lags in seconds (0 where nothing waits), and counts by kind.

    `ledger_age_seconds`: since the ledger was checked; None where it never was.
    """

    poll_lag_seconds: float
    fetch_age_seconds: float
    settling_age_seconds: float
    alert_age_seconds: float
    feeds: Mapping[str, int]
    endpoints: Mapping[str, int]
    alerts_waiting: Mapping[str, int]
    topics: int
    gaps_today: int
    ledger_missing: int
    ledger_age_seconds: float | None


_GAUGES = text("""
    SELECT
        (SELECT coalesce(extract(epoch FROM now() - min(next_poll_at)), 0) FROM core.feeds
         WHERE state <> 'paused' AND removed_at IS NULL AND next_poll_at <= now())::float8 AS poll_lag_seconds,
        (SELECT coalesce(extract(epoch FROM now() - min(fetched_at)), 0) FROM core.fetches
         WHERE state IN ('waiting', 'working'))::float8 AS fetch_age_seconds,
        (SELECT coalesce(extract(epoch FROM now() - min(first_seen_at)), 0) FROM core.releases
         WHERE state = 'settling')::float8 AS settling_age_seconds,
        (SELECT coalesce(extract(epoch FROM now() - min(m.next_attempt_at)), 0) FROM core.messages m
         JOIN core.endpoints e ON e.id = m.endpoint_id
         WHERE m.state = 'pending' AND m.next_attempt_at <= now() AND e.state <> 'disabled'
           AND (e.paused_until IS NULL OR e.paused_until <= now()))::float8 AS alert_age_seconds,
        (SELECT coalesce(jsonb_object_agg(kind, feeds), '{}') FROM (
            SELECT CASE WHEN state <> 'active' THEN state WHEN failures > 0 THEN 'failing'
                WHEN quiet_since IS NOT NULL THEN 'quiet' ELSE 'live' END AS kind, count(*) AS feeds
            FROM core.feeds WHERE removed_at IS NULL GROUP BY 1) f) AS feeds,
        (SELECT coalesce(jsonb_object_agg(state, endpoints), '{}') FROM (
            SELECT state, count(*) AS endpoints FROM core.endpoints GROUP BY 1) e) AS endpoints,
        (SELECT coalesce(jsonb_object_agg(state, alerts), '{}') FROM (
            SELECT 'held' AS state, count(*) AS alerts FROM core.alerts WHERE state = 'held'
            UNION ALL SELECT 'pending', count(*) FROM core.messages WHERE state = 'pending') a) AS alerts_waiting,
        (SELECT count(*) FROM core.topics WHERE removed_at IS NULL) AS topics,
        (SELECT count(*) FROM core.gaps WHERE to_at > now() - interval '1 day') AS gaps_today,
        -- As the sweep found it: counting a million matches anew would make each scrape slow.
        (SELECT missing FROM core.ledger_check)::integer AS ledger_missing,
        (SELECT extract(epoch FROM now() - checked_at) FROM core.ledger_check)::float8 AS ledger_age_seconds
""")


def get_gauges(connection: Connection) -> Gauges:
    """Read how it is."""
    return Gauges(**connection.execute(_GAUGES).one()._asdict())
