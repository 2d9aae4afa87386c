"""Endpoints: claiming those with something due and their oldest messages (T4), recording attempts (T5)."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, bindparam, insert, text, update

from shared.domain.delivery_round import EndpointState, MessageState
from shared.domain.door_answers import Door
from shared.store.presence import Lease
from shared.store.tables import Delivery, Message, table_of


@dataclass(frozen=True, slots=True)
class DueMessage:
    """A message to send now: its bytes as they were frozen for its door, and how it stands after earlier attempts."""

    webhook_id: str
    payload: bytes
    state: MessageState
    door: Door = "standard"


@dataclass(frozen=True, slots=True)
class DueEndpoint:
    """An endpoint under our lease with a bounded number of its oldest due messages.

    `secrets` holds the current secret and, while it rotates, the previous one.
    """

    state: EndpointState
    url: str
    secrets: tuple[str, ...]
    messages: tuple[DueMessage, ...]


@dataclass(frozen=True, slots=True)
class DeliveryRecord:
    """One HTTP attempt at a message."""

    message_id: UUID
    endpoint_id: UUID
    attempt: int
    started_at: datetime
    outcome: str
    status: int | None
    ms: int
    error: str
    answer: str = ""


# The messages of an endpoint stay in SQL until they are sent: a busy or dead receiver holds no worker.
_CLAIM = text("""
    WITH open AS (
        SELECT e.id FROM core.endpoints e
        WHERE e.id = ANY(:ids) AND e.state <> 'disabled'
          AND (e.paused_until IS NULL OR e.paused_until <= now())
          AND (e.leased_until IS NULL OR e.leased_until < now())
          AND EXISTS (SELECT FROM core.due_messages m WHERE m.endpoint_id = e.id)
        ORDER BY e.id FOR UPDATE SKIP LOCKED)
    UPDATE core.endpoints e SET lease = :lease, holder = :holder,
            leased_until = now() + make_interval(secs => :lease_seconds)
    FROM open WHERE e.id = open.id
    RETURNING e.id, e.url, e.secret, e.reason, e.failures, e.failing_since,
        CASE WHEN e.previous_secret_until > now() THEN e.previous_secret END AS previous_secret
""")

# Behind a failing endpoint one message is tried; a suspect one last, so that it does not hold the others.
_MESSAGES = text("""
    SELECT e.id AS endpoint_id, m.* FROM core.endpoints e CROSS JOIN LATERAL (
        SELECT id, webhook_id, format, payload, reason, attempts, refusals, suspect, next_attempt_at
        FROM core.due_messages WHERE endpoint_id = e.id
        ORDER BY suspect, id LIMIT CASE WHEN e.failures > 0 THEN 1 ELSE :most END) m
    WHERE e.id = ANY(:ids)
""")


def claim_due_endpoints(
    connection: Connection, ids: Sequence[UUID], lease: Lease, *, most_messages: int
) -> list[DueEndpoint]:
    """Take those of `ids` that have something due and are neither paused, disabled nor another's."""
    rows = connection.execute(_CLAIM, {"ids": list(ids), **lease.columns()}).all()
    messages: dict[UUID, list[DueMessage]] = {row.id: [] for row in rows}
    due = connection.execute(_MESSAGES, {"ids": list(messages), "most": most_messages}) if rows else ()
    for row in due:
        message = DueMessage(row.webhook_id, bytes(row.payload), _message_state(row), row.format)
        messages[row.endpoint_id].append(message)
    return [
        DueEndpoint(
            state=EndpointState(
                row.id, lease.id, "active", row.reason, None, row.failures, row.failing_since
            ),
            url=row.url,
            secrets=(row.secret, row.previous_secret) if row.previous_secret else (row.secret,),
            messages=tuple(messages[row.id]),
        )
        for row in rows
    ]


def list_suspects(connection: Connection, endpoint_id: UUID) -> list[MessageState]:
    """List the endpoint's pending messages whose last answer was a 5xx."""
    rows = connection.execute(
        text(
            "SELECT id, reason, attempts, refusals, suspect, next_attempt_at FROM core.messages "
            "WHERE endpoint_id = :id AND state = 'pending' AND suspect ORDER BY id"
        ),
        {"id": endpoint_id},
    )
    return [_message_state(row) for row in rows]


def _message_state(row: Row[Any]) -> MessageState:
    return MessageState(
        id=row.id,
        reason=row.reason,
        attempts=row.attempts,
        refusals=row.refusals,
        suspect=row.suspect,
        next_attempt_at=row.next_attempt_at,
    )


def record_deliveries(
    connection: Connection,
    endpoint: EndpointState,
    deliveries: Sequence[DeliveryRecord],
    messages: Sequence[MessageState],
) -> bool:
    """Record a round of attempts at one endpoint and give its lease back; tell whether more is due now.

    Attempts are recorded even where the lease was lost: they were made. A message that someone else brought
    to its end meanwhile stays as it is.
    """
    if deliveries:
        connection.execute(insert(table_of(Delivery)), [asdict(record) for record in deliveries])
    message = table_of(Message)
    if messages:
        # In the order of their ids, as whoever ends a subscription or replays: another would be a deadlock.
        rows = [{**asdict(state), "wanted": state.id} for state in sorted(messages, key=lambda m: m.id)]
        for row in rows:
            del row["id"]
        connection.execute(
            update(message).where(message.c.id == bindparam("wanted"), message.c.state == "pending"), rows
        )
    more = connection.scalar(_GIVE_BACK, asdict(endpoint))
    return bool(more)


_GIVE_BACK = text("""
    UPDATE core.endpoints e SET lease = NULL, leased_until = NULL, rings = 0, ring_at = now(),
        state = CASE WHEN e.state = 'disabled' THEN e.state ELSE :state END, reason = :reason,
        paused_until = :paused_until, failures = :failures, failing_since = :failing_since
    WHERE e.id = :id AND e.lease = :lease
    RETURNING e.state = 'active' AND EXISTS (SELECT FROM core.due_messages m WHERE m.endpoint_id = e.id)
""")


def list_due_endpoints(connection: Connection) -> list[UUID]:
    """List the endpoints that have something due and may be sent to now; `once` works through them."""
    rows = connection.scalars(
        text(
            "SELECT e.id FROM core.endpoints e WHERE e.state <> 'disabled' "
            "AND (e.paused_until IS NULL OR e.paused_until <= now()) "
            "AND (e.leased_until IS NULL OR e.leased_until < now()) "
            "AND EXISTS (SELECT FROM core.due_messages m WHERE m.endpoint_id = e.id) ORDER BY e.id"
        )
    )
    return list(rows)
