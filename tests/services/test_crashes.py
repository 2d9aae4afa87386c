"""For each arrow of the line: crash there, and see that the sweep finishes the work, once."""

import asyncio
import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Self

from aiohttp import web
from standardwebhooks import Webhook

from services.worker.deliver import build_attempt, deliver_endpoints
from services.worker.prepare import Prepared, prepare_fetch
from services.worker.process import process_fetches
from shared.domain.web.address import parse_networks
from shared.http import open_client, post
from shared.store.endpoints import claim_due_endpoints
from shared.store.fetches import ClaimedFetch, claim_fetches
from shared.store.presence import Presence
from tests.services.line import SECRET, Item, Line

LOOPBACK = parse_networks("127.0.0.0/8")


class Receiver:
    """A receiver on loopback that verifies what it is sent and keeps it."""

    def __init__(self, status: int = 204) -> None:
        self.status = status
        self.received: list[tuple[str, bytes]] = []

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/hook", self._take)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/hook"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        body = await request.read()
        Webhook(SECRET).verify(body, dict(request.headers))
        self.received.append((request.headers["webhook-id"], body))
        return web.Response(status=self.status)


async def deliver(line: Line) -> None:
    async with open_client(LOOPBACK) as client:
        await deliver_endpoints(line.database, line.presence, client, line.bell.endpoints)


def test_a_crash_between_recording_a_poll_and_its_ring(line: Line) -> None:
    fetch = line.poll(line.feed(), Item("a"))

    line.sweep()

    assert line.bell.fetches == [fetch]


def test_a_worker_that_dies_with_a_claimed_fetch(line: Line) -> None:
    fetch = line.poll(line.feed(), Item("a"))
    dying = Presence(line.database_url, "worker")
    with line.database.begin() as transaction:
        assert claim_fetches(transaction, [fetch], dying.lease(600), most=1)
    line.sweep()
    assert line.bell.fetches == []
    dying.end()

    line.sweep_until_rung()
    line.process(*line.bell.fetches)

    assert line.ask("SELECT state, attempts FROM fetches") == [("processed", 2)]
    assert line.one("SELECT count(*) FROM releases") == 1


def test_a_worker_that_comes_back_late_does_not_store_again(line: Line) -> None:
    line.subscribe("terrorism")
    fetch = line.poll(line.feed(), Item("a"))
    with line.database.begin() as transaction:
        claim_fetches(transaction, [fetch], line.presence.lease(0), most=1)
    line.process(fetch)
    line.process(fetch)

    assert line.one("SELECT count(*) FROM alerts") == 1


def test_a_crash_between_storing_a_release_and_ringing_its_endpoint(line: Line) -> None:
    async def crash_and_sweep() -> None:
        async with Receiver() as receiver:
            line.subscribe("terrorism", receiver.url)
            line.publish(line.feed(), Item("a"))
            line.sweep()
            await deliver(line)
            assert len(receiver.received) == 1

    asyncio.run(crash_and_sweep())

    assert line.ask("SELECT delivered, pending, missing FROM ledger") == [(1, 0, 0)]


def test_a_crash_between_the_post_and_its_record_repeats_the_same_id_and_bytes(line: Line) -> None:
    async def crash_and_sweep() -> list[tuple[str, bytes]]:
        async with Receiver() as receiver, open_client(LOOPBACK) as client:
            subscription = line.subscribe("terrorism", receiver.url)
            line.publish(line.feed(), Item("a"))
            dying = Presence(line.database_url, "worker")
            with line.database.begin() as transaction:
                (endpoint,) = claim_due_endpoints(
                    transaction, [subscription.endpoint_id], dying.lease(600), most_messages=5
                )
            (message,) = endpoint.messages
            await post(client, build_attempt(endpoint, message, datetime.now(UTC)))
            dying.end()
            line.sweep_until_rung()
            await deliver(line)
            return receiver.received

    first, second = asyncio.run(crash_and_sweep())

    assert first == second
    assert line.ask("SELECT delivered, missing FROM ledger") == [(1, 0)]


def test_a_receiver_that_fails_is_paused_and_told_once_it_is_back(line: Line) -> None:
    async def fail_then_heal() -> list[Any]:
        async with Receiver(status=500) as receiver:
            line.subscribe("terrorism", receiver.url)
            line.publish(line.feed(), Item("a"))
            line.sweep()
            await deliver(line)
            assert line.one("SELECT state FROM endpoints") == "paused"
            line.bell.endpoints.clear()
            line.sweep()
            assert line.bell.endpoints == []
            receiver.status = 204
            line.do("UPDATE core.endpoints SET paused_until = now()")
            line.sweep()
            await deliver(line)
            return [json.loads(body)["data"]["sequence"] for _, body in receiver.received]

    assert asyncio.run(fail_then_heal()) == [1, 1]
    assert line.ask("SELECT attempt, outcome, status FROM deliveries ORDER BY started_at") == [
        (1, "endpoint_down", 500),
        (2, "delivered", 204),
    ]
    assert line.one("SELECT state FROM endpoints") == "active"


def test_messages_start_in_the_order_of_their_sequence(line: Line) -> None:
    async def send_many() -> list[int]:
        async with Receiver() as receiver:
            line.subscribe("terrorism", receiver.url)
            line.publish(line.feed(), *(Item(f"r{n}") for n in range(20)))
            line.sweep()
            await deliver(line)
            return [json.loads(body)["data"]["sequence"] for _, body in receiver.received]

    sequences = asyncio.run(send_many())

    assert sorted(sequences) == list(range(1, 21))
    assert all(abs(place - sequence) <= 4 for place, sequence in enumerate(sequences, 1))


def test_the_sweep_rings_ever_more_seldom_for_what_stays_unhandled(line: Line) -> None:
    line.poll(line.feed(), Item("a"))
    line.sweep()
    line.sweep()

    assert len(line.bell.fetches) == 1
    assert line.one("SELECT ring_at > now() + interval '1 second' FROM core.fetches") is True


def test_one_process_sweeps_at_a_time(line: Line) -> None:
    line.poll(line.feed(), Item("a"))
    with line.database.begin() as other:
        from shared.store.sweeping import try_to_sweep  # noqa: PLC0415 - the lock is this test's only

        assert try_to_sweep(other)
        assert line.sweep().fetches == 0

    assert line.sweep().fetches == 1


def test_a_fetch_that_kills_its_worker_takes_no_other_with_it(line: Line) -> None:
    """Five times a batch of three is claimed and its worker dies over the second one."""
    feeds = [line.feed(f"https://wire{n}.example/feed.xml") for n in range(3)]
    first, killer, last = (line.poll(feed, Item(f"r{n}")) for n, feed in enumerate(feeds))

    def prepare(fetch: ClaimedFetch, at: datetime) -> Prepared:
        if fetch.id == killer:
            raise KeyboardInterrupt
        return prepare_fetch(fetch, at)

    for _ in range(6):
        line.do("UPDATE core.fetches SET leased_until = now() WHERE state = 'working'")
        with suppress(KeyboardInterrupt):
            process_fetches(
                line.database,
                line.presence,
                line.topics,
                [first, killer, last],
                settle_seconds=60,
                prepare=prepare,
            )

    assert line.ask("SELECT state FROM fetches ORDER BY id") == [("processed",), ("failed",), ("processed",)]
    assert line.one("SELECT count(*) FROM releases") == 2
