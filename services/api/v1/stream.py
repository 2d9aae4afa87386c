"""`/v1/stream`: releases and alerts as they are stored, as server-sent events (WHATWG HTML, section 9.2)."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Query
from fastapi.responses import StreamingResponse

from shared.clock import now
from shared.store.database import Database
from shared.store.stream import NewRow, instant_of, list_new_rows

LOOK_SECONDS = 1.0
# Proxies end what says nothing; a line that begins with a colon is a comment.
_SILENCE = timedelta(seconds=15)
_LATE = timedelta(seconds=30)

Clock = Callable[[], datetime]


def stream_routes(database: Database) -> APIRouter:
    """Make the route."""
    router = APIRouter(tags=["stream"])

    @router.get(
        "/stream",
        summary="Releases and alerts as they come: events `release` and `alert`, the row as JSON",
        response_class=StreamingResponse,
        responses={200: {"content": {"text/event-stream": {}}}},
    )
    async def stream(
        topic_id: Annotated[UUID | None, Query(description="Only this topic's alerts.")] = None,
        last_event_id: Annotated[UUID | None, Header(description="Go on after this one.")] = None,
    ) -> StreamingResponse:
        events = stream_events(database, topic_id, last_event_id)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(events, media_type="text/event-stream", headers=headers)

    return router


async def stream_events(
    database: Database, topic_id: UUID | None, after: UUID | None, *, clock: Clock = now
) -> AsyncIterator[str]:
    """Give the events until the reader goes: what is stored from now on, or about since the event `after`.

    A row is looked for a while, for its transaction may commit after a later one's; so a reader that comes back
    is told the last seconds again, with the same ids.
    """
    begun = datetime.fromtimestamp(instant_of(after), UTC) - _LATE if after else clock()
    told: dict[UUID, datetime] = {after: clock()} if after else {}
    heard_at = clock()
    yield "retry: 2000\n\n"
    while True:
        at = clock()
        for row in await asyncio.to_thread(_look, database, topic_id, begun):
            if row.id not in told:
                heard_at = told[row.id] = at
                yield write_event(row)
        if at - heard_at > _SILENCE:
            heard_at = at
            yield ": nothing new\n\n"
        begun = max(begun, at - _LATE)
        told = {row_id: told_at for row_id, told_at in told.items() if told_at > at - 2 * _LATE}
        await asyncio.sleep(LOOK_SECONDS)


def _look(database: Database, topic_id: UUID | None, since: datetime) -> Sequence[NewRow]:
    with database.begin() as transaction:
        return list_new_rows(transaction, since, topic_id=topic_id)


def write_event(row: NewRow) -> str:
    """Write one event; JSON holds no line break, so its data is one line."""
    data = json.dumps(row.row, default=_plain, ensure_ascii=False)
    return f"id: {row.id}\nevent: {row.kind}\ndata: {data}\n\n"


def _plain(value: Any) -> str:  # noqa: ANN401 - what json cannot write
    return value.isoformat() if isinstance(value, datetime) else str(value)
