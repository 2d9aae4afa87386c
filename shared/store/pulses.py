"""Heartbeats to endpoints that asked for them, and the check of the ledger: what proves a silence by itself."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, insert, text

from shared.domain.alerts.doors import for_door
from shared.domain.alerts.heartbeat import Pulse, TopicPulse, build_heartbeat, may_beat
from shared.store.tables import Message, table_of

_DUE = text("""
    SELECT id, heartbeat, coalesce(heartbeat_told_at, created_at) AS since, core.door_format(id) AS format
    FROM core.endpoints
    WHERE heartbeat_due_at <= now() AND state <> 'disabled' ORDER BY id FOR UPDATE SKIP LOCKED
""")

# A feed is alive that answered the last time and is polled when it is due: a poller that stands still kills all.
_READ = text("""
    SELECT
        (SELECT count(*) FROM core.feeds WHERE state = 'active' AND removed_at IS NULL) AS feeds_watched,
        (SELECT count(*) FROM core.feeds WHERE state = 'active' AND removed_at IS NULL AND failures = 0
            AND last_polled_at IS NOT NULL AND next_poll_at > now() - interval '10 minutes') AS feeds_alive,
        (SELECT count(*) FROM core.releases WHERE first_seen_at > :since) AS releases_read
""")
_TOPICS = text("""
    SELECT t.id::text AS topic_id, t.name AS topic, s.id::text AS subscription_id, s.sequence,
        (SELECT count(*) FROM core.matches m WHERE m.topic_id = t.id AND m.matched_at > :since
            AND m.evidence IS NOT NULL) AS matched,
        (SELECT count(*) FROM public.alerts a WHERE a.subscription_id = s.id AND a.told_at > :since) AS delivered,
        (SELECT count(*) FROM public.alerts a
            WHERE a.subscription_id = s.id AND a.state IN ('pending', 'held')) AS waiting
    FROM core.subscriptions s JOIN core.topics t ON t.id = s.topic_id
    WHERE s.endpoint_id = :endpoint AND s.removed_at IS NULL ORDER BY t.name
""")
_BEAT = text("""
    UPDATE core.endpoints SET heartbeat_told_at = now(), ring_at = now(), rings = 0,
        heartbeat_due_at = greatest(heartbeat_due_at + heartbeat, now() + heartbeat / 2)
    WHERE id = :id
""")


def send_heartbeats(connection: Connection, now: datetime) -> tuple[list[UUID], list[UUID]]:
    """Make the heartbeats that are due; give the endpoints that have one, and those whose feeds are all dead."""
    beating, late = [], []
    for row in connection.execute(_DUE).all():
        pulse = _load_pulse(connection, row)
        if may_beat(pulse):
            _add_heartbeat(connection, row, pulse, now)
            beating.append(row.id)
        else:
            late.append(row.id)
    return beating, late


def _load_pulse(connection: Connection, row: Row[Any]) -> Pulse:
    read = connection.execute(_READ, {"since": row.since}).one()
    topics = connection.execute(_TOPICS, {"endpoint": row.id, "since": row.since}).mappings()
    return Pulse(row.since, **read._asdict(), topics=[TopicPulse(**one) for one in topics])


def _add_heartbeat(connection: Connection, row: Row[Any], pulse: Pulse, now: datetime) -> None:
    message = {
        "endpoint_id": row.id,
        "type": "tocsin.heartbeat",
        "format": row.format,
        "payload": for_door(row.format, build_heartbeat(pulse, now)),
        "next_attempt_at": now,
        "created_at": now,
        # One that could not be sent until the next is due says nothing any more.
        "expires_at": now + row.heartbeat,
    }
    connection.execute(insert(table_of(Message)), message)
    connection.execute(_BEAT, {"id": row.id})


@dataclass(frozen=True, slots=True)
class LedgerCheck:
    """How many matches and alerts do not agree, and of which subscriptions."""

    missing: int
    subscriptions: tuple[UUID, ...]


def check_ledger(connection: Connection) -> LedgerCheck:
    """Check that every match has its one outcome, and note when and with what result."""
    rows = connection.execute(
        text("SELECT subscription_id, abs(missing) AS missing FROM public.ledger WHERE missing <> 0")
    ).all()
    check = LedgerCheck(sum(row.missing for row in rows), tuple(row.subscription_id for row in rows))
    connection.execute(
        text("UPDATE core.ledger_check SET checked_at = now(), missing = :missing"),
        {"missing": check.missing},
    )
    return check
