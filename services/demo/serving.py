"""Runs an aiohttp application until SIGTERM or SIGINT and ends it cleanly."""

import asyncio
import signal
from collections.abc import Callable

from aiohttp import web

SHUTDOWN_SECONDS = 2.0


def serve_until_stopped(app: web.Application, host: str, port: int, announce: Callable[[str], None]) -> None:
    """Serve `app` until a signal ends it; `announce` is told the base URL once the port (0: any) is open."""
    asyncio.run(_serve(app, host, port, announce))


async def _serve(app: web.Application, host: str, port: int, announce: Callable[[str], None]) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    runner = web.AppRunner(app, shutdown_timeout=SHUTDOWN_SECONDS, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        announce(f"http://{_in_url(host)}:{runner.addresses[0][1]}")
        await stopped.wait()
    finally:
        await runner.cleanup()


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
