"""An endpoint that fails is spoken of by another door, tried by itself, and caught up with when it is back."""

import asyncio
import json
import time
from collections import Counter
from datetime import timedelta
from itertools import pairwise
from typing import Any

from aiohttp import web

from services.worker.deliver import deliver_endpoints
from shared.clock import now
from shared.domain.web.address import parse_networks
from shared.http import open_client
from shared.store.endpoint_health import tell_endpoint_health
from shared.store.endpoint_settings import EndpointSettings, mark_endpoint_set
from shared.store.endpoints import claim_due_endpoints, list_due_endpoints
from shared.store.subscriptions import AddedSubscription, mark_endpoint_enabled
from tests.services.line import Item, Line
from tests.services.loopback import site

PAUSED = "SELECT coalesce(paused_until > now() + interval '590 s', false) FROM core.endpoints"


class Desk:
    """A receiver that can be told to fail; notes what it was sent, when, and how many at once."""

    def __init__(self) -> None:
        self.status = 204
        self.headers: dict[str, str] = {}
        self.sequences: list[int] = []
        self.times: list[float] = []
        self.at_once = self.most_at_once = 0

    async def take(self, request: web.Request) -> web.Response:
        body = json.loads(await request.read())
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.times.append(asyncio.get_running_loop().time())
        await asyncio.sleep(0.002)
        self.at_once -= 1
        if self.status < 300:
            self.sequences.append(body["data"].get("sequence"))
        return web.Response(status=self.status, headers=self.headers)


async def deliver(line: Line) -> None:
    with line.database.begin() as transaction:
        due = list_due_endpoints(transaction)
    async with open_client(parse_networks("127.0.0.0/8")) as client:
        await deliver_endpoints(line.database, line.presence, client, due)


def set_limits(line: Line, subscription: AddedSubscription, **limits: Any) -> None:
    settings = EndpointSettings(**({"concurrency": 4, "rate": None, "fallback_id": None} | limits))
    with line.database.begin() as transaction:
        mark_endpoint_set(transaction, subscription.endpoint_id, settings)


def judge(line: Line) -> list[str]:
    with line.database.begin() as transaction:
        return [one.event for one in tell_endpoint_health(transaction, now(), 0.5)]


def failed_since(line: Line, subscription: AddedSubscription, since: timedelta) -> None:
    line.do(
        "UPDATE core.endpoints SET state = 'paused', reason = 'answered 500', failures = 5, failing_since = :since, "
        "paused_until = now() + interval '1 hour' WHERE id = :id",
        since=now() - since,
        id=subscription.endpoint_id,
    )


def test_a_failing_endpoint_is_told_through_its_fallback_and_each_stage_once(line: Line) -> None:
    failing = line.subscribe("terrorism", "https://desk.example/hook")
    other = line.subscribe("freighter", "https://night.example/hook")
    set_limits(line, failing, fallback_id=other.endpoint_id)
    failed_since(line, failing, timedelta(minutes=61))
    assert judge(line) == ["endpoint.failing"]
    assert judge(line) == []
    failed_since(line, failing, timedelta(days=5))
    assert judge(line) == ["endpoint.disabled"]

    told = line.ask("SELECT type, endpoint_id, subscription_id, sequence FROM core.messages ORDER BY id")
    assert told == [
        ("endpoint.failing", other.endpoint_id, None, None),
        ("endpoint.disabled", other.endpoint_id, None, None),
    ]
    assert line.one("SELECT state FROM endpoints WHERE id = :id", id=failing.endpoint_id) == "disabled"
    probed_in = (
        "SELECT paused_until BETWEEN now() + interval '20 h' AND now() + interval '25 h' FROM endpoints"
    )
    assert line.one(f"{probed_in} WHERE id = :id", id=failing.endpoint_id) is True


def test_a_disabled_endpoint_is_probed_and_comes_back_by_itself(line: Line) -> None:
    desk = Desk()

    async def run() -> None:
        async with site(hook=desk.take) as base:
            subscription = line.subscribe("terrorism", f"{base}/hook")
            line.publish(line.feed(), *(Item(f"r{n}") for n in range(30)))
            failed_since(line, subscription, timedelta(days=6))
            judge(line)
            await deliver(line)
            assert desk.times == []
            line.do("UPDATE core.endpoints SET paused_until = now()")
            await deliver(line)

    asyncio.run(run())

    assert desk.sequences[0] == 1
    assert sorted(desk.sequences) == list(range(1, 31))
    assert line.one("SELECT state FROM endpoints") == "active"
    assert judge(line) == ["endpoint.recovered"]


def test_an_endpoint_that_said_it_is_gone_is_not_probed(line: Line) -> None:
    desk = Desk()
    desk.status = 410

    async def run() -> None:
        async with site(hook=desk.take) as base:
            line.subscribe("terrorism", f"{base}/hook")
            line.publish(line.feed(), Item("a"))
            await deliver(line)
            await deliver(line)

    asyncio.run(run())

    assert len(desk.times) == 1
    assert line.ask("SELECT state, paused_until FROM endpoints") == [("disabled", None)]
    assert judge(line) == ["endpoint.disabled"]


def test_an_endpoint_enabled_by_hand_starts_with_one_post(line: Line) -> None:
    desk = Desk()

    async def run() -> None:
        async with site(hook=desk.take) as base:
            subscription = line.subscribe("terrorism", f"{base}/hook")
            line.publish(line.feed(), *(Item(f"r{n}") for n in range(40)))
            with line.database.begin() as transaction:
                mark_endpoint_enabled(transaction, subscription.endpoint_id)
                (claimed,) = claim_due_endpoints(
                    transaction, [subscription.endpoint_id], line.presence.lease(0), most_messages=50
                )
            assert (claimed.concurrency, len(claimed.messages)) == (1, 4)
            line.do("UPDATE core.endpoints SET leased_until = NULL")
            await deliver(line)

    asyncio.run(run())

    assert desk.most_at_once <= 4
    assert sorted(desk.sequences) == list(range(1, 41))


def test_no_more_posts_start_a_second_than_the_rate_allows(line: Line) -> None:
    desk = Desk()

    async def run() -> None:
        async with site(hook=desk.take) as base:
            subscription = line.subscribe("terrorism", f"{base}/hook")
            set_limits(line, subscription, rate=40.0)
            line.publish(line.feed(), *(Item(f"r{n}") for n in range(24)))
            await deliver(line)

    asyncio.run(run())

    assert len(desk.times) == 24
    assert desk.times[-1] - desk.times[0] >= 23 / 40 * 0.9
    assert desk.sequences == list(range(1, 25))


def test_no_more_posts_are_under_way_than_the_concurrency_allows(line: Line) -> None:
    desk = Desk()

    async def run() -> None:
        async with site(hook=desk.take) as base:
            subscription = line.subscribe("terrorism", f"{base}/hook")
            set_limits(line, subscription, concurrency=2)
            line.publish(line.feed(), *(Item(f"r{n}") for n in range(20)))
            await deliver(line)

    asyncio.run(run())

    assert desk.most_at_once == 2


def test_a_worker_killed_in_a_round_leaves_no_room_for_more_than_the_rate(line: Line) -> None:
    subscription = line.subscribe("terrorism")
    set_limits(line, subscription, rate=0.1)
    line.publish(line.feed(), Item("a"), Item("b"))
    with line.database.begin() as transaction:
        (claimed,) = claim_due_endpoints(
            transaction, [subscription.endpoint_id], line.presence.lease(0), most_messages=50
        )
        assert len(claimed.messages) == 1
    with line.database.begin() as transaction:
        assert list_due_endpoints(transaction) == []
    assert line.one("SELECT next_send_at > now() + interval '9 s' FROM core.endpoints") is True


def test_what_is_new_goes_beside_what_has_been_owed(line: Line) -> None:
    subscription = line.subscribe("terrorism")
    line.publish(line.feed(), *(Item(f"r{n}") for n in range(50)))
    line.do("UPDATE core.endpoints SET owed_before = uuidv7(), good_rounds = 3")
    line.publish(line.feed("https://press.example/other.xml"), Item("new"))
    with line.database.begin() as transaction:
        (claimed,) = claim_due_endpoints(
            transaction, [subscription.endpoint_id], line.presence.lease(60), most_messages=50
        )
    sent = [message.state.id for message in claimed.messages]
    newest = line.one("SELECT id FROM core.messages ORDER BY id DESC LIMIT 1")
    owed = [row[0] for row in line.ask("SELECT id FROM core.messages ORDER BY id LIMIT 16")]
    assert sent == [newest, *owed]


def test_a_429_pauses_for_as_long_as_it_says_and_loses_nothing(line: Line) -> None:
    desk = Desk()
    desk.status, desk.headers = 429, {"Retry-After": "90"}

    async def run() -> None:
        async with site(hook=desk.take) as base:
            set_limits(line, line.subscribe("terrorism", f"{base}/hook"), concurrency=1)
            line.publish(line.feed(), *(Item(f"r{n}") for n in range(5)))
            await deliver(line)
            await deliver(line)

    asyncio.run(run())

    assert len(desk.times) == 1
    assert line.one("SELECT paused_until >= now() + interval '85 s' FROM endpoints") is True
    assert line.ask("SELECT pending, dead, missing FROM ledger") == [(5, 0, 0)]


def test_a_pause_is_noted_before_the_round_in_which_it_was_asked_for_has_ended(line: Line) -> None:
    noted = []

    def note() -> None:
        for _ in range(500):
            if line.one(PAUSED):
                noted.append(True)
                break
            time.sleep(0.01)

    async def take(request: web.Request) -> web.Response:
        if json.loads(await request.read())["data"]["sequence"] == 1:
            return web.Response(status=429, headers={"Retry-After": "600"})
        await asyncio.to_thread(note)
        return web.Response()

    async def run() -> None:
        async with site(hook=take) as base:
            line.subscribe("terrorism", f"{base}/hook")
            line.publish(line.feed(), Item("a"), Item("b"))
            await deliver(line)

    asyncio.run(run())

    assert noted == [True]
    assert line.one(PAUSED) is True
    assert line.ask("SELECT delivered, pending, missing FROM ledger") == [(1, 1, 0)]


def test_one_poison_message_does_not_hold_the_others(line: Line) -> None:
    seen: Counter[int] = Counter()

    async def take(request: web.Request) -> web.Response:
        sequence = json.loads(await request.read())["data"]["sequence"]
        seen[sequence] += 1
        return web.Response(status=500 if sequence == 1 else 204)

    async def run() -> None:
        async with site(hook=take) as base:
            line.subscribe("terrorism", f"{base}/hook")
            line.publish(line.feed(), *(Item(f"r{n}") for n in range(6)))
            for _ in range(3):
                await deliver(line)
                line.do("UPDATE core.endpoints SET paused_until = now() WHERE paused_until IS NOT NULL")

    asyncio.run(run())

    assert all(seen[sequence] == 1 for sequence in range(2, 7))
    assert line.ask("SELECT delivered, pending, missing FROM ledger") == [(5, 1, 0)]


def test_a_slow_endpoint_delays_no_other(line: Line) -> None:
    quick, slow = Desk(), Desk()

    async def hang(request: web.Request) -> web.Response:
        await asyncio.sleep(1.5)
        return await slow.take(request)

    async def run() -> float:
        async with site(quick=quick.take, slow=hang) as base:
            line.subscribe("terrorism", f"{base}/slow")
            line.subscribe("terrorism", f"{base}/quick")
            line.publish(line.feed(), *(Item(f"r{n}") for n in range(60)))
            await deliver(line)
            return slow.times[0]

    first_of_the_slow = asyncio.run(run())

    assert len(quick.times) == 60
    assert max(quick.times) < first_of_the_slow


def test_posts_of_one_round_start_in_their_order(line: Line) -> None:
    desk = Desk()

    async def run() -> None:
        async with site(hook=desk.take) as base:
            set_limits(line, line.subscribe("terrorism", f"{base}/hook"), concurrency=1)
            line.publish(line.feed(), *(Item(f"r{n}") for n in range(70)))
            await deliver(line)

    asyncio.run(run())

    assert all(one < other for one, other in pairwise(desk.sequences))
