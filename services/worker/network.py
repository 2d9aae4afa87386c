"""One event loop a worker process, kept for its life: the HTTP pool must outlive a task."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, wait
from typing import Any

from shared.http import GuardedClient, open_client
from shared.logs import get_log
from shared.settings import Settings

MOST_CONNECTIONS = 500
_START_SECONDS = 30.0
Work = Callable[[GuardedClient], Coroutine[Any, Any, None]]

log = get_log("worker")


class NetworkLoop:
    """Runs network work beside the tasks that rang for it, so that one slow receiver holds up no other."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._loop = asyncio.new_event_loop()
        self._client: Future[GuardedClient] = Future()
        self._stopping = asyncio.Event()
        self._pending: set[Future[None]] = set()
        self._thread = threading.Thread(target=self._run, name="network", daemon=True)
        self._thread.start()

    def start(self, work: Work, *, patience: float, most_pending: int) -> None:
        """Start work and wait up to `patience` seconds for it; what takes longer goes on by itself.

        While `most_pending` pieces are under way it waits for one to end: rows wait better in SQL than here.
        Raises what the work raised, or what kept the loop from starting; work that fails later is logged.
        """
        client = self._client.result(_START_SECONDS)
        while len(self._pending) >= most_pending:
            threading.Event().wait(0.05)
        future = asyncio.run_coroutine_threadsafe(work(client), self._loop)
        self._pending.add(future)
        future.add_done_callback(self._pending.discard)
        try:
            future.result(patience)
        except TimeoutError:
            future.add_done_callback(_say_if_failed)

    def stop(self, patience: float) -> None:
        """Let what is under way end, for at most `patience` seconds, and close the connections."""
        wait(list(self._pending), timeout=patience)
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join(timeout=2)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._hold_client())
        except Exception as error:  # a thread's edge: whoever brings work is told, and waits for nothing
            if self._client.done():
                raise
            self._client.set_exception(error)

    async def _hold_client(self) -> None:
        async with open_client(
            self._settings.allowed_networks,
            max_connections=MOST_CONNECTIONS,
            proxy=self._settings.proxy or None,
            contact=self._settings.contact,
        ) as client:
            self._client.set_result(client)
            await self._stopping.wait()


def _say_if_failed(work: Future[None]) -> None:
    if not work.cancelled() and (error := work.exception()):
        log.error("network work failed", exc_info=error)
