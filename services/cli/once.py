"""`tocsin once`: the whole line in this process, without a broker; for cron, scripts and tests."""

import asyncio
import os
from collections.abc import Callable
from typing import TypeVar

from services.cli.stack import Stack
from services.ingest.main import poll_bounds
from services.ingest.own_hosts import learn_own_hosts
from services.ingest.poller import MOST_IN_FLIGHT, Poller
from services.ingest.recorder import Recorder
from services.worker.deliver import deliver_endpoints
from services.worker.process import process_fetches
from services.worker.settle import settle_releases
from services.worker.watching import Watching
from shared.clock import now
from shared.garbage import collect_seldom
from shared.http import GuardedClient, open_client
from shared.store.database import Transaction
from shared.store.endpoints import list_due_endpoints
from shared.store.feeds import list_active_feeds
from shared.store.fetches import list_unhandled_fetches
from shared.store.once import OnceCounts, count_since, list_late, list_settling
from shared.store.presence import Presence
from shared.store.sweeping import end_leases_of_the_dead, turn_days
from shared.sweep import tell_what_is_due

_MOST_FETCHES = 500
_HOST_TURN_SECONDS = 0.2

T = TypeVar("T")


async def run_once(stack: Stack) -> OnceCounts:
    """Poll every active feed, process, settle and deliver what is due, each tried once; give the counts."""
    collect_seldom()
    started_at = now()
    learn_own_hosts(stack.database, stack.settings.allowed_networks)
    topics = Watching()
    presence = Presence(stack.database_url, "once")
    with stack.database.begin() as transaction:
        end_leases_of_the_dead(transaction)
        turn_days(transaction)
    async with open_client(
        stack.settings.allowed_networks,
        max_connections=MOST_IN_FLIGHT,
        proxy=stack.settings.proxy or None,
        contact=stack.settings.contact,
    ) as client:
        await _poll(stack, presence, client)
        await asyncio.to_thread(_process, stack, presence, topics)
        await _settle(stack, presence, client, topics)
        await asyncio.to_thread(tell_what_is_due, stack.database)
        await _deliver(stack, presence, client)
    presence.end()
    return _read(stack, lambda transaction: count_since(transaction, started_at))


def _read(stack: Stack, question: Callable[[Transaction], T]) -> T:
    with stack.database.begin() as transaction:
        return question(transaction)


async def _poll(stack: Stack, presence: Presence, client: GuardedClient) -> None:
    poller = Poller(
        database=stack.database,
        presence=presence,
        client=client,
        recorder=Recorder(stack.database, ring=lambda _: None),
        bounds=poll_bounds(stack.settings),
        instance=f"once:{os.getpid()}",
    )
    await poller.poll_all(_read(stack, list_active_feeds))


def _process(stack: Stack, presence: Presence, topics: Watching) -> None:
    """Process what waits; a fetch that is put back after a failure is left to the next run."""
    tried: set[object] = set()
    while ids := [
        i for i in _read(stack, lambda t: list_unhandled_fetches(t, _MOST_FETCHES)) if i not in tried
    ]:
        tried.update(ids)
        process_fetches(stack.database, presence, topics, ids, settle_seconds=stack.settings.settle_seconds)


async def _settle(stack: Stack, presence: Presence, client: GuardedClient, topics: Watching) -> None:
    """Fetch pages until none is awaited: `settle_by` bounds how long that may take. Late ones are tried once."""
    await settle_releases(stack.database, presence, client, topics, _read(stack, list_late))
    while settling := _read(stack, list_settling):
        due = [release_id for release_id, is_due in settling if is_due]
        await settle_releases(stack.database, presence, client, topics, due)
        await asyncio.sleep(0 if len(due) == len(settling) else _HOST_TURN_SECONDS)


async def _deliver(stack: Stack, presence: Presence, client: GuardedClient) -> None:
    while ids := _read(stack, list_due_endpoints):
        await deliver_endpoints(stack.database, presence, client, ids)
