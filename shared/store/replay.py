"""Replaying: makes messages due again, with the same id and the same bytes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, TextClause, text

from shared.errors import NotFoundError
from shared.store.names import looks_like_id

MESSAGE_PREFIX = "msg_"


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many messages are due now, to how many endpoints, and what was left out.

    `paused` of the replayed wait for the end of their endpoint's pause. Left out are alerts whose endpoint is
    `disabled`, whose subscription has `ended`, and those that never had a message (`without_message`).
    """

    replayed: int
    endpoints: int
    paused: int
    disabled: int
    ended: int
    without_message: int


# Subscriptions are held against being ended meanwhile; messages are locked in the order of their ids.
# `attempts` goes on counting, for it numbers the deliveries; what counts to the ten attempts starts anew.
_REPLAY = """
    WITH chosen AS MATERIALIZED (
        SELECT a.message_id, s.removed_at IS NOT NULL AS ended, e.state = 'disabled' AS disabled
        FROM core.alerts a
        JOIN core.subscriptions s ON s.id = a.subscription_id
        JOIN core.endpoints e ON e.id = s.endpoint_id
        WHERE {which}
        ORDER BY s.id FOR SHARE OF s),
    locked AS MATERIALIZED (
        SELECT m.id FROM core.messages m
        WHERE m.id IN (SELECT message_id FROM chosen WHERE NOT ended AND NOT disabled)
            AND octet_length(m.payload) > 0  -- else its release was erased
        ORDER BY m.id FOR UPDATE),
    due AS (
        UPDATE core.messages m SET state = 'pending', reason = 'replayed', refusals = 0, suspect = false,
            next_attempt_at = now(), told_at = NULL, expires_at = NULL
        FROM locked WHERE m.id = locked.id
        RETURNING m.endpoint_id),
    rung AS (
        UPDATE core.endpoints e SET ring_at = now(), rings = 0
        WHERE e.id IN (SELECT endpoint_id FROM due)
        RETURNING e.id, coalesce(e.paused_until > now(), false) AS paused)
    SELECT (SELECT count(*) FROM due) AS replayed,
        (SELECT count(*) FROM rung) AS endpoints,
        (SELECT count(*) FROM due JOIN rung ON rung.id = due.endpoint_id WHERE rung.paused) AS paused,
        count(*) FILTER (WHERE message_id IS NOT NULL AND NOT ended AND disabled) AS disabled,
        count(*) FILTER (WHERE message_id IS NOT NULL AND ended) AS ended,
        count(*) FILTER (WHERE message_id IS NULL) AS without_message
    FROM chosen
"""
_OF_ALERTS = text(_REPLAY.format(which="a.id = ANY(:alerts)"))
# Never attempted, or never arrived: what waits, what was given up, and what outlived its time.
_MISSING = text(
    _REPLAY.format(
        which="(CAST(:topic AS uuid) IS NULL OR a.topic_id = :topic) AND a.created_at >= :since AND EXISTS ("
        "SELECT FROM core.messages m WHERE m.id = a.message_id AND (m.state IN ('pending', 'dead') "
        "OR (m.state = 'cancelled' AND m.reason = 'expired')))"
    )
)
_OF_TOPIC = text(_REPLAY.format(which="a.topic_id = :topic AND a.created_at >= :since"))


def replay_alerts(connection: Connection, names: Sequence[str]) -> Replayed:
    """Make the messages of these alerts due now, delivered ones too; a name as `find_alerts` takes it."""
    alerts = {alert_id for name in names for alert_id in find_alerts(connection, name)}
    return _replay(connection, _OF_ALERTS, {"alerts": sorted(alerts)})


def replay_topic(connection: Connection, topic_id: UUID, since: datetime) -> Replayed:
    """Make the messages of a topic's alerts made since an instant due now, delivered ones too."""
    return _replay(connection, _OF_TOPIC, {"topic": topic_id, "since": since})


def replay_missing(connection: Connection, since: datetime, topic_id: UUID | None = None) -> Replayed:
    """Make due now what never arrived of the alerts made since an instant, of one topic or of all."""
    return _replay(connection, _MISSING, {"topic": topic_id, "since": since})


def find_alerts(connection: Connection, name: str) -> list[UUID]:
    """Find alerts by their id, by their message's, or by the `webhook-id` that a receiver was sent.

    Only a digest tells several. Raises NotFoundError with the next step.
    """
    written = name.strip().removeprefix(MESSAGE_PREFIX)
    found = connection.scalars(
        text("SELECT id FROM core.alerts WHERE id = :id OR message_id = :id ORDER BY id"),
        {"id": UUID(written) if looks_like_id(written) else None},
    ).all()
    if not found:
        raise NotFoundError(name, "no alert has this id or webhook-id; `tocsin alert list` shows them")
    return list(found)


def _replay(connection: Connection, statement: TextClause, which: dict[str, object]) -> Replayed:
    row = connection.execute(statement, which).mappings().one()
    return Replayed(**row)
