"""Hops 4 and 5: polls are recorded in batches, and what they fetched is rung for."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from uuid import UUID

from shared.clock import now
from shared.errors import ServiceError
from shared.http import HOST_GAP_SECONDS
from shared.logs import get_log
from shared.meter import Meter
from shared.store.database import Database
from shared.store.metrics import add_to_metrics
from shared.store.polls import PollRecord, record_polls

# The sweep rings for a fetch that is still waiting after this long: its first ring was lost, or is queued.
RING_AFTER_SECONDS = 10.0
MOST_RECORDS = 100
_TRY_AGAIN_SECONDS = 1.0

log = get_log("ingest")


@dataclass(slots=True)
class Recorder:
    """Collects poll records and commits them, at most 100 to a transaction, in the order they came."""

    database: Database
    ring: Callable[[Sequence[UUID]], object]
    waiting: list[PollRecord] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    closing: bool = False
    meter: Meter = field(default_factory=Meter)

    def add(self, record: PollRecord) -> None:
        """Take a record in; it is committed with the next batch."""
        self.waiting.append(record)
        self.arrived.set()

    async def flush(self) -> None:
        """Commit every waiting record, and ring for the fetches after each commit.

        A database that does not answer is asked again until it does: the bytes are in our hands, and the
        cursors have not moved.
        """
        while self.waiting:
            batch = self.waiting[:MOST_RECORDS]
            try:
                fetch_ids = await asyncio.to_thread(self._record_or_split, batch)
            except ServiceError as error:
                log.warning("polls not recorded; trying again", polls=len(batch), error=str(error))
                await asyncio.sleep(_TRY_AGAIN_SECONDS)
                continue
            del self.waiting[: len(batch)]
            await asyncio.to_thread(self.ring, fetch_ids)
            await asyncio.to_thread(self._measure, batch)

    def _measure(self, batch: Sequence[PollRecord]) -> None:
        for record in batch:
            self.meter.polls.labels(record.outcome).inc()
            self.meter.poll_seconds.observe(record.ms / 1000)
        with suppress(ServiceError), self.database.begin() as transaction:
            add_to_metrics(transaction, self.meter.take())

    async def run(self) -> None:
        """Flush whenever something has arrived, until closed and empty."""
        while not self.closing:
            await self.arrived.wait()
            self.arrived.clear()
            await self.flush()

    def close(self) -> None:
        """Let `run` end once all is recorded: cancelled, it would leave a batch in hand to be recorded twice."""
        self.closing = True
        self.arrived.set()

    def _record_or_split(self, batch: Sequence[PollRecord]) -> list[UUID]:
        """Record a batch; where it cannot be stored as a whole, each poll alone, so that one holds no other."""
        try:
            return self._record(batch)
        except ServiceError:
            raise
        except (
            Exception
        ) as error:  # a loop's edge: what was polled is fetched again, for its cursor has not moved
            if len(batch) > 1:
                return [i for record in batch for i in self._record_or_split([record])]
            (record,) = batch
            log.exception("poll not recorded", feed_id=str(record.feed_id))
            if record.outcome == "broken":
                return []
            bare = replace(record, outcome="broken", detail=f"could not be stored: {type(error).__name__}")
            return self._record_or_split([replace(bare, cursor=None, fetch=None, gap=None, new_url=None)])

    def _record(self, batch: Sequence[PollRecord]) -> list[UUID]:
        with self.database.begin() as transaction:
            return record_polls(
                transaction,
                batch,
                host_gap_seconds=HOST_GAP_SECONDS,
                ring_after_seconds=RING_AFTER_SECONDS,
                recorded_at=now(),
            )
