"""Fetches: claiming what waits to be processed, and giving up on what never can be."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, text

from shared.store.presence import Lease


@dataclass(frozen=True, slots=True)
class FeedFacts:
    """What a feed's documents say of the feed itself."""

    title: str
    kind: str
    language: str | None


@dataclass(frozen=True, slots=True)
class ClaimedFetch:
    """A fetch under our lease, with what its entries need to know of their feed."""

    id: UUID
    lease: UUID
    feed_id: UUID
    feed: FeedFacts
    feed_title_given: bool
    trusts_guids: bool
    fetched_at: datetime
    url: str
    content_type: str | None
    document: bytes
    positions: tuple[int, ...] | None
    expected_entries: int
    backlog: bool
    attempts: int
    page_votes: str = ""
    page_voted_at: datetime | None = None


_CLAIM = text("""
    WITH open AS (
        SELECT id FROM core.fetches
        WHERE id = ANY(:ids)
          AND (state = 'waiting' OR (state = 'working' AND leased_until < now()))
        ORDER BY id LIMIT :most FOR UPDATE SKIP LOCKED),
    taken AS (
        UPDATE core.fetches f SET state = 'working', attempts = attempts + 1, lease = :lease, holder = :holder,
            leased_until = now() + make_interval(secs => :lease_seconds)
        FROM open WHERE f.id = open.id
        RETURNING f.*)
    SELECT t.*, fd.title AS feed_title, fd.title_given, fd.kind AS feed_kind,
        fd.language AS feed_language, fd.trusts_guids, fd.page_votes, fd.page_voted_at
    FROM taken t JOIN core.feeds fd ON fd.id = t.feed_id
    ORDER BY t.id
""")


def claim_fetches(
    connection: Connection, ids: Sequence[UUID], lease: Lease, *, most: int
) -> list[ClaimedFetch]:
    """Take those of `ids` that wait, or whose lease ran out; the attempt is counted here.

    Counted at the claim, an attempt that kills its process counts too, so no poison row loops for ever.
    """
    rows = connection.execute(_CLAIM, {"ids": list(ids), "most": most, **lease.columns()})
    return [
        ClaimedFetch(
            id=row.id,
            lease=row.lease,
            feed_id=row.feed_id,
            feed=FeedFacts(row.feed_title, row.feed_kind, row.feed_language),
            feed_title_given=row.title_given,
            trusts_guids=row.trusts_guids,
            fetched_at=row.fetched_at,
            url=row.url,
            content_type=row.content_type,
            document=row.document,
            positions=tuple(row.positions) if row.positions is not None else None,
            expected_entries=row.expected_entries,
            backlog=row.backlog,
            attempts=row.attempts,
            page_votes=row.page_votes,
            page_voted_at=row.page_voted_at,
        )
        for row in rows
    ]


def list_tried_fetches(connection: Connection, ids: Sequence[UUID]) -> list[UUID]:
    """List those of `ids` that an attempt was made at and that are unhandled still, the oldest first."""
    rows = connection.scalars(
        text(
            "SELECT id FROM core.fetches WHERE id = ANY(:ids) AND attempts > 0 "
            "AND state IN ('waiting', 'working') ORDER BY id"
        ),
        {"ids": list(ids)},
    )
    return list(rows)


def mark_fetches_failed(connection: Connection, fetches: Sequence[ClaimedFetch], detail: str) -> None:
    """Give up on fetches: each entry that was expected in them counts as failed, and the bytes are kept."""
    connection.execute(
        text(
            "UPDATE core.fetches SET state = 'failed', lease = NULL, leased_until = NULL, "
            "entries = expected_entries, failed = expected_entries, "
            "new = 0, revised = 0, copies = 0, seen = 0, settling = 0, refused = 0, detail = :detail "
            "WHERE id = ANY(:ids) AND lease = ANY(:leases)"
        ),
        {
            "detail": detail[:1000],
            "ids": [fetch.id for fetch in fetches],
            "leases": [fetch.lease for fetch in fetches],
        },
    )


def list_unhandled_fetches(connection: Connection, most: int) -> list[UUID]:
    """List the oldest fetches that wait or whose lease ran out; `once` works through them."""
    rows = connection.scalars(
        text(
            "SELECT id FROM core.fetches WHERE state = 'waiting' "
            "OR (state = 'working' AND leased_until < now()) ORDER BY id LIMIT :most"
        ),
        {"most": most},
    )
    return list(rows)


def are_fetches_waiting(connection: Connection) -> bool:
    """Tell whether any fetch waits to be processed, or is being processed."""
    found = text("SELECT EXISTS (SELECT FROM core.fetches WHERE state IN ('waiting', 'working'))")
    return bool(connection.scalar(found))


def mark_fetch_waiting(connection: Connection, fetch: ClaimedFetch, detail: str) -> None:
    """Put a fetch back after an attempt that could not store it; the sweep rings again, ever later."""
    connection.execute(
        text(
            "UPDATE core.fetches SET state = 'waiting', lease = NULL, leased_until = NULL, detail = :detail, "
            "ring_at = now() + make_interval(secs => 2 ^ attempts) WHERE id = :id AND lease = :lease"
        ),
        {"detail": detail[:1000], "id": fetch.id, "lease": fetch.lease},
    )


def mark_feeds_described(connection: Connection, facts: Mapping[UUID, FeedFacts]) -> None:
    """Note what feeds now say of themselves; a title that a person gave stays."""
    rows = [asdict(described) | {"id": feed_id} for feed_id, described in facts.items()]
    if rows:
        connection.execute(
            text(
                "UPDATE core.feeds SET title = CASE WHEN title_given THEN title ELSE :title END, "
                "kind = :kind, language = :language WHERE id = :id"
            ),
            rows,
        )
