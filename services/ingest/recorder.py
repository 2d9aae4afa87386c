"""Hops 4 and 5: polls are recorded in batches, and what they fetched is rung for."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from shared.logs import get_log
from shared.store.database import Database
from shared.store.polls import PollRecord, record_polls

HOST_GAP_SECONDS = 1.0
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
                fetch_ids = await asyncio.to_thread(self._record, batch)
            except Exception:  # a loop's edge: nothing of the batch is lost
                log.exception("polls not recorded; trying again", polls=len(batch))
                await asyncio.sleep(_TRY_AGAIN_SECONDS)
                continue
            del self.waiting[: len(batch)]
            await asyncio.to_thread(self.ring, fetch_ids)

    async def run(self) -> None:
        """Flush whenever something has arrived."""
        while True:
            await self.arrived.wait()
            self.arrived.clear()
            await self.flush()

    def _record(self, batch: Sequence[PollRecord]) -> list[UUID]:
        with self.database.begin() as transaction:
            return record_polls(
                transaction,
                batch,
                host_gap_seconds=HOST_GAP_SECONDS,
                ring_after_seconds=RING_AFTER_SECONDS,
            )
