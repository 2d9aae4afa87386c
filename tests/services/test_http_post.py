"""Posting over real sockets: the bytes, the answer, and one silent resend."""

import asyncio
from base64 import b64encode

from aiohttp import web

from shared.http import PostRequest, open_client, post
from tests.services.http_answers import (
    HOOK,
    LOOPBACK,
    answered,
    echo,
    run,
    unanswered,
)
from tests.services.loopback import raw_server, read_request, site


def test_a_post_carries_its_bytes_and_headers_and_keeps_the_start_of_the_answer() -> None:
    seen: list[tuple[bytes, str]] = []

    async def hook(request: web.Request) -> web.Response:
        seen.append((await request.read(), request.headers["webhook-id"]))
        return web.Response(status=202, body=b"x" * 200_000)

    async def scenario() -> None:
        async with site(hook=hook) as base, open_client(LOOPBACK) as client:
            answer = answered(await post(client, PostRequest(f"{base}/hook", HOOK, b'{"type": "test"}')))
        assert (answer.status, len(answer.body), answer.own_network) == (202, 64_000, True)
        assert seen == [(b'{"type": "test"}', "msg_1")]

    run(scenario())


def test_a_password_in_an_endpoints_url_is_sent_as_a_header() -> None:
    async def scenario() -> None:
        async with site(echo=echo) as base, open_client(LOOPBACK) as client:
            url = base.replace("//", "//tor%40presse:geheim@") + "/echo"
            answer = answered(await post(client, PostRequest(url, HOOK, b"{}")))
        assert b64encode(b"tor@presse:geheim") in answer.body

    run(scenario())


def test_a_post_does_not_follow_a_redirect() -> None:
    async def elsewhere(_: web.Request) -> web.Response:
        return web.Response(status=307, headers={"Location": "/hook"})

    async def scenario() -> None:
        async with site(elsewhere=elsewhere) as base, open_client(LOOPBACK) as client:
            assert answered(await post(client, PostRequest(f"{base}/elsewhere", HOOK, b"{}"))).status == 307

    run(scenario())


class Receiver:
    """Answers the first request of each connection, not of those in `mute`; closes on the next."""

    def __init__(self, *mute: int) -> None:
        self.mute = mute
        self.requests: list[int] = []
        self.connections = 0

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        mine = self.connections
        while await read_request(reader):
            self.requests.append(mine)
            if mine in self.mute or self.requests.count(mine) > 1:
                return
            writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
            await writer.drain()


def test_a_kept_alive_connection_that_was_closed_costs_one_silent_resend() -> None:
    receiver = Receiver()

    async def scenario() -> None:
        async with raw_server(receiver.talk) as base, open_client(LOOPBACK) as client:
            for _ in range(2):
                assert answered(await post(client, PostRequest(base, HOOK, b"{}"))).status == 204

    run(scenario())
    assert receiver.requests == [1, 1, 2]


def test_a_new_connection_that_is_closed_is_not_tried_again() -> None:
    receiver = Receiver(1)

    async def scenario() -> None:
        async with raw_server(receiver.talk) as base, open_client(LOOPBACK) as client:
            answer = unanswered(await post(client, PostRequest(base, HOOK, b"{}")))
            assert (answer.kind, "without an answer" in answer.detail) == ("refused", True)

    run(scenario())
    assert receiver.requests == [1]


def test_a_resend_that_fails_too_is_the_last() -> None:
    receiver = Receiver(2)

    async def scenario() -> None:
        async with raw_server(receiver.talk) as base, open_client(LOOPBACK) as client:
            await post(client, PostRequest(base, HOOK, b"{}"))
            assert unanswered(await post(client, PostRequest(base, HOOK, b"{}"))).kind == "refused"

    run(scenario())
    assert receiver.requests == [1, 1, 2]
