"""A name server that changes its answer between the check and the connection reaches nothing of ours.

127.0.0.2 stands for the public web: it alone is allowed. Listeners at the same port count who comes.
"""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_network

import pytest

from shared.domain.web.answer import Answer, Answered, Unanswered
from shared.http import FetchRequest, GuardedClient, PostRequest, Way, fetch, open_client, post
from tests.services.http_answers import FEED, run
from tests.services.loopback import read_request
from tests.services.misbehaving.redirects import to
from tests.services.misbehaving.serving import answer
from tests.services.name_server import NameServer, name_server
from tests.services.test_misbehaving_web import NO_TLS

PUBLIC = ("127.0.0.2",)
ALLOWED = (ip_network("127.0.0.2/32"),)
OURS = (
    "127.0.0.1", "127.0.0.3", "127.255.255.254", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.0.1",
    "169.254.169.254", "100.64.0.1", "::1", "::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1",
    "2002:7f00:1::", "fc00::1", "fe80::1", "ff02::1", "::",
)  # fmt: skip


@dataclass(slots=True)
class Web:
    """The public site at 127.0.0.2, which redirects as it is told, and a count of connections to this machine."""

    port: int = 0
    reached: int = 0
    redirects: list[str] = field(default_factory=list)

    async def public(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await read_request(reader):
            target = self.redirects.pop(0) if self.redirects else ""
            writer.write(to(target) if target else answer(200, FEED))
        writer.close()

    async def ours(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reached += 1
        writer.write(answer(200, FEED))
        writer.close()


@asynccontextmanager
async def serving_web() -> AsyncIterator[Web]:
    web = Web()
    async with AsyncExitStack() as stack:
        public = await stack.enter_async_context(await asyncio.start_server(web.public, "127.0.0.2", 0))
        web.port = public.sockets[0].getsockname()[1]
        for address in ("127.0.0.1", "127.0.0.3", "127.255.255.254", "::1"):
            await stack.enter_async_context(await asyncio.start_server(web.ours, address, web.port))
        yield web


@asynccontextmanager
async def asking(names: NameServer) -> AsyncIterator[GuardedClient]:
    async with open_client(ALLOWED, look_up=names.look_up, tls=NO_TLS) as client:
        yield client


async def get(client: GuardedClient, url: str, way: Way | None = None) -> Answer:
    return await fetch(client, FetchRequest(url, timeout_seconds=5.0, way=way))


def guarded(answer: Answer) -> bool:
    return isinstance(answer, Unanswered) and answer.kind == "guarded"


def test_the_listeners_would_count_a_connection() -> None:
    async def scenario() -> None:
        async with serving_web() as web, name_server(flip=[("127.0.0.1",)]) as names:
            async with open_client((ip_network("127.0.0.0/8"),), look_up=names.look_up) as client:
                assert isinstance(await get(client, f"http://flip.example:{web.port}/"), Answered)
            assert web.reached == 1

    run(scenario())


@pytest.mark.parametrize("hostile", OURS)
def test_the_connection_goes_to_the_address_that_was_checked(hostile: str) -> None:
    async def scenario() -> None:
        async with serving_web() as web, name_server(flip=[PUBLIC, (hostile,)]) as names:
            url = f"http://flip.example:{web.port}/"
            async with asking(names) as client:
                first = await get(client, url)
                assert isinstance(first, Answered), first
                assert (first.address, names.asked["flip.example"]) == ("127.0.0.2", 1)
            async with asking(names) as client:
                assert guarded(await get(client, url))
                assert guarded(await post(client, PostRequest(url, (), b"{}")))
            assert web.reached == 0

    run(scenario())


@pytest.mark.parametrize("hostile", OURS)
def test_a_redirect_to_a_name_that_changes_its_answer_reaches_nothing(hostile: str) -> None:
    async def scenario() -> None:
        names_ = {"start": [PUBLIC], "flip": [PUBLIC, (hostile,)], "ours": [(hostile,)]}
        async with serving_web() as web, name_server(**names_) as names:
            for target, kept in (("flip", True), ("flip", False), ("ours", False)):
                web.redirects = [f"http://{target}.example:{web.port}/"]
                async with asking(names) as client:
                    found = await get(client, f"http://start.example:{web.port}/")
                assert isinstance(found, Answered) if kept else guarded(found), (target, found)
            assert web.reached == 0

    run(scenario())


@pytest.mark.parametrize("hostile", [("127.0.0.1",), ("::1",), ("127.0.0.3", "127.0.0.1")])
def test_a_source_in_http_2_or_with_a_fingerprint_is_guarded_alike(hostile: tuple[str, ...]) -> None:
    async def scenario() -> None:
        async with serving_web() as web:
            for way in (Way(http2=True), Way(trust="sha256:" + "0" * 64), Way(proxy="direct")):
                async with name_server(flip=[PUBLIC, hostile]) as names, asking(names) as client:
                    url = f"http://flip.example:{web.port}/"
                    first = await get(client, url, way)
                    assert isinstance(first, Answered), first
                    assert first.address == "127.0.0.2"
                async with name_server(flip=[hostile]) as names, asking(names) as client:
                    assert guarded(await get(client, url, way))
            assert web.reached == 0

    run(scenario())


def test_the_server_answers_as_name_servers_do() -> None:
    async def scenario() -> None:
        async with name_server(two=[("127.0.0.2", "::1"), ("10.0.0.1",)]) as names:
            assert await asyncio.to_thread(names.look_up, "two.example") == ("127.0.0.2", "::1")
            assert await asyncio.to_thread(names.look_up, "two.example") == ("10.0.0.1",)
            with pytest.raises(socket.gaierror):
                await asyncio.to_thread(names.look_up, "nobody.example")

    run(scenario())
