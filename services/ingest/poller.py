"""The poller: claims due feeds, polls many at once, and stops with nothing half done."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.ingest.pace import PollBounds
from services.ingest.poll import poll_feed
from services.ingest.recorder import Recorder
from shared.clock import now
from shared.http import GuardedClient
from shared.logs import get_log
from shared.store.database import Database
from shared.store.feeds import FeedToPoll, claim_due_feeds, give_back_feeds, list_active_feeds
from shared.store.heartbeats import record_heartbeat
from shared.store.polls import PollRecord
from shared.store.presence import Presence

MOST_IN_FLIGHT = 200
# Twice what one poll may take, and the recording of it.
LEASE_SECONDS = 90.0
TICK_SECONDS = 0.2
BEAT_SECONDS = 5.0
STOP_SECONDS = 6.0

log = get_log("ingest")


@dataclass(slots=True)
class Poller:
    """One process's polling: what is in flight, and under which lease."""

    database: Database
    presence: Presence
    client: GuardedClient
    recorder: Recorder
    bounds: PollBounds
    instance: str
    stop_seconds: float = STOP_SECONDS
    poll: Callable[[GuardedClient, FeedToPoll, PollBounds], Awaitable[PollRecord]] = poll_feed
    in_flight: dict[asyncio.Task[None], FeedToPoll] = field(default_factory=dict)

    async def run(self, stop: asyncio.Event) -> None:
        """Poll what is due until told to stop, then finish what is in hand or give it back."""
        recording = asyncio.create_task(self.recorder.run())
        beating = asyncio.create_task(self._beat())
        while not stop.is_set():
            await self._claim_and_start()
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), TICK_SECONDS)
        await self._finish()
        self.recorder.close()
        await recording
        beating.cancel()
        await asyncio.gather(beating, return_exceptions=True)

    async def poll_all(self, ids: Sequence[UUID]) -> None:
        """Poll each of these feeds once, whatever its schedule, at its host's turn."""
        left = set(ids)
        while left:
            feeds = await asyncio.to_thread(self._claim, list(left))
            left -= {feed.id for feed in feeds}
            self._start(feeds)
            if self.in_flight:
                await asyncio.wait(self.in_flight, timeout=TICK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            elif not feeds:
                await asyncio.sleep(TICK_SECONDS)
                left &= await asyncio.to_thread(self._still_watched)
            await self.recorder.flush()
        while self.in_flight:
            await asyncio.wait(self.in_flight, return_when=asyncio.FIRST_COMPLETED)
            await self.recorder.flush()
        await self.recorder.flush()

    async def _claim_and_start(self) -> None:
        try:
            self._start(await asyncio.to_thread(self._claim, None))
        except Exception:  # a loop's edge: the database may be away for a while
            log.exception("could not claim feeds")
            await asyncio.sleep(1)

    def _claim(self, among: Sequence[UUID] | None) -> list[FeedToPoll]:
        room = MOST_IN_FLIGHT - len(self.in_flight) - len(self.recorder.waiting)
        if room <= 0:
            return []
        with self.database.begin() as transaction:
            return claim_due_feeds(transaction, self.presence.lease(LEASE_SECONDS), most=room, among=among)

    def _still_watched(self) -> set[UUID]:
        with self.database.begin() as transaction:
            return set(list_active_feeds(transaction))

    def _start(self, feeds: Sequence[FeedToPoll]) -> None:
        for feed in feeds:
            task = asyncio.create_task(self._poll(feed))
            self.in_flight[task] = feed
            task.add_done_callback(self.in_flight.pop)

    async def _poll(self, feed: FeedToPoll) -> None:
        started_at = now()
        try:
            record = await self.poll(self.client, feed, self.bounds)
        except Exception as error:  # a loop's edge: one feed stops no other, and every poll has its outcome
            log.exception("poll failed", feed_id=str(feed.id))
            record = _failed(feed, started_at, self.bounds, error)
        self.recorder.add(record)

    async def _finish(self) -> None:
        if self.in_flight:
            await asyncio.wait(self.in_flight, timeout=self.stop_seconds)
        unfinished = dict(self.in_flight)
        for task in unfinished:
            task.cancel()
        await asyncio.gather(*unfinished, return_exceptions=True)
        for feed in unfinished.values():
            await asyncio.to_thread(self._give_back, feed)

    def _give_back(self, feed: FeedToPoll) -> None:
        with self.database.begin() as transaction:
            give_back_feeds(transaction, [feed.id], feed.lease)

    async def _beat(self) -> None:
        while True:
            with suppress(Exception):
                await asyncio.to_thread(self._record_beat)
            await asyncio.sleep(BEAT_SECONDS)

    def _record_beat(self) -> None:
        with self.database.begin() as transaction:
            record_heartbeat(transaction, "ingest", self.instance)


def _failed(feed: FeedToPoll, started_at: datetime, bounds: PollBounds, error: Exception) -> PollRecord:
    """Say that a poll failed for a reason of ours: nothing is moved past, and the feed waits its longest."""
    ended_at = now()
    return PollRecord(
        feed_id=feed.id,
        lease=feed.lease,
        host=feed.host,
        started_at=started_at,
        outcome="broken",
        status=None,
        ms=round((ended_at - started_at).total_seconds() * 1000),
        detail=f"could not be read: {type(error).__name__}: {error}"[:1000].replace("\x00", "�"),
        next_poll_at=ended_at + bounds.poll_max,
        failures=feed.failures + 1,
    )
