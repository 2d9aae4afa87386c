"""`tocsin ingest`: the poller and, where it holds the lock, the sweep."""

import asyncio
import signal
import threading
from datetime import timedelta

from services.ingest.own_hosts import learn_own_hosts
from services.ingest.pace import PollBounds
from services.ingest.poller import MOST_IN_FLIGHT, Poller
from services.ingest.recorder import Recorder
from shared.garbage import collect_seldom
from shared.http import open_client
from shared.logs import get_log
from shared.queue import Bell
from shared.settings import Settings
from shared.store.database import Database
from shared.store.heartbeats import name_this_process
from shared.store.presence import Presence
from shared.sweep import sweep_until

log = get_log("ingest")


def run_ingest(settings: Settings, database: Database, database_url: str, broker_url: str) -> None:
    """Poll until SIGTERM or SIGINT, then stop within 10 seconds."""
    collect_seldom()
    bell = Bell(broker_url)
    learn_own_hosts(database, settings.allowed_networks)
    stop_sweeping = threading.Event()
    sweeper = threading.Thread(
        target=sweep_until,
        args=(stop_sweeping, database, bell),
        kwargs={"keep_releases_days": settings.keep_releases_days},
        name="sweep",
    )
    sweeper.start()
    presence = Presence(database_url, "ingest")
    try:
        asyncio.run(_poll_until_stopped(settings, database, presence, bell))
    finally:
        presence.end()
        stop_sweeping.set()
        sweeper.join()


def poll_bounds(settings: Settings) -> PollBounds:
    """Give the bounds of polling that the settings name."""
    return PollBounds(
        timedelta(seconds=settings.poll_min_seconds), timedelta(seconds=settings.poll_max_seconds)
    )


async def _poll_until_stopped(settings: Settings, database: Database, presence: Presence, bell: Bell) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with open_client(
        settings.allowed_networks,
        max_connections=MOST_IN_FLIGHT,
        proxy=settings.proxy or None,
        contact=settings.contact,
    ) as client:
        poller = Poller(
            database=database,
            presence=presence,
            client=client,
            recorder=Recorder(database, bell.ring_process),
            bounds=poll_bounds(settings),
            instance=name_this_process(),
        )
        log.info("ingest started")
        await poller.run(stop)
    log.info("ingest stopped")
