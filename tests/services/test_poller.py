"""The poller at work on loopback feeds: claims, turns, cursors, and a stop with nothing half done."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

from aiohttp import web
from sqlalchemy import text

from services.ingest.pace import PollBounds
from services.ingest.poller import Poller
from services.ingest.recorder import Recorder
from shared.domain.web.address import parse_networks
from shared.http import open_client
from shared.store.feeds import NewFeed, add_feeds, claim_due_feeds
from shared.store.polls import PollRecord
from tests.services.line import Item, Line, feed_document
from tests.services.loopback import site

LOOPBACK = parse_networks("127.0.0.0/8")
BOUNDS = PollBounds(timedelta(seconds=1), timedelta(hours=1))
Serve = Callable[[web.Request], Awaitable[web.StreamResponse]]


def watch(line: Line, *urls: str, own_network: bool = True) -> list[UUID]:
    with line.database.begin() as transaction:
        feeds = [NewFeed(url, "127.0.0.1", own_network=own_network) for url in urls]
        return [feed_id for feed_id, _ in add_feeds(transaction, feeds)]


async def poll(line: Line, *feeds: UUID) -> None:
    async with open_client(LOOPBACK) as client:
        recorder = Recorder(line.database, line.bell.ring_process)
        await Poller(line.database, line.presence, client, recorder, BOUNDS, "test").poll_all(list(feeds))


def serving(*documents: bytes) -> Serve:
    """Answer with each document in turn, and with the last one from then on; an ETag changes with each."""
    shown = list(documents)

    async def answer(request: web.Request) -> web.Response:
        document = shown.pop(0) if len(shown) > 1 else shown[0]
        tag = f'"{hash(document)}"'
        if request.headers.get("if-none-match") == tag:
            return web.Response(status=304)
        return web.Response(body=document, content_type="application/rss+xml", headers={"etag": tag})

    return answer


def test_a_poll_stores_the_document_rings_for_it_and_moves_the_cursor(line: Line) -> None:
    async def run() -> None:
        async with site(feed=serving(feed_document(Item("a"), Item("b")))) as base:
            feeds = watch(line, f"{base}/feed")
            await poll(line, *feeds)
            await poll(line, *feeds)

    asyncio.run(run())

    assert line.ask("SELECT outcome, entries, new_entries FROM polls ORDER BY started_at") == [
        ("changed", 2, 2),
        ("not_modified", 0, 0),
    ]
    assert len(line.bell.fetches) == 1
    assert line.process(*line.bell.fetches).outcomes["new"] == 2


def test_only_the_new_items_of_a_changed_document_go_on(line: Line) -> None:
    first = feed_document(Item("a"), Item("b"), Item("c"))
    second = feed_document(Item("d"), Item("a"), Item("b"))

    async def run() -> None:
        async with site(feed=serving(first, second)) as base:
            feeds = watch(line, f"{base}/feed")
            await poll(line, *feeds)
            await poll(line, *feeds)

    asyncio.run(run())
    line.process(*line.bell.fetches)

    assert line.ask("SELECT entries, new FROM fetches ORDER BY fetched_at") == [(3, 3), (1, 1)]
    assert line.ask("SELECT new_entries, overlap FROM polls ORDER BY started_at") == [(3, 0), (1, 2)]


def test_a_document_without_a_known_item_writes_down_a_gap(line: Line) -> None:
    async def run() -> None:
        first = feed_document(*(Item(f"a{n}") for n in range(5)))
        second = feed_document(*(Item(f"b{n}") for n in range(5)))
        async with site(feed=serving(first, second)) as base:
            feeds = watch(line, f"{base}/feed")
            await poll(line, *feeds)
            await poll(line, *feeds)

    asyncio.run(run())

    ((from_at, to_at, reason),) = line.ask("SELECT from_at, to_at, reason FROM gaps")
    assert line.ask("SELECT started_at FROM polls ORDER BY started_at") == [(from_at,), (to_at,)]
    assert "none of the 5 items was known" in str(reason)


def test_two_pollers_never_hold_one_feed(line: Line) -> None:
    (feed,) = watch(line, "http://127.0.0.1:9/feed")
    with line.database.begin() as transaction:
        first = claim_due_feeds(transaction, line.presence.lease(60), most=10)
    with line.database.begin() as transaction:
        second = claim_due_feeds(transaction, line.presence.lease(60), most=10)

    assert ([f.id for f in first], second) == ([feed], [])


def test_feeds_of_one_strange_host_take_turns(line: Line) -> None:
    watch(line, *(f"http://127.0.0.1:9/{n}" for n in range(5)), own_network=False)
    with line.database.begin() as transaction:
        first = claim_due_feeds(transaction, line.presence.lease(60), most=10)
    with line.database.begin() as transaction:
        second = claim_due_feeds(transaction, line.presence.lease(60), most=10)

    assert (len(first), len(second)) == (1, 0)


def test_feeds_of_the_operators_own_host_need_no_turn(line: Line) -> None:
    watch(line, *(f"http://127.0.0.1:9/{n}" for n in range(5)))
    with line.database.begin() as transaction:
        assert len(claim_due_feeds(transaction, line.presence.lease(60), most=10)) == 5


def test_a_feed_that_nobody_serves_has_its_outcome_and_is_polled_again(line: Line) -> None:
    asyncio.run(poll(line, *watch(line, "http://127.0.0.1:9/feed")))

    ((outcome, detail),) = line.ask("SELECT outcome, detail FROM polls")
    assert (outcome, bool(detail)) == ("refused", True)
    assert line.ask("SELECT failures, next_poll_at > now(), lease FROM core.feeds") == [(1, True, None)]


def test_a_poller_that_is_stopped_gives_back_what_it_has_not_finished(line: Line) -> None:
    reached = asyncio.Event()

    async def hang(_: web.Request) -> web.Response:
        reached.set()
        await asyncio.sleep(60)
        return web.Response()

    async def run() -> None:
        stop = asyncio.Event()
        async with site(slow=hang) as base, open_client(LOOPBACK) as client:
            watch(line, f"{base}/slow")
            recorder = Recorder(line.database, line.bell.ring_process)
            poller = Poller(line.database, line.presence, client, recorder, BOUNDS, "test", stop_seconds=0.2)
            running = asyncio.create_task(poller.run(stop))
            await reached.wait()
            stop.set()
            await running

    asyncio.run(run())

    assert line.ask("SELECT lease, leased_until, next_poll_at <= now() FROM core.feeds") == [
        (None, None, True)
    ]


def test_a_poll_that_cannot_be_stored_holds_up_no_other(line: Line) -> None:
    async def run() -> None:
        good, bad = serving(feed_document(Item("a"))), serving(feed_document(Item("b")))
        async with site(good=good, bad=bad) as base:
            feeds = watch(line, f"{base}/good", f"{base}/bad")
            line.do("ALTER TABLE core.fetches ADD CONSTRAINT no_bad CHECK (url NOT LIKE '%/bad') NOT VALID")
            await poll(line, *feeds)

    asyncio.run(run())

    assert line.ask("SELECT outcome FROM polls ORDER BY outcome") == [("broken",), ("changed",)]
    assert line.one("SELECT count(*) FROM fetches") == 1


def test_a_poll_that_is_being_recorded_when_the_poller_stops_is_recorded_once(line: Line) -> None:
    async def run() -> None:
        stop = asyncio.Event()
        async with site(feed=serving(feed_document(Item("a")))) as base, open_client(LOOPBACK) as client:
            watch(line, f"{base}/feed")
            recorder = Recorder(line.database, line.bell.ring_process)
            poller = Poller(line.database, line.presence, client, recorder, BOUNDS, "test")
            with line.database.begin() as other:
                # The recording waits for this lock: it is in hand, and not done, when the poller has to stop.
                other.execute(text("LOCK TABLE core.polls IN SHARE MODE"))
                running = asyncio.create_task(poller.run(stop))
                await recorder.arrived.wait()
                await asyncio.sleep(0.3)
                stop.set()
                await asyncio.sleep(0.5)
            await running

    asyncio.run(run())

    assert line.ask("SELECT outcome FROM polls") == [("changed",)]
    assert len(line.bell.fetches) == 1


def test_feeds_that_are_removed_meanwhile_are_waited_for_by_nobody(line: Line) -> None:
    async def run() -> None:
        async with site(feed=serving(feed_document(Item("a")))) as base:
            feeds = watch(line, f"{base}/feed", f"{base}/removed")
            line.do("UPDATE core.feeds SET removed_at = now() WHERE url LIKE '%removed'")
            await asyncio.wait_for(poll(line, *feeds), 20)

    asyncio.run(run())

    assert line.one("SELECT count(*) FROM polls") == 1


def test_a_document_that_the_poller_cannot_judge_has_its_outcome(line: Line) -> None:
    async def fail(*_: object) -> PollRecord:
        raise RecursionError("too deep")

    async def run() -> None:
        feeds = watch(line, "http://127.0.0.1:9/feed")
        async with open_client(LOOPBACK) as client:
            recorder = Recorder(line.database, line.bell.ring_process)
            poller = Poller(line.database, line.presence, client, recorder, BOUNDS, "test", poll=fail)
            await poller.poll_all(feeds)

    asyncio.run(run())

    assert line.ask("SELECT outcome, detail FROM polls") == [
        ("broken", "could not be read: RecursionError: too deep")
    ]
    assert line.ask("SELECT failures, lease, next_poll_at > now() FROM core.feeds") == [(1, None, True)]
