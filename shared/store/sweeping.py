"""What the sweep rings again for, and the days it makes and drops."""

from uuid import UUID

from sqlalchemy import Connection, text

from shared.store.presence import PRESENCE_CLASS

_SWEEP_LOCK = 0x746F6373_00000003
POLLS_KEPT_DAYS = 30


def try_to_sweep(connection: Connection) -> bool:
    """Take the sweep's lock until the transaction ends; False where another process sweeps."""
    return bool(connection.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": _SWEEP_LOCK}))


_FETCHES = text("""
    UPDATE core.fetches SET rings = rings + 1,
        ring_at = now() + make_interval(secs => 2 ^ least(rings + 1, 9))
    WHERE id IN (
        SELECT id FROM core.fetches
        WHERE state IN ('waiting', 'working') AND ring_at <= now()
          AND (state = 'waiting' OR leased_until < now())
        ORDER BY ring_at LIMIT :most FOR UPDATE SKIP LOCKED)
    RETURNING id
""")

_SETTLING = text("""
    UPDATE core.releases SET rings = rings + 1,
        ring_at = now() + make_interval(secs => 2 ^ least(rings + 1, 3))
    WHERE id IN (
        SELECT id FROM core.releases
        WHERE (state = 'settling' OR (late_until IS NOT NULL AND merged_into IS NULL AND erased_at IS NULL))
          AND ring_at <= now()
          AND (leased_until IS NULL OR leased_until < now())
        ORDER BY ring_at LIMIT :most FOR UPDATE SKIP LOCKED)
    RETURNING id
""")

_ENDPOINTS = text("""
    UPDATE core.endpoints SET rings = rings + 1,
        ring_at = now() + make_interval(secs => 2 ^ least(rings + 1, 6))
    WHERE id IN (
        SELECT e.id FROM core.endpoints e
        WHERE e.ring_at <= now() AND core.is_open(e)
          AND EXISTS (SELECT FROM core.due_messages m WHERE m.endpoint_id = e.id)
        ORDER BY e.ring_at LIMIT :most FOR UPDATE SKIP LOCKED)
    RETURNING id
""")


def claim_fetch_rings(connection: Connection, most: int) -> list[UUID]:
    """Take the fetches to ring for: not handled, or their lease ran out; each ever more seldom."""
    return list(connection.scalars(_FETCHES, {"most": most}))


def claim_settle_rings(connection: Connection, most: int) -> list[UUID]:
    """Take the settling releases to ring for."""
    return list(connection.scalars(_SETTLING, {"most": most}))


def claim_endpoint_rings(connection: Connection, most: int) -> list[UUID]:
    """Take the endpoints to ring for: something is due, and they are neither paused nor in work."""
    return list(connection.scalars(_ENDPOINTS, {"most": most}))


def end_leases_of_the_dead(connection: Connection) -> int:
    """End the leases of processes that are no more, whatever they still hold; give how many such there were."""
    dead = list(
        connection.scalars(
            text(
                "SELECT h.key FROM core.holders h WHERE NOT EXISTS ("
                "  SELECT FROM pg_locks l WHERE l.locktype = 'advisory' AND l.objsubid = 2 "
                "  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
                "  AND l.classid = :class AND l.objid = h.key)"
            ),
            {"class": PRESENCE_CLASS},
        )
    )
    if not dead:
        return 0
    held = "WHERE holder = ANY(:dead) AND leased_until > now()"
    connection.execute(text(f"UPDATE core.feeds SET leased_until = '-infinity' {held}"), {"dead": dead})  # noqa: S608 - ours
    for table in ("fetches", "releases", "endpoints"):
        ended = f"UPDATE core.{table} SET leased_until = '-infinity', ring_at = now(), rings = 0 {held}"  # noqa: S608 - ours
        connection.execute(text(ended), {"dead": dead})
    connection.execute(text("DELETE FROM core.holders WHERE key = ANY(:dead)"), {"dead": dead})
    return len(dead)


def turn_days(connection: Connection) -> None:
    """Make the partitions of the days to come and drop those whose days are over."""
    connection.execute(text("SELECT core.add_partitions((now() AT TIME ZONE 'UTC')::date, 8)"))
    connection.execute(
        text(
            "SELECT core.drop_partitions(parent, (now() AT TIME ZONE 'UTC')::date - :days) "
            "FROM unnest(ARRAY['polls', 'deliveries']) AS parent"
        ),
        {"days": POLLS_KEPT_DAYS},
    )
    for table in ("polls_default", "deliveries_default"):
        outside = f"DELETE FROM core.{table} WHERE started_at < now() - make_interval(days => :days)"  # noqa: S608 - ours
        connection.execute(text(outside), {"days": POLLS_KEPT_DAYS})
