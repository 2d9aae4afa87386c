"""What is held: marking until when, and telling it as digests once its time has come."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from shared.domain.alerts.digest import Digest, Held, build_digest, plan_digest
from shared.domain.alerts.holding import release_at
from shared.domain.alerts.payload import TopicFacts
from shared.store.folding import tell_folded
from shared.store.known import lock_identity
from shared.store.messages import NewMessage, add_messages
from shared.store.watch import timing_of

# One digest's most: beyond it the rest follows as another.
MOST_HELD = 2_000
_MOST_SUBSCRIPTIONS = 200

_HOLDING = text("""
    SELECT s.*, t.name AS topic, t.query, t.version
    FROM core.subscriptions s JOIN core.topics t ON t.id = s.topic_id
    WHERE s.id = :id AND s.held_until <= now() AND s.removed_at IS NULL
    FOR UPDATE OF s SKIP LOCKED
""")
_HELD = text("""
    SELECT id, telling, reason, created_at, count(*) OVER () AS all_held FROM core.alerts
    WHERE subscription_id = :id AND state = 'held' AND NOT folded ORDER BY id LIMIT :most
""")


def mark_holding(connection: Connection, until: Mapping[UUID, datetime]) -> None:
    """Say when what these subscriptions hold is told; what was said before stays."""
    rows = [{"id": subscription_id, "until": until[subscription_id]} for subscription_id in sorted(until)]
    if rows:
        connection.execute(
            text("UPDATE core.subscriptions SET held_until = coalesce(held_until, :until) WHERE id = :id"),
            rows,
        )


def list_due_holds(connection: Connection) -> list[UUID]:
    """List the subscriptions that hold something whose time has come."""
    rows = connection.scalars(
        text(
            "SELECT id FROM core.subscriptions WHERE held_until <= now() AND removed_at IS NULL "
            "ORDER BY held_until LIMIT :most"
        ),
        {"most": _MOST_SUBSCRIPTIONS},
    )
    return list(rows)


def tell_held(connection: Connection, subscription_id: UUID, now: datetime) -> UUID | None:
    """Make the digest of what a subscription holds and give its endpoint; None where it goes on holding.

    Held for longer where its timing has changed, or where quiet hours have begun again meanwhile.
    """
    # Nobody erases or merges meanwhile what this digest is to tell.
    lock_identity(connection)
    holding = connection.execute(_HOLDING, {"id": subscription_id}).one_or_none()
    if holding is None:
        return None
    held = connection.execute(_HELD, {"id": subscription_id, "most": MOST_HELD}).all()
    told_at = release_at(timing_of(holding), held[0].created_at, now) if held else now
    if not held:
        tell_folded(connection, subscription_id)
    if not held or told_at > now:
        _hold_on(connection, subscription_id, told_at if held else None)
        return None
    _add_digest(connection, holding, held, now)
    _hold_on(connection, subscription_id, now if held[0].all_held > len(held) else None)
    endpoint: UUID = holding.endpoint_id
    connection.execute(
        text("UPDATE core.endpoints SET ring_at = now(), rings = 0 WHERE id = :id"), {"id": endpoint}
    )
    return endpoint


def _hold_on(connection: Connection, subscription_id: UUID, until: datetime | None) -> None:
    connection.execute(
        text("UPDATE core.subscriptions SET held_until = :until WHERE id = :id"),
        {"id": subscription_id, "until": until},
    )


def _add_digest(connection: Connection, holding: Row[Any], held: Sequence[Row[Any]], now: datetime) -> None:
    topic = TopicFacts(str(holding.topic_id), holding.topic, holding.query, holding.version)
    why = ", ".join(sorted({row.reason for row in held}))
    said = Held(held[0].all_held, held[0].created_at, why, holding.zone, now)
    digest = plan_digest(topic, said, [row.telling for row in held])
    parts = [
        NewMessage(
            holding.id,
            holding.endpoint_id,
            "release.digest",
            holding.format,
            partial(build_digest, digest, number),
            holding.ttl,
        )
        for number in range(1, len(digest.parts) + 1)
    ]
    ids = add_messages(connection, parts, now)
    _mark_told_by(connection, holding.id, held, ids, digest)


def _mark_told_by(
    connection: Connection,
    subscription_id: UUID,
    held: Sequence[Row[Any]],
    ids: Sequence[UUID],
    digest: Digest,
) -> None:
    """Give each alert the message that tells it: the parts hold the alerts in their order."""
    tellers = [message_id for message_id, part in zip(ids, digest.parts, strict=True) for _ in part]
    connection.execute(
        text(
            "UPDATE core.alerts SET message_id = :message, state = NULL, reason = '', telling = NULL WHERE id = :id"
        ),
        [{"id": row.id, "message": teller} for row, teller in zip(held, tellers, strict=True)],
    )
    tell_folded(connection, subscription_id)


def cancel_expired(connection: Connection) -> int:
    """Cancel what has outlived its subscription's time to live before it could be sent; give how many.

    What may be under way is left alone: its endpoint is leased, and it had not expired when a round began.
    """
    cancelled = connection.execute(
        text(
            "WITH expired AS MATERIALIZED (SELECT m.id FROM core.messages m "
            "  JOIN core.endpoints e ON e.id = m.endpoint_id WHERE m.state = 'pending' AND m.expires_at <= now() "
            "  AND (coalesce(e.leased_until < now(), true) OR m.expires_at <= now() - interval '2 minutes') "
            "  ORDER BY m.id FOR UPDATE OF m SKIP LOCKED) "
            "UPDATE core.messages m SET state = 'cancelled', reason = 'expired', next_attempt_at = NULL "
            "FROM expired WHERE m.id = expired.id"
        )
    )
    return cancelled.rowcount
