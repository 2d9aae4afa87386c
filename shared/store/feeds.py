"""Feeds: the addresses we poll, and the claim that gives one poller its turn at them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from shared.domain.polling.feed_options import (
    DEFAULT_OPTIONS,
    FeedOptions,
    options_from_json,
    options_to_json,
)
from shared.errors import NotFoundError
from shared.store.names import looks_like_id
from shared.store.presence import Lease


@dataclass(frozen=True, slots=True)
class FeedToPoll:
    """A feed under our lease, with the cursor that the last stored document left."""

    id: UUID
    lease: UUID
    url: str
    host: str
    title: str
    language: str | None
    etag: str | None
    last_modified: str | None
    body_digest: bytes | None
    seen_items: bytes
    item_count: int
    trusts_guids: bool
    starts_quiet: bool
    moved_to: str | None
    moved_times: int
    failures: int
    recent_changes: tuple[datetime, ...]
    last_polled_at: datetime | None
    full_fetch_at: datetime | None
    created_at: datetime
    last_changed_at: datetime | None
    last_outcome: str | None = None
    conditions_off: str = ""
    options: FeedOptions = DEFAULT_OPTIONS
    state: str = "active"
    missing_since: datetime | None = None
    rhythm: bytes | None = None
    every_minutes: int = 0
    skip_hours: int = 0
    skip_days: int = 0
    trusts_dates: bool = True
    page: str = ""
    page_layout: str = ""


@dataclass(frozen=True, slots=True)
class NewFeed:
    """An address to watch; the same address again is the same feed.

    `page` says how it is read: "" as a feed, else as a page by that `ListingRule`; None leaves a known feed as
    it is.
    """

    url: str
    host: str
    title: str = ""
    starts_quiet: bool = False
    own_network: bool = False
    folder: str = ""
    page: str | None = None


_DUE = """f.state <> 'paused' AND f.removed_at IS NULL
    AND (f.leased_until IS NULL OR f.leased_until < now())"""

_TAKE = """
    taken AS (
        UPDATE core.feeds f SET lease = :lease, holder = :holder,
            leased_until = now() + make_interval(secs => :lease_seconds)
        FROM due WHERE f.id = due.id
        RETURNING f.*),
    turned AS (
        UPDATE core.hosts h SET next_turn_at = now() + make_interval(secs => :lease_seconds)
        WHERE h.host IN (SELECT host FROM taken) AND NOT h.own_network)
    SELECT * FROM taken ORDER BY next_poll_at
"""

# A host in use has its next turn behind the lease; the recording of the poll brings it near again.
_CLAIM = f"""
    WITH turn AS (
        SELECT h.host, h.own_network FROM core.hosts h
        WHERE (h.own_network OR h.next_turn_at <= now())
          AND (h.waits_until IS NULL OR h.waits_until <= now() OR :whatever_schedule) AND EXISTS (
            SELECT FROM core.feeds f
            WHERE f.host = h.host AND (f.next_poll_at <= now() OR :whatever_schedule)
              AND (:only_ids = FALSE OR f.id = ANY(:ids)) AND {_DUE})
        ORDER BY h.next_turn_at LIMIT :most FOR UPDATE SKIP LOCKED),
    due AS (
        SELECT f.id FROM turn CROSS JOIN LATERAL (
            SELECT f.id FROM core.feeds f
            WHERE f.host = turn.host AND (f.next_poll_at <= now() OR :whatever_schedule)
              AND (:only_ids = FALSE OR f.id = ANY(:ids)) AND {_DUE}
            ORDER BY f.next_poll_at LIMIT CASE WHEN turn.own_network THEN :most ELSE 1 END
            FOR UPDATE SKIP LOCKED) f
        LIMIT :most),
    {_TAKE}
"""  # noqa: S608 - assembled from constants of this file


def claim_due_feeds(
    connection: Connection,
    lease: Lease,
    *,
    most: int,
    among: Sequence[UUID] | None = None,
) -> list[FeedToPoll]:
    """Take at most `most` feeds that are due and whose hosts have their turn, under one lease.

    With `among` only those feeds are taken, whatever their schedule; the turns of hosts still hold.
    """
    rows = connection.execute(
        text(_CLAIM),
        {
            **lease.columns(),
            "most": most,
            "whatever_schedule": among is not None,
            "only_ids": among is not None,
            "ids": list(among or []),
        },
    )
    return [_feed_to_poll(row) for row in rows]


def list_active_feeds(connection: Connection) -> list[UUID]:
    """List the ids of every feed that `once` polls: all but the paused."""
    return list(
        connection.scalars(
            text("SELECT id FROM core.feeds WHERE state <> 'paused' AND removed_at IS NULL ORDER BY id")
        )
    )


def give_back_feeds(connection: Connection, ids: Sequence[UUID], lease: UUID) -> None:
    """Give back feeds that were claimed and not polled: they are due as before, at their hosts' next turn."""
    connection.execute(
        text(
            "WITH back AS (UPDATE core.feeds SET lease = NULL, leased_until = NULL "
            "  WHERE id = ANY(:ids) AND lease = :lease RETURNING host) "
            "UPDATE core.hosts SET next_turn_at = now() WHERE host IN (SELECT host FROM back)"
        ),
        {"ids": list(ids), "lease": lease},
    )


def next_turn_at(connection: Connection, ids: Sequence[UUID]) -> datetime | None:
    """Give the instant at which the first host of these feeds has its turn."""
    turn: datetime | None = connection.scalar(
        text(
            "SELECT min(CASE WHEN h.own_network THEN now() ELSE h.next_turn_at END) "
            "FROM core.feeds f JOIN core.hosts h USING (host) WHERE f.id = ANY(:ids)"
        ),
        {"ids": list(ids)},
    )
    return turn


def add_feeds(connection: Connection, feeds: Sequence[NewFeed]) -> list[tuple[UUID, bool]]:
    """Add feeds and give each one's id and whether it is new; a removed one comes back as it was."""
    return [_add_feed(connection, feed) for feed in feeds]


def _add_feed(connection: Connection, feed: NewFeed) -> tuple[UUID, bool]:
    connection.execute(
        text(
            "INSERT INTO core.hosts (host, own_network) VALUES (:host, :own_network) "
            "ON CONFLICT (host) DO UPDATE SET own_network = excluded.own_network OR hosts.own_network"
        ),
        {"host": feed.host, "own_network": feed.own_network},
    )
    row = connection.execute(
        text(
            "INSERT INTO core.feeds (url, host, title, title_given, starts_quiet, folder, page) "
            "VALUES (:url, :host, :title, :title <> '', :starts_quiet, :folder, coalesce(:page, '')) "
            "ON CONFLICT (url) DO UPDATE SET removed_at = NULL, "
            "  next_poll_at = CASE WHEN feeds.removed_at IS NULL THEN feeds.next_poll_at ELSE now() END "
            "RETURNING id, page, (xmax = 0) AS is_new"
        ),
        {
            "url": feed.url,
            "host": feed.host,
            "title": feed.title,
            "starts_quiet": feed.starts_quiet,
            "folder": feed.folder,
            "page": feed.page,
        },
    ).one()
    if not row.is_new and feed.page is not None and (feed.page or row.page):
        _mark_feed_page(connection, row.id, feed.page)
    return row.id, row.is_new


def _mark_feed_page(connection: Connection, feed_id: UUID, page: str) -> None:
    """Read an address another way from the next poll on, with whatever layout it has.

    A feed knows its items by other names than a page its links: the memory of one says nothing of the other.
    """
    connection.execute(
        text(
            "UPDATE core.feeds SET page = :page, page_layout = '', etag = NULL, last_modified = NULL, "
            "body_digest = NULL, next_poll_at = now(), "
            "seen_items = CASE WHEN (page = '') = (:page = '') THEN seen_items ELSE '' END WHERE id = :id"
        ),
        {"page": page, "id": feed_id},
    )


def find_feed(connection: Connection, name: str) -> UUID:
    """Find a feed by its id, address or unique title; raises NotFoundError with the next step."""
    rows = connection.scalars(
        text(
            "SELECT id FROM core.feeds WHERE removed_at IS NULL "
            "AND (url = :name OR title = :name OR id::text = :id) LIMIT 2"
        ),
        {"name": name, "id": name.lower() if looks_like_id(name) else ""},
    ).all()
    if len(rows) != 1:
        problem = "no feed has this id, address or title" if not rows else "several feeds have this title"
        raise NotFoundError(name, f"{problem}; `tocsin feed list` shows them")
    feed_id: UUID = rows[0]
    return feed_id


def mark_feed(connection: Connection, feed_id: UUID, state: str, until: datetime | None = None) -> None:
    """Pause a feed (`paused`, `until` an instant or resumed) or resume it: polled at its host's next turn."""
    connection.execute(
        text(
            "UPDATE core.feeds SET state = :state, paused_until = :until, "
            "next_poll_at = CASE WHEN :state = 'active' THEN now() ELSE next_poll_at END WHERE id = :id"
        ),
        {"state": state, "until": until, "id": feed_id},
    )


def mark_pauses_ended(connection: Connection) -> list[UUID]:
    """Resume the feeds whose pause has come to its end."""
    rows = connection.scalars(
        text(
            "UPDATE core.feeds SET state = 'active', paused_until = NULL, next_poll_at = now() "
            "WHERE state = 'paused' AND paused_until <= now() RETURNING id"
        )
    )
    return list(rows)


def mark_feed_removed(connection: Connection, feed_id: UUID) -> None:
    """Stop watching a feed; what it published stays."""
    connection.execute(text("UPDATE core.feeds SET removed_at = now() WHERE id = :id"), {"id": feed_id})


def load_feed_options(connection: Connection, feed_id: UUID) -> FeedOptions:
    """Give what was set for this feed alone, and hold its row until the transaction ends."""
    query = text("SELECT options FROM core.feeds WHERE id = :id FOR UPDATE")
    return options_from_json(connection.scalar(query, {"id": feed_id}) or {})


def mark_feed_options(connection: Connection, feed_id: UUID, options: FeedOptions) -> None:
    """Set what holds for this feed alone; its next poll obeys."""
    connection.execute(
        text("UPDATE core.feeds SET options = CAST(:options AS jsonb) WHERE id = :id"),
        {"options": json.dumps(options_to_json(options)), "id": feed_id},
    )


def mark_feed_conditions(connection: Connection, feed_id: UUID, off_because: str) -> None:
    """Switch conditional requests off for this reason, or on again ("")."""
    connection.execute(
        text("UPDATE core.feeds SET conditions_off = :why WHERE id = :id"),
        {"why": off_because, "id": feed_id},
    )


def list_feed_addresses(connection: Connection) -> list[tuple[str, str, str, str]]:
    """List (address, title, folder, page) of every watched feed, unmasked, for an export."""
    rows = connection.execute(
        text(
            "SELECT url, title, folder, page FROM core.feeds WHERE removed_at IS NULL ORDER BY folder, title, url"
        )
    )
    return [(row.url, row.title, row.folder, row.page) for row in rows]


def feed_host(connection: Connection, feed_id: UUID) -> str:
    """Give the host that a feed lives on."""
    return str(connection.scalar(text("SELECT host FROM core.feeds WHERE id = :id"), {"id": feed_id}))


def list_hosts(connection: Connection) -> list[str]:
    """List every host that a feed lives on."""
    return list(connection.scalars(text("SELECT host FROM core.hosts")))


def mark_own_hosts(connection: Connection, hosts: Sequence[str], *, among: Sequence[str]) -> None:
    """Say which hosts `among` these are the operator's own: no gap and no limit of one request holds there."""
    connection.execute(
        text(
            "UPDATE core.hosts SET own_network = (host = ANY(:hosts)), "
            "next_turn_at = least(next_turn_at, now()) "
            "WHERE host = ANY(:among) AND own_network <> (host = ANY(:hosts))"
        ),
        {"hosts": list(hosts), "among": list(among)},
    )


def _feed_to_poll(row: Row[Any]) -> FeedToPoll:
    return FeedToPoll(
        id=row.id,
        lease=row.lease,
        url=row.url,
        host=row.host,
        title=row.title,
        language=row.language,
        etag=row.etag,
        last_modified=row.last_modified,
        body_digest=row.body_digest,
        seen_items=row.seen_items,
        item_count=row.item_count,
        trusts_guids=row.trusts_guids,
        starts_quiet=row.starts_quiet,
        moved_to=row.moved_to,
        moved_times=row.moved_times,
        failures=row.failures,
        recent_changes=tuple(row.recent_changes),
        last_polled_at=row.last_polled_at,
        full_fetch_at=row.full_fetch_at,
        created_at=row.created_at,
        last_changed_at=row.last_changed_at,
        last_outcome=row.last_outcome,
        conditions_off=row.conditions_off,
        options=options_from_json(row.options),
        state=row.state,
        missing_since=row.missing_since,
        rhythm=row.rhythm,
        every_minutes=row.every_minutes,
        skip_hours=row.skip_hours,
        skip_days=row.skip_days,
        trusts_dates=row.trusts_dates,
        page=row.page,
        page_layout=row.page_layout,
    )
