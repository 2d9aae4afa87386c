"""Recording polls (T2): outcomes, the feed's cursor and the fetch it moves past, in one transaction."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert, text

from shared.domain.alerts.feed_events import Polled, Standing, poll_events, stand_after
from shared.domain.web.feed_move import CONFIRMATIONS, YIELDED_PAUSE, yield_words
from shared.domain.web.wait_scope import Waiting
from shared.store.database import read_clock
from shared.store.feed_events import Happened, record_feed_events
from shared.store.ids import new_ids
from shared.store.tables import Fetch, Gap, Poll, table_of
from shared.store.waits import AskedToWait, record_waits


@dataclass(frozen=True, slots=True)
class FeedCursor:
    """What the next conditional request and the next novelty judgement start from."""

    etag: str | None
    last_modified: str | None
    body_digest: bytes
    seen_items: bytes
    item_count: int
    recent_changes: tuple[datetime, ...]
    every_minutes: int = 0
    skip_hours: int = 0
    skip_days: int = 0
    page_layout: str = ""


@dataclass(frozen=True, slots=True)
class LearntRhythm:
    """What new entries taught of their feed's rhythm, and from when on its silence would be remarkable."""

    rhythm: bytes
    rhythm_words: str
    spoke_at: datetime
    quiet_after: datetime | None


@dataclass(frozen=True, slots=True)
class NewFetch:
    """The new bytes of a changed answer; `positions` names the new entries where the document is whole."""

    url: str
    content_type: str | None
    document: bytes
    positions: tuple[int, ...] | None
    expected_entries: int
    backlog: bool = False


@dataclass(frozen=True, slots=True)
class NewGap:
    """A time in which the feed may have published more than we saw."""

    from_at: datetime
    to_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class FailingBody:
    """What came in place of a feed: its first bytes, and how many there were."""

    url: str
    content_type: str | None
    start: bytes
    bytes: int


@dataclass(frozen=True, slots=True)
class PollRecord:
    """One attempt at a feed and all that follows from it."""

    feed_id: UUID
    lease: UUID
    host: str
    started_at: datetime
    outcome: str
    status: int | None
    ms: int
    detail: str
    next_poll_at: datetime
    failures: int
    state: str = "active"
    bytes: int = 0
    entries: int = 0
    new_entries: int = 0
    overlap: int = 0
    own_network: bool | None = None
    new_url: str | None = None
    new_host: str | None = None
    moved_to: str | None = None
    moved_times: int = 0
    cursor: FeedCursor | None = None
    fetch: NewFetch | None = None
    gap: NewGap | None = None
    failing_body: FailingBody | None = None
    conditions_off: str = ""
    learnt: LearntRhythm | None = None
    missing_since: datetime | None = None
    wait: timedelta | None = None


_POLL_COLUMNS = (
    "feed_id started_at outcome status ms bytes entries new_entries overlap detail".split()  # noqa: SIM905 - a list of names
)

_FEED_COLUMNS = (
    "feed_id state failures next_poll_at started_at outcome detail moved_to moved_times missing_since".split()  # noqa: SIM905 - a list of names
)
# `asdict` copies each instant deeply.
_CURSOR_COLUMNS = tuple(column.name for column in fields(FeedCursor))
_FETCH_COLUMNS = tuple(column.name for column in fields(NewFetch))


def record_polls(
    connection: Connection,
    records: Sequence[PollRecord],
    *,
    host_gap_seconds: float,
    ring_after_seconds: float,
    recorded_at: datetime | None = None,
) -> list[UUID]:
    """Record a batch of polls and give the ids of the fetches it made.

    Every poll leaves its row. A feed whose lease was lost keeps the cursor that its new holder moves: the
    bytes are then that holder's to store. `recorded_at` is this instant by the clock that `next_poll_at` was
    decided with: feeds are due by the database's, and a poller whose clock is behind would never rest.
    """
    records = _yielding(connection, records)
    connection.execute(insert(table_of(Poll)), [_columns(record, _POLL_COLUMNS) for record in records])
    held = _lock_leased(connection, records)
    owned = [record for record in records if record.feed_id in held]
    ahead = read_clock(connection) - recorded_at if recorded_at else timedelta()
    moved = _update_feeds(connection, owned, held, ahead)
    _give_turns_back(connection, owned, host_gap_seconds)
    record_waits(connection, [AskedToWait(Waiting(r.feed_id, r.host), r.wait) for r in owned if r.wait])
    _add_gaps(connection, owned)
    _keep_failing_bodies(connection, owned)
    _switch_conditions_off(connection, owned)
    fetch_ids = _add_fetches(connection, [r for r in owned if r.fetch], ring_after_seconds)
    record_feed_events(connection, _happened(owned, held, moved))
    return fetch_ids


def _columns(record: PollRecord | FeedCursor | NewFetch, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(record, name) for name in names}


def _yielding(connection: Connection, records: Sequence[PollRecord]) -> list[PollRecord]:
    """Let a feed yield that has moved onto another's address: both would fetch the same for ever."""
    urls = [record.new_url for record in records if record.new_url]
    query = text("SELECT url, id FROM core.feeds WHERE url = ANY(:urls) AND removed_at IS NULL")
    others = {row.url: row.id for row in connection.execute(query, {"urls": urls})} if urls else {}
    return [
        _yielded(record, record.new_url, others[record.new_url])
        if record.new_url and others.get(record.new_url, record.feed_id) != record.feed_id
        else record
        for record in records
    ]


def _yielded(record: PollRecord, url: str, other: UUID) -> PollRecord:
    return replace(
        record,
        new_url=None,
        new_host=None,
        # The next look believes the redirect at once: the feed that has the address may be removed by then.
        moved_to=url,
        moved_times=CONFIRMATIONS - 1,
        state="gone",
        next_poll_at=record.next_poll_at + YIELDED_PAUSE,
        detail=f"{record.detail}; {yield_words(url, str(other))}",
    )


@dataclass(frozen=True, slots=True)
class _Held:
    url: str
    standing: Standing


def _lock_leased(connection: Connection, records: Sequence[PollRecord]) -> dict[UUID, _Held]:
    rows = connection.execute(
        text(
            "SELECT f.id, f.url, f.state, f.failing_since, f.failing_told "
            "FROM core.feeds f JOIN unnest(CAST(:ids AS uuid[]), CAST(:leases AS uuid[])) "
            "AS held (id, lease) ON held.id = f.id AND held.lease = f.lease ORDER BY f.id FOR UPDATE OF f"
        ),
        {"ids": [r.feed_id for r in records], "leases": [r.lease for r in records]},
    )
    return {row.id: _Held(row.url, Standing(row.state, row.failing_since, row.failing_told)) for row in rows}


def _happened(
    records: Sequence[PollRecord], held: Mapping[UUID, _Held], moved: Container[UUID]
) -> list[Happened]:
    return [
        Happened(event, record.feed_id)
        for record in records
        for event in poll_events(held[record.feed_id].standing, _polled(record, held, moved))
    ]


def _polled(record: PollRecord, held: Mapping[UUID, _Held], moved: Container[UUID]) -> Polled:
    gap, url = record.gap, held[record.feed_id].url
    return Polled(
        at=record.started_at,
        outcome=record.outcome,
        detail=record.detail,
        failures=record.failures,
        state=record.state,
        moved=(url, record.new_url) if record.new_url and record.feed_id in moved else None,
        gap=(gap.from_at, gap.to_at, gap.reason) if gap else None,
    )


_UPDATE_FEED = text("""
    UPDATE core.feeds SET lease = NULL, leased_until = NULL,
        state = CASE WHEN state = 'paused' THEN state ELSE :state END,
        failures = :failures, failing_since = :failing_since, failing_told = :failing_told,
        last_polled_at = :started_at,
        last_outcome = :outcome, last_detail = :detail, moved_to = :moved_to, moved_times = :moved_times,
        missing_since = :missing_since, next_poll_at = :next_poll_at
    WHERE id = :feed_id
""")

# Where the new address is another feed's already, that feed has it: two would ring twice.
_MOVE_FEED = text("""
    WITH host AS (
        INSERT INTO core.hosts (host) VALUES (:host) ON CONFLICT (host) DO UPDATE SET host = excluded.host)
    UPDATE core.feeds SET url = :url, host = :host
    WHERE id = :feed_id AND NOT EXISTS (SELECT FROM core.feeds o WHERE o.url = :url)
""")

_UPDATE_CURSOR = text("""
    UPDATE core.feeds SET etag = :etag, last_modified = :last_modified, body_digest = :body_digest,
        seen_items = :seen_items, item_count = :item_count,
        recent_changes = :recent_changes, last_changed_at = :changed_at, full_fetch_at = :changed_at,
        starts_quiet = false,
        every_minutes = :every_minutes, skip_hours = :skip_hours, skip_days = :skip_days,
        page_layout = :page_layout
    WHERE id = :feed_id
""")

_UPDATE_RHYTHM = text("""
    UPDATE core.feeds SET rhythm = :rhythm, rhythm_words = :rhythm_words, spoke_at = :spoke_at,
        quiet_after = :quiet_after
    WHERE id = :feed_id
""")


def _update_feeds(
    connection: Connection, records: Sequence[PollRecord], held: Mapping[UUID, _Held], ahead: timedelta
) -> set[UUID]:
    """Update the rows of feeds; give those whose address was changed."""
    if not records:
        return set()
    connection.execute(_UPDATE_FEED, [_feed_row(record, held, ahead) for record in records])
    moved = {record.feed_id for record in records if record.new_url and _move(connection, record)}
    _update_cursors(connection, records)
    return moved


def _feed_row(record: PollRecord, held: Mapping[UUID, _Held], ahead: timedelta) -> dict[str, Any]:
    after = stand_after(held[record.feed_id].standing, _polled(record, held, ()))
    return _columns(record, _FEED_COLUMNS) | {
        "next_poll_at": record.next_poll_at + ahead,
        "failing_since": after.failing_since,
        "failing_told": after.failing_told,
    }


def _move(connection: Connection, record: PollRecord) -> bool:
    address = {"feed_id": record.feed_id, "url": record.new_url, "host": record.new_host}
    return connection.execute(_MOVE_FEED, address).rowcount == 1


def _update_cursors(connection: Connection, records: Sequence[PollRecord]) -> None:
    cursors = [
        _columns(record.cursor, _CURSOR_COLUMNS)
        | {
            "feed_id": record.feed_id,
            "recent_changes": list(record.cursor.recent_changes),
            "changed_at": record.started_at,
        }
        for record in records
        if record.cursor
    ]
    if cursors:
        connection.execute(_UPDATE_CURSOR, cursors)
    learnt = [asdict(record.learnt) | {"feed_id": record.feed_id} for record in records if record.learnt]
    if learnt:
        connection.execute(_UPDATE_RHYTHM, learnt)


def _give_turns_back(connection: Connection, records: Sequence[PollRecord], gap_seconds: float) -> None:
    connection.execute(
        text(
            "UPDATE core.hosts h SET next_turn_at = now() + make_interval(secs => :gap), "
            "own_network = coalesce(p.own, h.own_network) "
            "FROM (SELECT host, bool_or(own) AS own "
            "      FROM unnest(CAST(:hosts AS text[]), CAST(:own AS boolean[])) AS polled (host, own) "
            "      GROUP BY host) p "
            "WHERE h.host = p.host "
            "AND NOT (h.own_network AND coalesce(p.own, true))"
        ),
        {
            "gap": gap_seconds,
            "hosts": [r.host for r in records],
            "own": [r.own_network for r in records],
        },
    )


def _add_gaps(connection: Connection, records: Sequence[PollRecord]) -> None:
    rows = [asdict(record.gap) | {"feed_id": record.feed_id} for record in records if record.gap]
    if rows:
        connection.execute(insert(table_of(Gap)), rows)


_KEEP_BODY = text("""
    INSERT INTO core.failing_bodies (feed_id, failed_at, outcome, status, content_type, url, bytes, start)
    VALUES (:feed_id, :started_at, :outcome, :status, :content_type, :url, :bytes, :start)
    ON CONFLICT (feed_id) DO UPDATE SET failed_at = excluded.failed_at, outcome = excluded.outcome,
        status = excluded.status, content_type = excluded.content_type, url = excluded.url,
        bytes = excluded.bytes, start = excluded.start
""")


def _keep_failing_bodies(connection: Connection, records: Sequence[PollRecord]) -> None:
    names = ("feed_id", "started_at", "outcome", "status")
    rows = [
        _columns(record, names) | asdict(record.failing_body) for record in records if record.failing_body
    ]
    if rows:
        connection.execute(_KEEP_BODY, rows)


def _switch_conditions_off(connection: Connection, records: Sequence[PollRecord]) -> None:
    rows = [{"why": r.conditions_off, "feed_id": r.feed_id} for r in records if r.conditions_off]
    if rows:
        connection.execute(
            text("UPDATE core.feeds SET conditions_off = :why WHERE id = :feed_id AND conditions_off = ''"),
            rows,
        )


def _add_fetches(
    connection: Connection, records: Sequence[PollRecord], ring_after_seconds: float
) -> list[UUID]:
    if not records:
        return []
    ids = new_ids(connection, len(records))
    ring_at = connection.scalar(
        text("SELECT now() + make_interval(secs => :after)"), {"after": ring_after_seconds}
    )
    rows = [
        _fetch_row(record.fetch)
        | {"id": fetch_id, "feed_id": record.feed_id, "fetched_at": record.started_at, "ring_at": ring_at}
        for fetch_id, record in zip(ids, records, strict=True)
        if record.fetch
    ]
    connection.execute(insert(table_of(Fetch)), rows)
    return ids


def _fetch_row(fetch: NewFetch) -> dict[str, Any]:
    positions = list(fetch.positions) if fetch.positions is not None else None
    return _columns(fetch, _FETCH_COLUMNS) | {"positions": positions}
