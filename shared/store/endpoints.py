"""Endpoints: claiming those with something due and their oldest messages (T4), recording attempts (T5)."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, insert, text

from shared.domain.alerts.delivery import concurrency_after_pause
from shared.domain.alerts.delivery_round import EndpointState, MessageState
from shared.domain.alerts.door_answers import Door
from shared.store.presence import Lease
from shared.store.tables import Delivery, table_of
from shared.store.vault import Vault, vault_of


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

    `secrets` holds the current secret and, while it rotates, the previous one. `concurrency` posts may be under
    way at once, and `rate` a second be started (None: no limit). What is new comes before what has been owed.
    """

    state: EndpointState
    url: str
    secrets: tuple[str, ...]
    messages: tuple[DueMessage, ...]
    concurrency: int = 4
    rate: float | None = None


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
        WHERE e.id = ANY(:ids) AND core.is_open(e)
          AND EXISTS (SELECT FROM core.due_messages m WHERE m.endpoint_id = e.id)
        ORDER BY e.id FOR UPDATE SKIP LOCKED)
    UPDATE core.endpoints e SET lease = :lease, holder = :holder,
            leased_until = now() + make_interval(secs => :lease_seconds)
    FROM open WHERE e.id = open.id
    RETURNING e.id, e.url, e.secret, e.state, e.reason, e.paused_until, e.failures, e.failing_since,
        e.good_rounds, e.concurrency, e.rate, e.owed_before,
        CASE WHEN e.previous_secret_until > now() THEN e.previous_secret END AS previous_secret
""")

# Behind a failing endpoint one message is tried, after it ever more; a suspect one last, so that it does not hold
# the others. While an endpoint catches up, what is new goes first, and rounds are short: neither waits for the other.
_MESSAGES = text("""
    SELECT e.id AS endpoint_id, m.* FROM core.endpoints e CROSS JOIN LATERAL (
        (SELECT id, webhook_id, format, payload, reason, attempts, refusals, suspect, next_attempt_at
         FROM core.due_messages WHERE endpoint_id = e.id AND (e.owed_before IS NULL OR id >= e.owed_before)
         ORDER BY suspect, id LIMIT CASE WHEN e.failures > 0 THEN 1 ELSE
             greatest(1, least(:most, 4 << least(e.good_rounds, 20), floor(e.rate * :round_seconds)))::integer END)
        UNION ALL
        (SELECT id, webhook_id, format, payload, reason, attempts, refusals, suspect, next_attempt_at
         FROM core.due_messages WHERE endpoint_id = e.id AND id < e.owed_before
         ORDER BY suspect, id LIMIT
             greatest(1, least(4 << least(e.good_rounds, 20), 4 * e.concurrency, floor(e.rate / 10)))::integer)) m
    WHERE e.id = ANY(:ids)
""")

# Were we killed now, no more than these could have been sent since; a round that ends says it exactly.
_PACED = text("""
    UPDATE core.endpoints SET next_send_at = now() + make_interval(secs => :count / rate)
    WHERE id = :id AND rate IS NOT NULL
""")


def claim_due_endpoints(
    connection: Connection,
    ids: Sequence[UUID],
    lease: Lease,
    *,
    most_messages: int,
    round_seconds: float = 1.0,
) -> list[DueEndpoint]:
    """Take those of `ids` that have something due and are neither paused, disabled nor another's.

    Of an endpoint with a rate no more messages than it allows in `round_seconds`.
    """
    rows = connection.execute(_CLAIM, {"ids": list(ids), **lease.columns()}).all()
    messages: dict[UUID, list[DueMessage]] = {row.id: [] for row in rows}
    sizes = {"ids": list(messages), "most": most_messages, "round_seconds": round_seconds}
    for row in connection.execute(_MESSAGES, sizes) if rows else ():
        message = DueMessage(row.webhook_id, bytes(row.payload), _message_state(row), row.format)
        messages[row.endpoint_id].append(message)
    paced = [{"id": row.id, "count": float(len(messages[row.id]))} for row in rows if row.rate is not None]
    if paced:
        connection.execute(_PACED, paced)
    vault = vault_of(connection)
    return [_due_endpoint(row, lease, messages[row.id], vault) for row in rows]


def _due_endpoint(row: Row[Any], lease: Lease, messages: Sequence[DueMessage], vault: Vault) -> DueEndpoint:
    disabled = row.state == "disabled"
    return DueEndpoint(
        state=EndpointState(
            id=row.id,
            lease=lease.id,
            state="disabled" if disabled else "active",
            reason=row.reason,
            paused_until=row.paused_until if disabled else None,
            failures=row.failures,
            failing_since=row.failing_since,
            good_rounds=row.good_rounds,
            owed_before=row.owed_before,
        ),
        url=row.url,
        secrets=tuple(vault.open(one) for one in (row.secret, row.previous_secret) if one),
        messages=tuple(messages),
        concurrency=concurrency_after_pause(row.good_rounds, row.concurrency),
        rate=row.rate,
    )


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
        due_at=row.next_attempt_at,
    )


def record_deliveries(
    connection: Connection,
    endpoint: EndpointState,
    deliveries: Sequence[DeliveryRecord],
    messages: Sequence[MessageState],
    *,
    next_send_in: float = 0.0,
) -> bool:
    """Record a round of attempts at one endpoint and give its lease back; tell whether more is due now.

    In `next_send_in` seconds its rate allows the next. Attempts are recorded even where the lease was lost: they
    were made. A message that someone else brought to its end meanwhile stays as it is, and so does one that was
    replayed meanwhile, unless it was taken. An endpoint that a person enabled meanwhile stays enabled.
    """
    if deliveries:
        connection.execute(insert(table_of(Delivery)), [asdict(record) for record in deliveries])
    if messages:
        _record_messages(connection, messages)
    given = asdict(endpoint) | {"next_send_in": next_send_in}
    more = connection.scalar(_GIVE_BACK, given)
    if more is None:
        more = connection.scalar(_GIVE_BACK_ENABLED, given)
    return bool(more)


def _record_messages(connection: Connection, messages: Sequence[MessageState]) -> None:
    # In the order of their ids, as whoever ends a subscription or replays: another would be a deadlock.
    rows = connection.execute(_LOCKED, {"ids": [message.id for message in messages]})
    due_now = {row.id: row.next_attempt_at for row in rows}
    as_claimed = {m.id for m in messages if m.told_at or due_now.get(m.id) == m.due_at}
    for statement, ours in ((_ATTEMPTED, True), (_COUNTED, False)):
        states = [asdict(state) for state in messages if (state.id in as_claimed) is ours]
        if states:
            connection.execute(statement, states)


_LOCKED = text("SELECT id, next_attempt_at FROM core.messages WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")

_ATTEMPTED = text("""
    UPDATE core.messages SET state = :state, reason = :reason, attempts = :attempts, refusals = :refusals,
        suspect = :suspect, next_attempt_at = :next_attempt_at, told_at = :told_at
    WHERE id = :id AND (state = 'pending'
        OR (:state IN ('delivered', 'accepted') AND state IN ('cancelled', 'dead')))
""")

# Its ten attempts begin anew, the numbers of its deliveries go on.
_COUNTED = text("UPDATE core.messages SET attempts = greatest(attempts, :attempts) WHERE id = :id")

# Back from a failure, an endpoint is owed what was made until now; caught up once none of that is due.
_GIVE_BACK = text("""
    UPDATE core.endpoints e SET lease = NULL, leased_until = NULL, rings = 0, ring_at = now(),
        state = :state, reason = :reason, paused_until = :paused_until, failures = :failures,
        failing_since = :failing_since, good_rounds = :good_rounds,
        next_send_at = now() + make_interval(secs => nullif(:next_send_in, 0)),
        owed_before = CASE WHEN :failures > 0 THEN NULL WHEN e.failures > 0 THEN uuidv7()
            WHEN EXISTS (SELECT FROM core.due_messages m WHERE m.endpoint_id = e.id AND m.id < e.owed_before)
            THEN e.owed_before END
    WHERE e.id = :id AND e.lease = :lease AND e.owed_before IS NOT DISTINCT FROM :owed_before
    RETURNING e.state = 'active' AND EXISTS (SELECT FROM core.due_messages m WHERE m.endpoint_id = e.id)
""")

# Only enabling by hand sets another `owed_before` while a round has the lease.
_GIVE_BACK_ENABLED = text("""
    UPDATE core.endpoints e SET lease = NULL, leased_until = NULL, rings = 0, ring_at = now(),
        next_send_at = now() + make_interval(secs => nullif(:next_send_in, 0))
    WHERE e.id = :id AND e.lease = :lease
    RETURNING e.state = 'active' AND EXISTS (SELECT FROM core.due_messages m WHERE m.endpoint_id = e.id)
""")


def list_due_endpoints(connection: Connection) -> list[UUID]:
    """List the endpoints that have something due and may be sent to now; `once` works through them."""
    rows = connection.scalars(
        text(
            "SELECT e.id FROM core.endpoints e WHERE core.is_open(e) "
            "AND EXISTS (SELECT FROM core.due_messages m WHERE m.endpoint_id = e.id) ORDER BY e.id"
        )
    )
    return list(rows)


def mark_endpoint_waiting(connection: Connection, endpoint_id: UUID, reason: str, wait: timedelta) -> None:
    """Leave an endpoint alone for as long as it asks; what its round comes to is recorded later, and may say more."""
    connection.execute(
        text(
            "UPDATE core.endpoints SET paused_until = greatest(paused_until, now() + :wait), "
            "state = CASE state WHEN 'active' THEN 'paused' ELSE state END, "
            "reason = CASE state WHEN 'active' THEN :reason ELSE reason END "
            "WHERE id = :id AND (state <> 'disabled' OR paused_until IS NOT NULL)"
        ),
        {"id": endpoint_id, "reason": reason, "wait": wait},
    )


def mark_clock_ahead(connection: Connection, endpoint_id: UUID, by: timedelta | None) -> None:
    """Keep by how much an endpoint's clock is ahead of ours, None where the two agree; written where it changes."""
    connection.execute(
        text(
            "UPDATE core.endpoints SET clock_ahead_seconds = :seconds "
            "WHERE id = :id AND clock_ahead_seconds IS DISTINCT FROM CAST(:seconds AS integer)"
        ),
        {"id": endpoint_id, "seconds": round(by.total_seconds() / 10) * 10 if by else None},
    )
