"""Polling in a test's hands: a feed without a database, polled for real, its cursor carried by hand."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from uuid import UUID, uuid4

from services.ingest.pace import PollBounds
from services.ingest.poll import poll_feed
from shared.domain.polling.feed_options import FeedOptions
from shared.domain.web.url import host_of
from shared.http import GuardedClient
from shared.store.feeds import FeedToPoll
from shared.store.polls import PollRecord

LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
# Far apart, so that only what a server asks for can make the next poll late.
BOUNDS = PollBounds(timedelta(seconds=60), timedelta(hours=1), timeout_seconds=8.0)
LONG_AGO = timedelta(days=2)


def feed_at(url: str, **known: object) -> FeedToPoll:
    """Make a feed that was never polled, with what the test says of it."""
    at = datetime.now(UTC)
    fresh = FeedToPoll(
        id=uuid4(), lease=uuid4(), url=url, host=host_of(url), title="", language=None, etag=None,
        last_modified=None, body_digest=None, seen_items=b"", item_count=0, trusts_guids=True,
        starts_quiet=False, moved_to=None, moved_times=0, failures=0, recent_changes=(), last_polled_at=None,
        full_fetch_at=None, created_at=at - LONG_AGO, last_changed_at=None, options=FeedOptions(),
    )  # fmt: skip
    return replace(fresh, **known)  # type: ignore[arg-type]


def after(feed: FeedToPoll, record: PollRecord) -> FeedToPoll:
    """Give the feed as the next claim would find it."""
    polled = replace(
        feed,
        url=record.new_url or feed.url,
        failures=record.failures,
        moved_to=record.moved_to,
        moved_times=record.moved_times,
        last_polled_at=record.started_at,
        last_outcome=record.outcome,
        conditions_off=feed.conditions_off or record.conditions_off,
    )
    cursor = record.cursor
    if cursor is None:
        return polled
    return replace(
        polled,
        etag=cursor.etag,
        last_modified=cursor.last_modified,
        body_digest=cursor.body_digest,
        seen_items=cursor.seen_items,
        item_count=cursor.item_count,
        recent_changes=cursor.recent_changes,
        full_fetch_at=record.started_at,
    )


async def poll_times(
    client: GuardedClient,
    feed: FeedToPoll,
    times: int,
    *,
    full_at: Sequence[int] = (),
    bounds: PollBounds = BOUNDS,
) -> PollRecord:
    """Poll so many times, one after another, and give the last record; at `full_at` a full fetch is due."""
    for number in range(1, times + 1):
        if number in full_at:
            feed = replace(feed, full_fetch_at=datetime.now(UTC) - LONG_AGO)
        record = await poll_feed(client, feed, bounds)
        feed = after(feed, record)
    return record


def fetched(record: PollRecord) -> UUID | None:
    return record.feed_id if record.fetch else None
