"""The guarded client against real servers on loopback."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from ipaddress import ip_network

from aiohttp import web

from shared.domain.answer import Answer, Answered
from shared.http import FetchRequest, fetch, open_client

LOOPBACK = (ip_network("127.0.0.0/8"),)
FEED = "<rss><channel><item><title>La Commission présente son plan</title></item></channel></rss>".encode()

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def site(**handlers: Handler) -> AsyncIterator[str]:
    """Serve each handler at the path of its name, on 127.0.0.1."""
    app = web.Application()
    for name, handler in handlers.items():
        app.router.add_route("*", f"/{name}", handler)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    listener = web.TCPSite(runner, "127.0.0.1", 0)
    await listener.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def run(scenario: Coroutine[None, None, None]) -> None:
    asyncio.run(scenario)


def answered(answer: Answer) -> Answered:
    assert isinstance(answer, Answered), answer
    return answer


async def feed(_: web.Request) -> web.Response:
    return web.Response(body=FEED, headers={"ETag": '"v1"'})


def test_a_feed_is_fetched_with_its_headers_and_its_address() -> None:
    async def scenario() -> None:
        async with site(feed=feed) as base, open_client(LOOPBACK) as client:
            answer = answered(await fetch(client, FetchRequest(f"{base}/feed")))
            assert (answer.status, answer.body, answer.headers.get("ETag")) == (200, FEED, '"v1"')
            assert (answer.address, answer.own_network) == ("127.0.0.1", True)

    run(scenario())
