"""Endpoints: claiming those with something due and their oldest messages (T4), recording attempts (T5)."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, bindparam, insert, text, update

from shared.store.tables import Delivery, Message, table_of


@dataclass(frozen=True, slots=True)
class DueMessage:
    """A message to send now, its bytes as they were frozen; `attempts` were made and counted before."""

    id: UUID
    webhook_id: str
    type: str
    payload: bytes
    attempts: int
    suspect: bool


@dataclass(frozen=True, slots=True)
class DueEndpoint:
    """An endpoint under our lease with a bounded number of its oldest due messages.

    `secrets` holds the current secret and, while it rotates, the previous one.
    """

    id: UUID
    lease: UUID
    url: str
    secrets: tuple[str, ...]
    failures: int
    failing_since: datetime | None
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


@dataclass(frozen=True, slots=True)
class MessageState:
    """What an attempt leaves of a message: told, dead, or due again at `next_attempt_at`."""

    id: UUID
    state: str
    reason: str
    attempts: int
    suspect: bool
    next_attempt_at: datetime | None
    told_at: datetime | None


@dataclass(frozen=True, slots=True)
class EndpointState:
    """What a round of attempts leaves of an endpoint."""

    id: UUID
    lease: UUID
    state: str
    reason: str
    paused_until: datetime | None
    failures: int
    failing_since: datetime | None


# The messages of an endpoint stay in SQL until they are sent: a busy or dead receiver holds no worker.
_CLAIM = text("""
    WITH open AS (
        SELECT e.id FROM core.endpoints e
        WHERE e.id = ANY(:ids) AND e.state <> 'disabled'
          AND (e.paused_until IS NULL OR e.paused_until <= now())
          AND (e.leased_until IS NULL OR e.leased_until < now())
          AND EXISTS (SELECT FROM core.messages m
                      WHERE m.endpoint_id = e.id AND m.state = 'pending' AND m.next_attempt_at <= now())
        ORDER BY e.id FOR UPDATE SKIP LOCKED)
    UPDATE core.endpoints e SET lease = :lease, leased_until = now() + make_interval(secs => :lease_seconds)
    FROM open WHERE e.id = open.id
    RETURNING e.id, e.url, e.secret, e.failures, e.failing_since,
        CASE WHEN e.previous_secret_until > now() THEN e.previous_secret END AS previous_secret
""")

# Behind a failing endpoint one message is tried; a suspect one last, so that it does not hold the others.
_MESSAGES = text("""
    SELECT e.id AS endpoint_id, m.* FROM core.endpoints e CROSS JOIN LATERAL (
        SELECT id, webhook_id, type, payload, attempts, suspect FROM core.messages
        WHERE endpoint_id = e.id AND state = 'pending' AND next_attempt_at <= now()
        ORDER BY suspect, id LIMIT CASE WHEN e.failures > 0 THEN 1 ELSE :most END) m
    WHERE e.id = ANY(:ids)
""")


def claim_due_endpoints(
    connection: Connection, ids: Sequence[UUID], lease: UUID, *, most_messages: int, lease_seconds: float
) -> list[DueEndpoint]:
    """Take those of `ids` that have something due and are neither paused, disabled nor another's."""
    rows = connection.execute(
        _CLAIM, {"ids": list(ids), "lease": lease, "lease_seconds": lease_seconds}
    ).all()
    messages: dict[UUID, list[DueMessage]] = {row.id: [] for row in rows}
    due = connection.execute(_MESSAGES, {"ids": list(messages), "most": most_messages}) if rows else ()
    for row in due:
        messages[row.endpoint_id].append(
            DueMessage(row.id, row.webhook_id, row.type, bytes(row.payload), row.attempts, row.suspect)
        )
    return [
        DueEndpoint(
            id=row.id,
            lease=lease,
            url=row.url,
            secrets=(row.secret, row.previous_secret) if row.previous_secret else (row.secret,),
            failures=row.failures,
            failing_since=row.failing_since,
            messages=tuple(messages[row.id]),
        )
        for row in rows
    ]


def list_suspects(connection: Connection, endpoint_id: UUID) -> list[tuple[UUID, int]]:
    """List (id, attempts) of the endpoint's pending messages whose last answer was a 5xx."""
    rows = connection.execute(
        text(
            "SELECT id, attempts FROM core.messages "
            "WHERE endpoint_id = :id AND state = 'pending' AND suspect ORDER BY id"
        ),
        {"id": endpoint_id},
    )
    return [(row.id, row.attempts) for row in rows]


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
        rows = [{**asdict(state), "wanted": state.id} for state in messages]
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
    RETURNING e.state = 'active' AND EXISTS (
        SELECT FROM core.messages m
        WHERE m.endpoint_id = e.id AND m.state = 'pending' AND m.next_attempt_at <= now())
""")


def list_due_endpoints(connection: Connection) -> list[UUID]:
    """List the endpoints that have something due and may be sent to now; `once` works through them."""
    rows = connection.scalars(
        text(
            "SELECT e.id FROM core.endpoints e WHERE e.state <> 'disabled' "
            "AND (e.paused_until IS NULL OR e.paused_until <= now()) "
            "AND (e.leased_until IS NULL OR e.leased_until < now()) "
            "AND EXISTS (SELECT FROM core.messages m WHERE m.endpoint_id = e.id "
            "            AND m.state = 'pending' AND m.next_attempt_at <= now()) ORDER BY e.id"
        )
    )
    return list(rows)
