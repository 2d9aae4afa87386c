"""Retention: what is older than it is to be kept goes, a little at a time, and does not come back."""

from dataclasses import dataclass

from sqlalchemy import Connection, text

from shared.store.known import lock_identity


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How much of the past was dropped by one call."""

    releases: int = 0
    fetches: int = 0


# What is still to be told is kept, and a release for as long as one that was merged or folded into it.
_OLD = text("""
    SELECT r.id FROM core.releases r
    WHERE r.first_seen_at < now() - make_interval(days => :days) AND r.state = 'settled'
      AND NOT EXISTS (SELECT FROM core.alerts a LEFT JOIN core.messages m ON m.id = a.message_id
          WHERE a.release_id = r.id AND coalesce(m.state, a.state) IN ('pending', 'held'))
      AND NOT EXISTS (SELECT FROM core.releases o WHERE o.merged_into = r.id)
      AND NOT EXISTS (SELECT FROM core.alerts a JOIN core.alerts f ON f.folded_into = a.id
          WHERE a.release_id = r.id AND f.release_id <> r.id)
    ORDER BY r.first_seen_at LIMIT :most FOR UPDATE SKIP LOCKED
""")
# A feed may give an entry again after years: the digest of its words stays, so that it is no new release then. Its
# guid and address do not: under them the next issue of a series may come.
_DROP = (
    """
    INSERT INTO core.erased (kind, digest)
    SELECT kind, digest FROM core.identities WHERE release_id = ANY(:ids) AND kind = 'content'
    ORDER BY kind, digest ON CONFLICT DO NOTHING
    """,
    """
    DELETE FROM core.bands b USING core.releases r
    WHERE r.id = ANY(:ids) AND b.band = ANY(r.bands) AND b.release_id = r.id
    """,
    """
    WITH gone AS (DELETE FROM core.alerts WHERE release_id = ANY(:ids) RETURNING message_id)
    DELETE FROM core.messages m USING (SELECT DISTINCT message_id FROM gone) g
    WHERE m.id = g.message_id
      AND NOT EXISTS (SELECT FROM core.alerts o WHERE o.message_id = m.id AND NOT o.release_id = ANY(:ids))
    """,
    "DELETE FROM core.releases WHERE id = ANY(:ids)",
)
_OLD_FETCHES = text("""
    DELETE FROM core.fetches WHERE id IN (
        SELECT id FROM core.fetches
        WHERE fetched_at < now() - make_interval(days => :days) AND state IN ('processed', 'failed')
        ORDER BY fetched_at LIMIT :most FOR UPDATE SKIP LOCKED)
""")


def forget_the_past(connection: Connection, days: int, most: int) -> Forgotten:
    """Drop at most `most` releases, and as many fetches, that are older than so many days.

    With a release go its revisions, sightings, matches, alerts and messages; the ledger counts neither side of
    them any more. A few at a time: nobody waits for a lock that a million deletes hold.
    """
    lock_identity(connection)
    ids = connection.scalars(_OLD, {"days": days, "most": most}).all()
    if ids:
        for statement in _DROP:
            connection.execute(text(statement), {"ids": ids})
    fetches = connection.execute(_OLD_FETCHES, {"days": days, "most": most}).rowcount
    return Forgotten(len(ids), fetches)
