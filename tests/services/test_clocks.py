"""A machine whose clock differs from the database's: what is due is due by the database's clock."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web

from services.worker.deliver import deliver_endpoints
from shared.domain.web.address import parse_networks
from shared.health import read_status
from shared.http import open_client
from shared.store.endpoints import list_due_endpoints
from shared.store.feeds import claim_due_feeds
from shared.store.polls import PollRecord, record_polls
from tests.services.line import Item, Line
from tests.services.loopback import site

LOOPBACK = parse_networks("127.0.0.0/8")


def set_clock(line: Line, minutes: int) -> None:
    """Let every statement of this database read a clock that is ahead of this machine's, or behind it."""
    due = line.one("SELECT pg_get_viewdef('core.due_messages'::regclass)")
    line.do("CREATE SCHEMA skewed")
    for name in ("now", "clock_timestamp"):
        line.do(
            f"CREATE FUNCTION skewed.{name}() RETURNS timestamptz LANGUAGE sql STABLE AS "
            f"$$ SELECT pg_catalog.{name}() + interval '{minutes} minutes' $$"
        )
    database = line.one("SELECT current_database()")
    line.do(f'ALTER DATABASE "{database}" SET search_path = skewed, pg_catalog, public')
    line.database.close()
    # A view keeps the clock that it was made with.
    line.do(f"CREATE OR REPLACE VIEW core.due_messages AS {due}")


def due(line: Line) -> list[object]:
    with line.database.begin() as transaction:
        return list(list_due_endpoints(transaction))


@pytest.mark.parametrize("minutes", [-10, 10])
def test_a_message_is_due_when_it_is_made(line: Line, minutes: int) -> None:
    set_clock(line, minutes)
    subscription = line.subscribe("terrorism")
    line.publish(line.feed(), Item("a"))

    assert due(line) == [subscription.endpoint_id]


@pytest.mark.parametrize("minutes", [-10, 10])
def test_an_endpoint_that_fails_is_paused_for_seconds(line: Line, minutes: int) -> None:
    async def fail(_: web.Request) -> web.Response:
        return web.Response(status=500)

    async def run() -> None:
        async with site(hook=fail) as base, open_client(LOOPBACK) as client:
            subscription = line.subscribe("terrorism", f"{base}/hook")
            line.publish(line.feed(), Item("a"))
            line.do("UPDATE core.messages SET next_attempt_at = now()")
            await deliver_endpoints(line.database, line.presence, client, [subscription.endpoint_id])

    set_clock(line, minutes)
    asyncio.run(run())

    assert due(line) == []
    assert line.one("SELECT paused_until < now() + interval '1 minute' FROM endpoints") is True


@pytest.mark.parametrize("minutes", [-10, 10])
def test_a_feed_is_polled_again_after_the_distance_that_was_decided(line: Line, minutes: int) -> None:
    set_clock(line, minutes)
    among = [line.feed()]
    with line.database.begin() as transaction:
        (feed,) = claim_due_feeds(transaction, line.presence.lease(60), most=10, among=among)
    ended_at = datetime.now(UTC)
    record = PollRecord(
        feed_id=feed.id,
        lease=feed.lease,
        host=feed.host,
        started_at=ended_at,
        outcome="not_modified",
        status=304,
        ms=5,
        detail="",
        next_poll_at=ended_at + timedelta(minutes=1),
        failures=0,
    )
    with line.database.begin() as transaction:
        record_polls(transaction, [record], host_gap_seconds=0, ring_after_seconds=0, recorded_at=ended_at)

    wait = line.one("SELECT next_poll_at - now() FROM core.feeds")
    assert timedelta(seconds=30) < wait < timedelta(seconds=61)  # type: ignore[operator]


def test_a_receiver_whose_clock_is_apart_is_named_by_the_status(line: Line) -> None:
    async def take(_: web.Request) -> web.Response:
        ahead = datetime.now(UTC) + timedelta(minutes=7)
        return web.Response(headers={"Date": ahead.strftime("%a, %d %b %Y %H:%M:%S GMT")})

    async def run() -> None:
        async with site(hook=take) as base, open_client(LOOPBACK) as client:
            subscription = line.subscribe("terrorism", f"{base}/hook")
            line.publish(line.feed(), Item("a"))
            await deliver_endpoints(line.database, line.presence, client, [subscription.endpoint_id])

    asyncio.run(run())

    status = read_status(line.database, line.bell)  # type: ignore[arg-type]
    assert "has a clock 420 s ahead of ours" in status.as_text()
