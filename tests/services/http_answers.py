"""What the tests of the HTTP client ask and expect."""

import asyncio
from collections.abc import Coroutine
from ipaddress import ip_network

from aiohttp import web

from shared.domain.web.answer import Answer, Answered, Unanswered
from shared.http import FetchRequest, fetch, open_client

LOOPBACK = (ip_network("127.0.0.0/8"),)
FEED = "<rss><channel><item><title>La Commission présente son plan</title></item></channel></rss>".encode()
HOOK = (("Content-Type", "application/json"), ("webhook-id", "msg_1"))


def run(scenario: Coroutine[None, None, None]) -> None:
    asyncio.run(scenario)


def answered(answer: Answer) -> Answered:
    assert isinstance(answer, Answered), answer
    return answer


def unanswered(answer: Answer) -> Unanswered:
    assert isinstance(answer, Unanswered), answer
    return answer


def at_localhost(base: str) -> str:
    """The same server by another host name."""
    return base.replace("127.0.0.1", "localhost")


async def feed(request: web.Request) -> web.Response:
    if request.headers.get("If-None-Match") == '"v1"':
        return web.Response(status=304)
    return web.Response(body=FEED, headers={"ETag": '"v1"'})


async def echo(request: web.Request) -> web.Response:
    """Answer the request's own headers."""
    return web.json_response({name.lower(): value for name, value in request.headers.items()})


async def fetch_one(url: str, **bounds: float) -> Answer:
    async with open_client(LOOPBACK) as client:
        return await fetch(client, FetchRequest(url, **bounds))  # type: ignore[arg-type]
