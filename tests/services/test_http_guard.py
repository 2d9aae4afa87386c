"""No address is reached that may not be, however it is spelled or reached."""

import asyncio
import os
import socket

import pytest
from aiohttp import web

from shared.domain.web.answer import Hop
from shared.http import FetchRequest, PostRequest, fetch, leads_home, open_client, post
from shared.http.guard import Guard, GuardedError
from tests.services.http_answers import (
    FEED,
    HOOK,
    LOOPBACK,
    answered,
    feed,
    fetch_one,
    run,
    unanswered,
)
from tests.services.loopback import raw_server, read_request, site

SPELLINGS = (
    "127.0.0.1",
    "2130706433",
    "0x7f.1",
    "127.1",
    "127.0.0.1.",
    "localhost",
    "localhost.",
)
FORBIDDEN = (
    *(f"http://{host}/" for host in (*SPELLINGS, "0177.0.0.1")),
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[fe80::1%25lo]/",
    "http://0/",
    "http://169.254.169.254/latest/meta-data",
    "https://10.0.0.1/",
    "http://user:pass@127.0.0.1/",
    "http://presse.example@127.0.0.1/",
    "ftp://presse.example/feed",
    "file:///etc/passwd",
    "presse.example/feed",
    "http://",
    "http://presse.example:99999/",
    "",
)


@pytest.mark.parametrize("url", FORBIDDEN)
def test_no_address_of_ours_is_reached_however_it_is_spelled(url: str) -> None:
    async def scenario() -> None:
        async with open_client() as client:
            assert unanswered(await fetch(client, FetchRequest(url))).kind == "guarded"
            assert unanswered(await post(client, PostRequest(url, HOOK, b"{}"))).kind == "guarded"

    run(scenario())


@pytest.mark.parametrize("host", SPELLINGS)
def test_an_allowed_address_is_reached_however_it_is_spelled(host: str) -> None:
    async def scenario() -> None:
        async with site(feed=feed) as base:
            answer = answered(await fetch_one(base.replace("127.0.0.1", host) + "/feed"))
        assert (answer.body, answer.address) == (FEED, "127.0.0.1")

    run(scenario())


def test_a_redirect_to_an_address_of_ours_is_not_followed() -> None:
    async def trap(_: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": "http://0xA9FEA9FE/latest/meta-data"})

    async def scenario() -> None:
        async with site(trap=trap) as base:
            answer = unanswered(await fetch_one(f"{base}/trap"))
        assert (answer.kind, answer.hops) == ("guarded", (Hop(302, f"{base}/trap"),))
        assert "169.254.169.254 is link-local" in answer.detail

    run(scenario())


def test_a_name_with_one_forbidden_address_is_refused_whole() -> None:
    async def scenario() -> None:
        guard = Guard((), lambda _: ("1.1.1.1", "10.0.0.7"))
        with pytest.raises(GuardedError, match=r"10\.0\.0\.7 is private, and presse.example leads there"):
            await guard.addresses("presse.example")
        await guard.close()

    run(scenario())


def test_of_a_name_in_an_allowed_network_only_the_allowed_addresses_are_used() -> None:
    async def scenario() -> None:
        guard = Guard(LOOPBACK, lambda _: ("::1", "127.0.0.1"))
        assert await guard.addresses("localhost") == ("127.0.0.1",)
        await guard.close()

    run(scenario())


def test_own_hosts_are_known_before_they_are_asked() -> None:
    async def scenario() -> None:
        async with open_client(LOOPBACK) as client:
            for url in ("http://127.0.0.1:1/feed", "http://localhost/feed", "http://0x7f.1/"):
                assert await leads_home(client, url)
            for url in ("http://10.0.0.1/", "http://1.1.1.1/", "http://presse.invalid/", "http://[::1/"):
                assert not await leads_home(client, url)

    run(scenario())


def test_a_proxy_carries_public_requests_and_none_to_our_own_networks() -> None:
    asked: list[bytes] = []

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await read_request(reader)).split(b"\r\n")[0])
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\n<rss/>")
        await writer.drain()

    async def scenario() -> None:
        async with (
            site(feed=feed) as base,
            raw_server(proxy) as at,
            open_client(LOOPBACK, proxy=at) as client,
        ):
            far = answered(await fetch(client, FetchRequest("http://1.1.1.1/feed")))
            near = answered(await fetch(client, FetchRequest(f"{base}/feed")))
            forbidden = unanswered(await fetch(client, FetchRequest("http://10.0.0.1/feed")))
        assert (far.body, far.address, near.body, forbidden.kind) == (b"<rss/>", "", FEED, "guarded")

    run(scenario())
    assert asked == [b"GET http://1.1.1.1/feed HTTP/1.1"]


def test_a_proxy_that_is_down_is_our_own_failure() -> None:
    async def scenario() -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        async with open_client(proxy=f"http://127.0.0.1:{port}") as client:
            answer = unanswered(await fetch(client, FetchRequest("http://1.1.1.1/feed")))
        assert (answer.kind, answer.ours) == ("refused", True)

    run(scenario())


def test_the_environment_names_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    async def scenario() -> None:
        async with site(feed=feed) as base:
            assert answered(await fetch_one(f"{base}/feed")).body == FEED

    run(scenario())
    assert os.environ["HTTP_PROXY"]
