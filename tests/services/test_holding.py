"""What matches in a held time is kept, told later as a digest that says so, and adds up all the while."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

from aiohttp import web

from services.worker.deliver import deliver_endpoints
from shared.domain.alerts.holding import Timing
from shared.domain.web.address import parse_networks
from shared.http import open_client
from shared.store.endpoints import list_due_endpoints
from shared.store.holding import cancel_expired
from shared.store.subscriptions import AddedSubscription, mark_subscription_removed, mark_subscription_timed
from shared.sweep import tell_what_is_due
from tests.services.line import Item, Line
from tests.services.loopback import site

LEDGER = "SELECT matched, held, pending, delivered, cancelled, missing FROM ledger"
TITLES = "SELECT v.title FROM core.alerts a JOIN core.revisions v USING (release_id, revision) ORDER BY a.id"


def set_timing(
    line: Line, subscription: AddedSubscription, timing: Timing, ttl: timedelta | None = None
) -> None:
    with line.database.begin() as transaction:
        mark_subscription_timed(transaction, subscription.id, timing, ttl)


def quiet_now() -> Timing:
    """Quiet hours that began an hour ago and end in an hour."""
    now = datetime.now(UTC)
    begins, ends = (now + timedelta(hours=hours) for hours in (-1, 1))
    return Timing(quiet=(time(begins.hour, begins.minute), time(ends.hour, ends.minute)))


def messages(line: Line) -> list[dict[str, Any]]:
    rows = line.ask("SELECT payload FROM core.messages ORDER BY sequence")
    return [json.loads(bytes(payload)) for (payload,) in rows]  # type: ignore[call-overload]


async def deliver(line: Line) -> None:
    async with open_client(parse_networks("127.0.0.0/8")) as client:
        with line.database.begin() as transaction:
            due = list_due_endpoints(transaction)
        await deliver_endpoints(line.database, line.presence, client, due)


def test_what_matches_in_quiet_hours_is_held_and_told_as_one_digest_that_says_so(line: Line) -> None:
    subscription = line.subscribe("terrorism")
    set_timing(line, subscription, quiet_now())
    feed = line.feed()
    line.publish(feed, Item("a"), Item("b"))
    assert tell_what_is_due(line.database) == []
    assert line.ask(LEDGER) == [(2, 2, 0, 0, 0, 0)]
    assert line.ask("SELECT state, reason FROM alerts") == [("held", "quiet hours")] * 2

    set_timing(line, subscription, Timing())

    assert tell_what_is_due(line.database) == [subscription.endpoint_id]
    assert line.ask(LEDGER) == [(2, 0, 2, 0, 0, 0)]
    (digest,) = messages(line)
    assert digest["type"] == "release.digest"
    assert digest["data"]["sequence"] == 1
    assert digest["data"]["topic"]["name"] == "terrorism"
    assert digest["data"]["held"]["words"].startswith("held 2 since ")
    assert digest["data"]["held"]["why"] == "quiet hours"
    told = [(alert["type"], alert["release"]["title"]) for alert in digest["data"]["alerts"]]
    assert told == [("release.published", title) for (title,) in line.ask(TITLES)]
    assert all(alert["match"]["evidence"] for alert in digest["data"]["alerts"])


def test_a_digest_is_delivered_once_and_its_alerts_with_it(line: Line) -> None:
    taken: list[bytes] = []

    async def take(request: web.Request) -> web.Response:
        taken.append(await request.read())
        return web.Response()

    async def run() -> None:
        async with site(hook=take) as base:
            subscription = line.subscribe("terrorism", f"{base}/hook")
            set_timing(line, subscription, quiet_now())
            line.publish(line.feed(), Item("a"), Item("b"), Item("c"))
            await deliver(line)
            assert taken == []
            set_timing(line, subscription, Timing())
            tell_what_is_due(line.database)
            await deliver(line)

    asyncio.run(run())

    assert len(taken) == 1
    assert line.ask(LEDGER) == [(3, 0, 0, 3, 0, 0)]


def test_what_comes_while_something_is_held_joins_it(line: Line) -> None:
    subscription = line.subscribe("terrorism")
    set_timing(line, subscription, Timing(gather=timedelta(minutes=15)))
    feed = line.feed()
    line.publish(feed, Item("a"))
    until = line.one("SELECT held_until FROM subscriptions")
    line.publish(line.feed("https://press.example/other.xml"), Item("b"))

    assert line.one("SELECT held_until FROM subscriptions") == until
    assert line.one("SELECT held FROM subscriptions") == 2


def test_a_digest_is_split_below_20_kb_and_its_parts_are_counted_without_a_hole(line: Line) -> None:
    subscription = line.subscribe("terrorism")
    set_timing(line, subscription, quiet_now())
    line.publish(line.feed(), *(Item(f"r{n}") for n in range(60)))
    set_timing(line, subscription, Timing())
    tell_what_is_due(line.database)

    told = messages(line)
    assert len(told) > 1
    assert [one["data"]["sequence"] for one in told] == list(range(1, len(told) + 1))
    assert [one["data"]["part"] for one in told] == [
        {"number": n, "of": len(told)} for n in range(1, len(told) + 1)
    ]
    assert {one["data"]["held"]["count"] for one in told} == {60}
    assert sum(len(one["data"]["alerts"]) for one in told) == 60
    assert line.one("SELECT max(length(payload)) < 20000 FROM core.messages") is True
    assert line.ask(LEDGER) == [(60, 0, 60, 0, 0, 0)]


def test_a_message_that_was_made_before_the_quiet_hours_waits_for_their_end(line: Line) -> None:
    subscription = line.subscribe("terrorism")
    line.publish(line.feed(), Item("a"))
    with line.database.begin() as transaction:
        assert list_due_endpoints(transaction) == [subscription.endpoint_id]
    set_timing(line, subscription, quiet_now())
    with line.database.begin() as transaction:
        assert list_due_endpoints(transaction) == []
    assert line.sweep().endpoints == 0


def test_a_muted_subscription_holds_and_its_neighbour_does_not(line: Line) -> None:
    muted = line.subscribe("terrorism")
    line.subscribe("freighter")
    set_timing(line, muted, Timing(muted_until=datetime.now(UTC) + timedelta(hours=3)))
    line.publish(line.feed(), Item("a"))

    assert line.ask("SELECT topic, held, pending FROM ledger ORDER BY topic") == [
        ("freighter", 0, 1),
        ("terrorism", 1, 0),
    ]


def test_what_outlives_its_time_is_listed_and_not_sent(line: Line) -> None:
    subscription = line.subscribe("terrorism")
    set_timing(line, subscription, Timing(), timedelta(hours=12))
    line.publish(line.feed(), Item("a"))
    line.do("UPDATE core.messages SET expires_at = now()")
    with line.database.begin() as transaction:
        assert list_due_endpoints(transaction) == []
    tell_what_is_due(line.database)

    assert line.ask("SELECT state, reason FROM alerts") == [("cancelled", "expired")]
    assert line.ask(LEDGER) == [(1, 0, 0, 0, 1, 0)]


def test_a_subscription_that_ends_cancels_what_it_holds(line: Line) -> None:
    subscription = line.subscribe("terrorism")
    set_timing(line, subscription, quiet_now())
    line.publish(line.feed(), Item("a"))
    with line.database.begin() as transaction:
        mark_subscription_removed(transaction, subscription.id)

    assert tell_what_is_due(line.database) == []
    assert line.ask("SELECT state, reason FROM alerts") == [("cancelled", "unsubscribed")]


def test_a_revision_of_what_is_held_is_told_as_one(line: Line) -> None:
    subscription = line.subscribe("terrorism")
    set_timing(line, subscription, quiet_now())
    feed = line.feed()
    line.publish(feed, Item("a"))
    line.do("UPDATE core.feeds SET next_poll_at = now()")
    line.do("UPDATE core.hosts SET next_turn_at = now()")
    line.publish(
        feed, Item("a", body="Two men are held on suspicion of terrorism, the prosecutor said today.")
    )
    set_timing(line, subscription, Timing())
    tell_what_is_due(line.database)

    (digest,) = messages(line)
    types = [(alert["type"], alert["release"]["revision"]) for alert in digest["data"]["alerts"]]
    assert types == [("release.published", 1), ("release.revised", 2)]
    assert digest["data"]["alerts"][1]["changes"]["body"]


def test_what_is_under_way_does_not_expire(line: Line) -> None:
    expired = []

    async def take(_: web.Request) -> web.Response:
        line.do("UPDATE core.messages SET expires_at = now() - interval '1 second'")
        with line.database.begin() as transaction:
            expired.append(cancel_expired(transaction))
        return web.Response()

    asyncio.run(deliver_to(line, take))
    assert expired == [0]
    assert line.ask(LEDGER) == [(1, 0, 0, 1, 0, 0)]


def test_what_was_taken_is_delivered_though_it_was_cancelled_meanwhile(line: Line) -> None:
    async def take(_: web.Request) -> web.Response:
        line.do("UPDATE core.messages SET state = 'cancelled', reason = 'expired', next_attempt_at = NULL")
        return web.Response()

    asyncio.run(deliver_to(line, take))
    assert line.ask("SELECT state, reason FROM alerts") == [("delivered", "answered 200")]
    assert line.ask(LEDGER) == [(1, 0, 0, 1, 0, 0)]


def test_what_was_refused_stays_cancelled_that_was_cancelled_meanwhile(line: Line) -> None:
    async def refuse(_: web.Request) -> web.Response:
        line.do("UPDATE core.messages SET state = 'cancelled', reason = 'expired', next_attempt_at = NULL")
        return web.Response(status=404)

    asyncio.run(deliver_to(line, refuse))
    assert line.ask("SELECT state, reason FROM alerts") == [("cancelled", "expired")]


async def deliver_to(line: Line, hook: Callable[[web.Request], Awaitable[web.Response]]) -> None:
    async with site(hook=hook) as base:
        line.subscribe("terrorism", f"{base}/hook")
        line.publish(line.feed(), Item("a"))
        await deliver(line)
