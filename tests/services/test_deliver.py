"""A round of attempts beside what else goes on: other transactions, a database that is away, a bad endpoint."""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from aiohttp import web
from sqlalchemy import text

from services.worker.deliver import deliver_endpoints
from shared.clock import now
from shared.domain.alerts.delivery_round import MessageState
from shared.domain.web.address import parse_networks
from shared.embedded import EmbeddedServices
from shared.http import open_client
from shared.store.endpoints import claim_due_endpoints, list_due_endpoints, record_deliveries
from shared.store.replay import replay_missing
from shared.store.subscriptions import mark_endpoint_enabled
from tests.services.line import Item, Line
from tests.services.loopback import site
from tests.store.test_presence import lose

LOOPBACK = parse_networks("127.0.0.0/8")


async def deliver(line: Line, *endpoints: object) -> int:
    async with open_client(LOOPBACK) as client:
        done = await deliver_endpoints(line.database, line.presence, client, list(endpoints))  # type: ignore[arg-type]
    return done.told


def wait_for_a_lock(line: Line) -> None:
    waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    for _ in range(500):
        if line.one(waits):
            return
        time.sleep(0.01)
    raise AssertionError("nobody waits for a lock")


def test_messages_are_locked_in_the_order_of_their_ids_whoever_answered_first(line: Line) -> None:
    """Ending a subscription and replaying take them in that order: another one would be a deadlock."""
    subscription = line.subscribe("terrorism")
    line.publish(line.feed(), Item("a"), Item("b"))
    with line.database.begin() as transaction:
        (endpoint,) = claim_due_endpoints(
            transaction, [subscription.endpoint_id], line.presence.lease(60), most_messages=5
        )
    first, second = (message.state for message in endpoint.messages)
    delivered = [MessageState(m.id, "delivered", told_at=now()) for m in (second, first)]

    def record() -> None:
        with line.database.begin() as transaction:
            record_deliveries(transaction, endpoint.state, (), delivered)

    lock = text("SELECT id FROM core.messages WHERE id = :id FOR UPDATE")
    with ThreadPoolExecutor(1) as pool:
        with line.database.begin() as other:
            other.execute(lock, {"id": first.id})
            recording = pool.submit(record)
            wait_for_a_lock(line)
            other.execute(lock, {"id": second.id})
        recording.result()

    assert line.ask("SELECT delivered, pending, missing FROM ledger") == [(2, 0, 0)]


def test_what_was_sent_is_recorded_once_the_database_is_back(line: Line, services: EmbeddedServices) -> None:
    taken = []

    async def take(_: web.Request) -> web.Response:
        taken.append(1)
        await asyncio.to_thread(lose, services, line.database_url, back=False)
        threading.Timer(1.0, lose, (services, line.database_url), {"back": True}).start()
        return web.Response()

    async def run() -> int:
        async with site(hook=take) as base:
            subscription = line.subscribe("terrorism", f"{base}/hook")
            line.publish(line.feed(), Item("a"))
            return await deliver(line, subscription.endpoint_id)

    assert asyncio.run(run()) == 1
    assert len(taken) == 1
    assert line.ask("SELECT outcome FROM deliveries") == [("delivered",)]
    assert line.ask("SELECT delivered, pending, missing FROM ledger") == [(1, 0, 0)]


def test_an_endpoint_that_cannot_be_signed_for_is_paused_and_holds_up_no_other(line: Line) -> None:
    async def take(_: web.Request) -> web.Response:
        return web.Response()

    async def run() -> int:
        async with site(good=take, bad=take) as base:
            good = line.subscribe("terrorism", f"{base}/good")
            bad = line.subscribe("terrorism", f"{base}/bad")
            line.do("UPDATE core.endpoints SET secret = 'whsec_%' WHERE id = :id", id=bad.endpoint_id)
            line.publish(line.feed(), Item("a"))
            return await deliver(line, bad.endpoint_id, good.endpoint_id)

    assert asyncio.run(run()) == 1
    assert line.ask("SELECT state, paused_until > now() FROM endpoints ORDER BY id") == [
        ("active", None),
        ("paused", True),
    ]
    assert line.ask("SELECT delivered, pending, missing FROM ledger ORDER BY subscription_id") == [
        (1, 0, 0),
        (0, 1, 0),
    ]


def answer_while(line: Line, status: int, meanwhile: Callable[[], object]) -> None:
    """Deliver to a receiver that answers its first post only when something else was done meanwhile."""
    first = [meanwhile]

    async def answer(_: web.Request) -> web.Response:
        if first:
            await asyncio.to_thread(first.pop())
            return web.Response(status=status)
        return web.Response()

    async def run() -> None:
        async with site(hook=answer) as base:
            line.do("UPDATE core.endpoints SET url = :url", url=f"{base}/hook")
            (endpoint,) = line.ask("SELECT id FROM endpoints")
            await deliver(line, *endpoint)

    asyncio.run(run())


def test_a_message_that_is_replayed_while_it_is_posted_has_its_ten_attempts_anew(line: Line) -> None:
    line.subscribe("terrorism")
    line.publish(line.feed(), Item("a"))
    line.do("UPDATE core.messages SET attempts = 9, refusals = 9")

    def replay() -> None:
        with line.database.begin() as transaction:
            replay_missing(transaction, now() - timedelta(hours=1))

    answer_while(line, 400, replay)

    assert line.ask("SELECT state, refusals, attempts FROM core.messages") == [("delivered", 0, 11)]
    assert line.ask("SELECT attempt, outcome FROM deliveries ORDER BY started_at") == [
        (10, "refused"),
        (11, "delivered"),
    ]


def test_an_endpoint_that_is_enabled_while_a_round_fails_stays_enabled(line: Line) -> None:
    endpoint_id = line.subscribe("terrorism").endpoint_id
    line.publish(line.feed(), Item("a"))
    line.do("UPDATE core.endpoints SET failures = 12, failing_since = now() - interval '4 days'")

    def enable() -> None:
        with line.database.begin() as transaction:
            mark_endpoint_enabled(transaction, endpoint_id)

    answer_while(line, 410, enable)

    assert line.ask("SELECT state, failures, failing_since, lease FROM core.endpoints") == [
        ("active", 0, None, None)
    ]
    with line.database.begin() as transaction:
        assert list_due_endpoints(transaction) == [endpoint_id]
