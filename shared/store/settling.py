"""Releases that wait for their page: claiming them at their hosts' turns, and settling them."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Connection, Row, text

from shared.domain.releases.draft import Draft
from shared.domain.releases.filing import DigestKey
from shared.domain.releases.identity import Known
from shared.domain.releases.late_pages import REMEMBERED_VOTES
from shared.store.presence import Lease
from shared.store.releases import draft_from_json

SettledAs = Literal["new", "revised", "copies", "seen", "refused", "failed"]


@dataclass(frozen=True, slots=True)
class SettlingRelease:
    """A release under our lease, with the draft that its page is to complete.

    `was_told` tells that topics were matched with an earlier text: a fuller one is then a revision.
    `is_hopeless`: its time is up, or its host has failed too often; it is settled without its page. `is_late`:
    it was, and its page may still come until `late_until`. `is_lost`: it was claimed too often without any
    outcome. `stored` is its text as it stands; `etag` and `last_modified` are those of the page it was taken from;
    `last_detail` says what came of the last attempt.
    """

    id: UUID
    lease: UUID
    url: str
    host: str
    draft: Draft
    stored: Draft
    settle_by: datetime | None
    late_until: datetime | None
    attempts: int
    revision: int
    words: bytes
    was_told: bool
    feed: str
    backlog: bool
    fetch_id: UUID
    is_hopeless: bool
    is_lost: bool
    own_network: bool
    etag: str
    last_modified: str
    last_detail: str
    site: str = ""
    is_withdrawn: bool = False

    @property
    def is_late(self) -> bool:
        """Tell whether it was settled without its page, which may still come."""
        return self.settle_by is None


_OPEN = text("""
    SELECT r.id, r.settle_host, h.own_network, h.next_turn_at <= now() AS has_turn,
        h.pages_from <= now() AND coalesce(h.waits_until <= now(), true) AS may_ask,
        r.filing_failures >= :most_failures AS is_lost,
        r.state = 'settling' AND (r.settle_by <= now() OR r.settle_attempts >= :most_attempts) AS is_hopeless
    FROM core.releases r JOIN core.hosts h ON h.host = r.settle_host
    WHERE r.id = ANY(:ids)
      AND (r.state = 'settling' OR (r.late_until IS NOT NULL AND r.merged_into IS NULL AND r.erased_at IS NULL))
      AND (r.leased_until IS NULL OR r.leased_until < now())
    ORDER BY r.id FOR UPDATE OF r, h SKIP LOCKED
""")

# Counted at the claim, an attempt that kills its process counts too; what has an outcome starts anew.
_TAKE = text("""
    UPDATE core.releases r SET lease = :lease, holder = :holder,
        leased_until = now() + make_interval(secs => :lease_seconds),
        settle_attempts = settle_attempts + 1, filing_failures = filing_failures + 1
    WHERE r.id = ANY(:ids)
""")

_LEASED = """
    SELECT r.*, v.title, v.summary, v.body, v.dateline, v.language, v.zones, v.words,
        coalesce(f.title, '') AS feed_title, h.own_network
    FROM core.releases r
    JOIN core.revisions v ON v.release_id = r.id AND v.revision = r.revision
    JOIN core.hosts h ON h.host = r.settle_host
    LEFT JOIN core.fetches fe ON fe.id = r.fetch_id LEFT JOIN core.feeds f ON f.id = fe.feed_id
"""
_TAKEN = text(f"{_LEASED} WHERE r.id = ANY(:ids) ORDER BY r.id")
_HELD = text(
    f"{_LEASED} WHERE r.id = :id AND r.lease = :lease AND (r.state = 'settling' "
    "OR (r.late_until IS NOT NULL AND r.merged_into IS NULL AND r.erased_at IS NULL)) "
    "FOR UPDATE OF r"
)


def claim_settling(
    connection: Connection, ids: Sequence[UUID], lease: Lease, *, most_attempts: int, most_failures: int
) -> list[SettlingRelease]:
    """Take those whose pages' hosts have their turn: one a host, but for the operator's own hosts.

    Hopeless and lost ones ask nothing of their hosts and need no turn. The others are rung for again by the sweep.
    """
    limits = {"most_attempts": most_attempts, "most_failures": most_failures}
    rows = connection.execute(_OPEN, {"ids": list(ids), **limits}).all()
    taken = {row.id: row for row in rows if row.is_hopeless or row.is_lost}
    busy: set[str] = set()
    for row in rows:
        if row.id in taken or not row.may_ask:
            continue
        if row.own_network:
            taken[row.id] = row
        elif row.has_turn and row.settle_host not in busy:
            taken[row.id] = row
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
    connection.execute(_TAKE, {"ids": list(taken), **lease.columns()})
    return [
        _settling(row, is_hopeless=taken[row.id].is_hopeless, is_lost=taken[row.id].is_lost)
        for row in connection.execute(_TAKEN, {"ids": list(taken)})
    ]


def _settling(row: Row[Any], *, is_hopeless: bool, is_lost: bool) -> SettlingRelease:
    return SettlingRelease(
        id=row.id,
        lease=row.lease,
        url=row.settle_url,
        host=row.settle_host,
        draft=draft_from_json(row.pending_draft),
        stored=_stored_draft(row),
        settle_by=row.settle_by,
        late_until=row.late_until,
        attempts=row.settle_attempts,
        revision=row.revision,
        words=bytes(row.words),
        was_told=row.matched_version is not None,
        feed=row.feed_title,
        backlog=row.backlog,
        fetch_id=row.fetch_id,
        is_hopeless=is_hopeless,
        is_lost=is_lost,
        own_network=row.own_network,
        etag=row.page_etag,
        last_modified=row.page_modified,
        last_detail=row.text_detail,
        site=row.site,
        is_withdrawn=row.withdrawn_at is not None,
    )


def _stored_draft(row: Row[Any]) -> Draft:
    names = [one.name for one in fields(Draft) if one.name != "carried_words"]
    return draft_from_json({name: getattr(row, name) for name in names if hasattr(row, name)})


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


def rest_pages_of(connection: Connection, host: str, seconds: float) -> None:
    """Let no page be asked of a host for so long: its Crawl-delay, or its Retry-After. Its feeds are not meant."""
    if seconds > 0:
        connection.execute(
            text(
                "UPDATE core.hosts SET pages_from = now() + make_interval(secs => :seconds) WHERE host = :host"
            ),
            {"seconds": seconds, "host": host},
        )


def mark_settling_again(
    connection: Connection, release: SettlingRelease, seconds: float, detail: str, *, counted: bool = True
) -> None:
    """Put a release back to be tried again, before its time is up; not `counted`, it was not its page that failed."""
    connection.execute(
        text(
            "UPDATE core.releases SET lease = NULL, leased_until = NULL, filing_failures = 0, "
            "text_detail = :detail, settle_attempts = settle_attempts - CASE WHEN :counted THEN 0 ELSE 1 END, "
            "ring_at = least(now() + make_interval(secs => :seconds), "
            "                greatest(coalesce(settle_by, 'infinity'), now())) "
            "WHERE id = :id AND lease = :lease"
        ),
        _leased(release) | {"seconds": seconds, "detail": detail[:1000], "counted": counted},
    )


def mark_not_filed(connection: Connection, release: SettlingRelease, detail: str) -> None:
    """Put a release back that could not be stored; the claims without an outcome are counted."""
    connection.execute(
        text(
            "UPDATE core.releases SET lease = NULL, leased_until = NULL, text_detail = :detail, "
            "ring_at = now() + make_interval(secs => 2 ^ least(filing_failures, 8)) "
            "WHERE id = :id AND lease = :lease"
        ),
        _leased(release) | {"detail": f"could not be filed: {detail}"[:1000]},
    )


def mark_given_up(connection: Connection, release: SettlingRelease, detail: str) -> None:
    """Leave a release as it is that could not be stored with its page nor without; its entry failed."""
    given_up = connection.execute(
        text(
            "UPDATE core.releases SET state = 'settled', settle_by = NULL, late_until = NULL, pending_draft = NULL, "
            "lease = NULL, leased_until = NULL, ring_at = NULL, "
            "text_detail = left(concat_ws('; ', nullif(text_detail, ''), CAST(:detail AS text)), 1000) "
            "WHERE id = :id AND lease = :lease RETURNING id"
        ),
        _leased(release) | {"detail": detail},
    ).one_or_none()
    if given_up and not release.is_late:
        count_settled(connection, release.fetch_id, "failed")


def mark_late(
    connection: Connection,
    release: SettlingRelease,
    again: datetime,
    until: datetime,
    detail: str,
    *,
    restart: bool = False,
) -> None:
    """Settle a release with its summary, and ask for its page again; `restart` counts the attempts anew."""
    connection.execute(
        text(
            "UPDATE core.releases SET state = 'settled', settle_by = NULL, lease = NULL, leased_until = NULL, "
            "late_until = :until, ring_at = :again, rings = 0, filing_failures = 0, text_detail = :detail, "
            "settle_attempts = CASE WHEN :restart THEN 0 ELSE settle_attempts END "
            "WHERE id = :id AND lease = :lease"
        ),
        _leased(release) | {"again": again, "until": until, "detail": detail[:1000], "restart": restart},
    )


def record_page_vote(connection: Connection, fetch_id: UUID, vote: str, *, at: datetime) -> None:
    """Note with the feed of a fetch whether a page held more than its entry."""
    connection.execute(
        text(
            "UPDATE core.feeds SET page_votes = right(page_votes || :vote, :most), page_voted_at = :at "
            "WHERE id = (SELECT feed_id FROM core.fetches WHERE id = :fetch_id)"
        ),
        {"vote": vote, "most": REMEMBERED_VOTES, "at": at, "fetch_id": fetch_id},
    )


def _leased(release: SettlingRelease) -> dict[str, Any]:
    return {"id": release.id, "lease": release.lease}


def hold_settling(connection: Connection, release: SettlingRelease) -> SettlingRelease | None:
    """Lock the release and give it as it is now; None where another worker has settled it.

    While its page was fetched, newer words may have come for it, or a revision of it may have been told.
    """
    row = connection.execute(_HELD, _leased(release)).one_or_none()
    return _settling(row, is_hopeless=release.is_hopeless, is_lost=False) if row else None


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


def mark_refused(connection: Connection, release: SettlingRelease) -> None:
    """Let a release go that its page shows to be one that was erased; it was never told."""
    connection.execute(text("DELETE FROM core.releases WHERE id = :id"), {"id": release.id})


def mark_settled(
    connection: Connection, release_id: UUID, *, detail: str, validators: tuple[str, str] | None = None
) -> None:
    """Close the waiting for a page; `detail` says why the summary had to do, `validators` are the page's own."""
    etag, modified = validators or ("", "")
    connection.execute(
        text(
            "UPDATE core.releases SET state = 'settled', settle_by = NULL, late_until = NULL, pending_draft = NULL, "
            "lease = NULL, leased_until = NULL, ring_at = NULL, filing_failures = 0, text_detail = :detail, "
            "page_etag = CASE WHEN :read THEN :etag ELSE page_etag END, "
            "page_modified = CASE WHEN :read THEN :modified ELSE page_modified END WHERE id = :id"
        ),
        {
            "id": release_id,
            "detail": detail[:1000],
            "read": validators is not None,
            "etag": etag[:500],
            "modified": modified[:100],
        },
    )


def count_settled(connection: Connection, fetch_id: UUID, outcome: SettledAs) -> None:
    """Turn one *settling* entry of a fetch into what it came to; the sum stays."""
    connection.execute(
        text(
            f"UPDATE core.fetches SET settling = settling - 1, {outcome} = {outcome} + 1 WHERE id = :id"  # noqa: S608 - a word of ours
        ),
        {"id": fetch_id},
    )
