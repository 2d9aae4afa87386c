"""Releases that wait for their page: claiming them at their hosts' turns, and settling them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import Connection, text

from shared.domain.draft import Draft
from shared.domain.filing import DigestKey
from shared.domain.identity import Known
from shared.store.presence import Lease
from shared.store.releases import draft_from_json

SettledAs = Literal["new", "revised", "copies", "seen"]


@dataclass(frozen=True, slots=True)
class SettlingRelease:
    """A release under our lease, with the draft that its page is to complete.

    `was_told` tells that topics were matched with an earlier text: a fuller one is then a revision.
    `is_hopeless`: its time is up, or its host has failed too often; it is settled without its page.
    """

    id: UUID
    lease: UUID
    url: str
    host: str
    draft: Draft
    settle_by: datetime
    attempts: int
    revision: int
    words: bytes
    text_source: str
    was_told: bool
    feed: str
    backlog: bool
    fetch_id: UUID
    is_hopeless: bool
    site: str = ""


_OPEN = text("""
    SELECT r.id, r.settle_host, h.own_network, h.next_turn_at <= now() AS has_turn,
        coalesce(h.waits_until > now(), false) AS waits,
        (r.settle_by <= now() OR r.settle_attempts >= :most_attempts) AS is_hopeless
    FROM core.releases r JOIN core.hosts h ON h.host = r.settle_host
    WHERE r.id = ANY(:ids) AND r.state = 'settling' AND (r.leased_until IS NULL OR r.leased_until < now())
    ORDER BY r.id FOR UPDATE OF r, h SKIP LOCKED
""")

_TAKE = text("""
    WITH taken AS (
        UPDATE core.releases r SET lease = :lease, holder = :holder,
            leased_until = now() + make_interval(secs => :lease_seconds),
            settle_attempts = settle_attempts + 1
        WHERE r.id = ANY(:ids) RETURNING r.*)
    SELECT t.*, v.words, coalesce(f.title, '') AS feed_title
    FROM taken t
    JOIN core.revisions v ON v.release_id = t.id AND v.revision = t.revision
    LEFT JOIN core.fetches fe ON fe.id = t.fetch_id LEFT JOIN core.feeds f ON f.id = fe.feed_id
    ORDER BY t.id
""")


def claim_settling(
    connection: Connection, ids: Sequence[UUID], lease: Lease, *, most_attempts: int
) -> list[SettlingRelease]:
    """Take those whose pages' hosts have their turn: one a host, but for the operator's own hosts.

    Hopeless ones ask nothing of their hosts and need no turn. The others are rung for again by the sweep.
    """
    rows = connection.execute(_OPEN, {"ids": list(ids), "most_attempts": most_attempts}).all()
    hopeless = {row.id for row in rows if row.is_hopeless}
    taken: list[UUID] = []
    busy: set[str] = set()
    for row in rows:
        if row.is_hopeless or (row.own_network and not row.waits):
            taken.append(row.id)
        elif row.has_turn and not row.waits and row.settle_host not in busy:
            taken.append(row.id)
            busy.add(row.settle_host)
    connection.execute(
        text(
            "UPDATE core.hosts SET next_turn_at = now() + make_interval(secs => :seconds) "
            "WHERE host = ANY(:hosts)"
        ),
        {"seconds": lease.seconds, "hosts": list(busy)},
    )
    if not taken:
        return []
    claimed = connection.execute(_TAKE, {"ids": taken, **lease.columns()})
    return [
        SettlingRelease(
            id=row.id,
            lease=row.lease,
            url=row.settle_url,
            host=row.settle_host,
            draft=draft_from_json(row.pending_draft),
            settle_by=row.settle_by,
            attempts=row.settle_attempts,
            revision=row.revision,
            words=bytes(row.words),
            text_source=row.text_source,
            was_told=row.matched_version is not None,
            feed=row.feed_title,
            backlog=row.backlog,
            fetch_id=row.fetch_id,
            is_hopeless=row.id in hopeless,
            site=row.site,
        )
        for row in claimed
    ]


def give_host_back(connection: Connection, host: str, *, gap_seconds: float, own_network: bool) -> None:
    """Let the next request to a host come after its gap; learn that it is the operator's own."""
    connection.execute(
        text(
            "UPDATE core.hosts SET own_network = own_network OR :own, "
            "next_turn_at = now() + make_interval(secs => CASE WHEN :own THEN 0 ELSE :gap END) "
            "WHERE host = :host"
        ),
        {"own": own_network, "gap": gap_seconds, "host": host},
    )


def mark_host_failed(connection: Connection, release: SettlingRelease) -> None:
    """Count a failure of the host against every release that waits for a page of it."""
    connection.execute(
        text(
            "UPDATE core.releases SET settle_attempts = settle_attempts + 1 "
            "WHERE settle_host = :host AND state = 'settling' AND id <> :id"
        ),
        {"host": release.host, "id": release.id},
    )


def mark_settling_again(connection: Connection, release: SettlingRelease, seconds: float) -> None:
    """Put a release back whose page did not answer, to be tried again before its time is up."""
    connection.execute(
        text(
            "UPDATE core.releases SET lease = NULL, leased_until = NULL, "
            "ring_at = least(now() + make_interval(secs => :seconds), greatest(settle_by, now())) "
            "WHERE id = :id AND lease = :lease"
        ),
        {"seconds": seconds, "id": release.id, "lease": release.lease},
    )


def hold_settling(connection: Connection, release: SettlingRelease) -> SettlingRelease | None:
    """Lock the release and give it as it is now; None where another worker has settled it.

    While its page was fetched, newer words may have come for it, or a revision of it may have been told.
    """
    row = connection.execute(
        text(
            "SELECT r.*, v.words FROM core.releases r "
            "JOIN core.revisions v ON v.release_id = r.id AND v.revision = r.revision "
            "WHERE r.id = :id AND r.lease = :lease AND r.state = 'settling' FOR UPDATE OF r"
        ),
        {"id": release.id, "lease": release.lease},
    ).one_or_none()
    if row is None:
        return None
    return replace(
        release,
        draft=draft_from_json(row.pending_draft),
        revision=row.revision,
        words=bytes(row.words),
        text_source=row.text_source,
        was_told=row.matched_version is not None,
        backlog=row.backlog,
        fetch_id=row.fetch_id,
    )


def load_twins(connection: Connection, release_id: UUID, digests: Sequence[DigestKey]) -> tuple[Known, ...]:
    """Load the other releases that one of these digests names, those of the same content first."""
    rows = connection.execute(
        text(
            "SELECT r.id, r.revision, r.text_source, r.url, r.published_at, v.words, v.title, v.body, found.kinds "
            "FROM (SELECT i.release_id, array_agg(i.kind) AS kinds FROM core.identities i "
            "      JOIN unnest(CAST(:kinds AS text[]), CAST(:digests AS bytea[])) AS k (kind, digest) "
            "      ON i.kind = k.kind AND i.digest = k.digest WHERE i.release_id <> :id "
            "      GROUP BY i.release_id) found "
            "JOIN core.releases r ON r.id = found.release_id "
            "JOIN core.revisions v ON v.release_id = r.id AND v.revision = r.revision "
            "ORDER BY 'content' = ANY(found.kinds) DESC, r.id"
        ),
        {"id": release_id, "kinds": [k for k, _ in digests], "digests": [d for _, d in digests]},
    )
    return tuple(
        Known(
            release_id=str(row.id),
            revision=row.revision,
            words=bytes(row.words),
            found_by=frozenset(row.kinds),
            title=row.title,
            body=row.body,
            url=row.url,
            published_at=row.published_at,
            text_source=row.text_source,
        )
        for row in rows
    )


def list_twins_of_its_feeds(connection: Connection, release_id: UUID, others: Sequence[UUID]) -> set[UUID]:
    """Tell which of the other releases a feed has carried that carried this one."""
    rows = connection.scalars(
        text(
            "SELECT o.release_id FROM core.sightings s JOIN core.sightings o ON o.feed_id = s.feed_id "
            "WHERE s.release_id = :id AND o.release_id = ANY(:others)"
        ),
        {"id": release_id, "others": list(others)},
    )
    return set(rows)


def mark_copy(connection: Connection, release: SettlingRelease, twin: UUID, reason: str) -> None:
    """Give a release's sightings and identities to its twin; it was never told, and goes.

    A sighting that the twin has already, of the same entry of the same feed, stays as it is.
    """
    ids = {"id": release.id, "twin": twin, "reason": reason}
    connection.execute(
        text(
            "UPDATE core.sightings s SET release_id = :twin, is_primary = false, reason = :reason "
            "WHERE s.release_id = :id AND NOT EXISTS ("
            "  SELECT FROM core.sightings o WHERE o.release_id = :twin "
            "  AND o.feed_id = s.feed_id AND o.entry_key = s.entry_key)"
        ),
        ids,
    )
    connection.execute(text("UPDATE core.identities SET release_id = :twin WHERE release_id = :id"), ids)
    connection.execute(text("DELETE FROM core.releases WHERE id = :id"), ids)


def mark_settled(connection: Connection, release_id: UUID, *, detail: str | None = None) -> None:
    """Close the waiting for a page; `detail` says why the summary had to do."""
    connection.execute(
        text(
            "UPDATE core.releases SET state = 'settled', settle_by = NULL, pending_draft = NULL, lease = NULL, "
            "leased_until = NULL, ring_at = NULL, text_detail = coalesce(:detail, text_detail) WHERE id = :id"
        ),
        {"id": release_id, "detail": detail},
    )


def count_settled(connection: Connection, fetch_id: UUID, outcome: SettledAs) -> None:
    """Turn one *settling* entry of a fetch into what it came to; the sum stays."""
    connection.execute(
        text(
            f"UPDATE core.fetches SET settling = settling - 1, {outcome} = {outcome} + 1 WHERE id = :id"  # noqa: S608 - a word of ours
        ),
        {"id": fetch_id},
    )
