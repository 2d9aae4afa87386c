"""A round of attempts beside what else goes on: other transactions, a database that is away, a bad endpoint."""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from aiohttp import web
from sqlalchemy import text

from services.worker.deliver import deliver_endpoints
from shared.clock import now
from shared.domain.address import parse_networks
from shared.domain.delivery_round import MessageState
from shared.embedded import EmbeddedServices
from shared.http import open_client
from shared.store.endpoints import claim_due_endpoints, record_deliveries
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
