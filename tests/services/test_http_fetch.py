"""Fetching over real sockets: conditional, bounded, following redirects."""

import asyncio
import gzip
import socket
from base64 import b64encode
from pathlib import Path

from aiohttp import web

from shared.domain.web.answer import Hop
from shared.http import FetchRequest, PostRequest, fetch, open_client, post
from tests.services.http_answers import (
    FEED,
    HOOK,
    LOOPBACK,
    answered,
    at_localhost,
    echo,
    feed,
    fetch_one,
    run,
    unanswered,
)
from tests.services.loopback import certificate, raw_server, read_request, site


def test_a_feed_is_fetched_with_its_headers_and_its_address() -> None:
    async def scenario() -> None:
        async with site(feed=feed) as base:
            answer = answered(await fetch_one(f"{base}/feed"))
        assert (answer.status, answer.body, answer.headers.get("ETag")) == (200, FEED, '"v1"')
        assert (answer.address, answer.own_network) == ("127.0.0.1", True)

    run(scenario())


def test_an_unchanged_feed_answers_304_without_a_body() -> None:
    async def scenario() -> None:
        async with site(feed=feed) as base, open_client(LOOPBACK) as client:
            answer = answered(await fetch(client, FetchRequest(f"{base}/feed", etag='"v1"')))
        assert (answer.status, answer.body, answer.own_network) == (304, b"", True)

    run(scenario())


def test_the_request_says_honestly_who_asks() -> None:
    async def scenario() -> None:
        async with site(echo=echo) as base:
            sent = answered(await fetch_one(f"{base}/echo")).body.decode()
        assert '"user-agent": "Tocsin/' in sent
        assert '"accept-encoding": "gzip, deflate, br, zstd"' in sent
        assert "if-none-match" not in sent

    run(scenario())


def test_a_packed_feed_is_unpacked() -> None:
    async def packed(_: web.Request) -> web.Response:
        return web.Response(body=gzip.compress(FEED), headers={"Content-Encoding": "gzip"})

    async def scenario() -> None:
        async with site(packed=packed) as base:
            answer = answered(await fetch_one(f"{base}/packed"))
        assert (answer.body, answer.wire_bytes) == (FEED, len(gzip.compress(FEED)))

    run(scenario())


def test_a_bomb_and_a_long_body_are_too_big() -> None:
    async def bomb(_: web.Request) -> web.Response:
        return web.Response(body=gzip.compress(b" " * 2_000_000), headers={"Content-Encoding": "gzip"})

    async def announced(_: web.Request) -> web.Response:
        return web.Response(body=b" " * 200_000)

    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b" " * 50_000)

    async def scenario() -> None:
        async with site(bomb=bomb, announced=announced, endless=endless) as base:
            for path in ("bomb", "announced", "endless"):
                answer = unanswered(await fetch_one(f"{base}/{path}", max_bytes=100_000))
                assert (path, answer.kind) == (path, "too_big")

    run(scenario())


def test_a_server_that_never_ends_is_too_slow_whether_it_trickles_or_is_silent() -> None:
    async def trickling(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b" ")
            await asyncio.sleep(0.02)

    async def silent(_: web.Request) -> web.Response:
        await asyncio.sleep(5)
        return web.Response()

    async def scenario() -> None:
        async with site(trickling=trickling, silent=silent) as base:
            for path, words in (("trickling", "bytes and no end in 0.2 s"), ("silent", "no answer in 0.2 s")):
                answer = unanswered(await fetch_one(f"{base}/{path}", timeout_seconds=0.2))
                assert answer.kind == "too_slow"
                assert words in answer.detail

    run(scenario())


def test_a_body_that_is_cut_off_says_where() -> None:
    async def cutting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n" + b"<rss>")
        await writer.drain()

    async def scenario() -> None:
        async with raw_server(cutting) as base:
            answer = unanswered(await fetch_one(base))
        assert (answer.kind, answer.detail) == ("refused", "cut off after 5 of 900 bytes")

    run(scenario())


def test_an_answer_that_is_not_http_is_refused() -> None:
    async def talking(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(b"220 mail.example ESMTP\r\n\r\n")
        await writer.drain()

    async def scenario() -> None:
        async with raw_server(talking) as base:
            answer = unanswered(await fetch_one(base))
        assert answer.kind == "refused"
        assert "not HTTP" in answer.detail

    run(scenario())


def test_a_closed_port_is_refused_and_an_unknown_name_is_dns() -> None:
    async def scenario() -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        closed = unanswered(await fetch_one(f"http://127.0.0.1:{port}/"))
        assert (closed.kind, closed.detail, closed.ours) == ("refused", "connection refused", False)
        for url in ("http://presse.invalid/", f"http://{'a' * 64}.invalid/", "http://a..invalid/"):
            assert unanswered(await fetch_one(url)).kind == "dns"

    run(scenario())


def test_a_slow_start_is_waited_for_within_the_fetchs_own_seconds() -> None:
    async def slow(_: web.Request) -> web.Response:
        await asyncio.sleep(0.3)
        return web.Response(body=FEED)

    async def scenario() -> None:
        async with site(slow=slow) as base, open_client(LOOPBACK) as client:
            client.http.timeout = 0.05  # The client's own, which must not count.
            assert answered(await fetch(client, FetchRequest(f"{base}/slow"))).body == FEED

    run(scenario())


def test_redirects_are_followed_and_told() -> None:
    async def old(_: web.Request) -> web.Response:
        return web.Response(status=301, headers={"Location": "/nouveau/../feed"})

    async def scenario() -> None:
        async with site(old=old, feed=feed) as base:
            answer = answered(await fetch_one(f"{base}/old"))
        assert (answer.body, answer.hops) == (FEED, (Hop(301, f"{base}/old"),))
        assert answer.moved_to == answer.url == f"{base}/feed"

    run(scenario())


def test_a_redirect_loop_ends_with_its_chain() -> None:
    async def around(_: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": "/around"})

    async def scenario() -> None:
        async with site(around=around) as base:
            answer = unanswered(await fetch_one(f"{base}/around", max_redirects=3))
        assert (answer.kind, len(answer.hops)) == ("redirects", 4)
        assert "/around → " in answer.detail

    run(scenario())


def test_a_loop_that_asks_for_a_cookie_is_left_and_the_cookie_forgotten() -> None:
    async def gate(request: web.Request) -> web.Response:
        if request.cookies.get("seen") == "1":
            return web.Response(body=FEED)
        return web.Response(status=302, headers={"Location": "/gate", "Set-Cookie": "seen=1"})

    async def scenario() -> None:
        async with site(gate=gate) as base, open_client(LOOPBACK) as client:
            for _ in range(2):
                answer = answered(await fetch(client, FetchRequest(f"{base}/gate")))
                assert (answer.body, len(answer.hops)) == (FEED, 1)

    run(scenario())


def test_a_location_that_nobody_can_read_ends_the_fetch_and_not_the_program() -> None:
    unreadable = (
        "//]",
        "http://[::1",
        "http://xn--a",
        "\x7f",
        "http://a:b:c/",
        "https://\\",
        "//" + "a" * 400,
    )
    asked = iter(unreadable)

    async def puzzling(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(f"HTTP/1.1 302 Trouvé\r\nLocation: {next(asked)}\r\nContent-Length: 0\r\n\r\n".encode())
        await writer.drain()

    async def scenario() -> None:
        async with raw_server(puzzling) as base:
            for location in unreadable:
                answer = unanswered(await fetch_one(base))
                assert (location, answer.kind in {"redirects", "guarded", "dns", "refused"}) == (
                    location,
                    True,
                )

    run(scenario())


def test_a_post_answered_with_an_unreadable_location_keeps_its_status() -> None:
    async def puzzling(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(b"HTTP/1.1 302 \xff\r\nLocation: //]\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()

    async def scenario() -> None:
        async with raw_server(puzzling) as base, open_client(LOOPBACK) as client:
            answer = answered(await post(client, PostRequest(base, HOOK, b"{}")))
        assert (answer.status, answer.headers.get("location")) == (302, "//]")

    run(scenario())


def test_secrets_stay_with_their_own_host() -> None:
    async def scenario() -> None:
        async def away(_: web.Request) -> web.Response:
            headers = {"Location": f"{at_localhost(base)}/echo", "Set-Cookie": "session=geheim"}
            return web.Response(status=302, headers=headers)

        async with site(away=away, echo=echo) as base, open_client(LOOPBACK) as client:
            own = (("X-Api-Key", "geheim"), ("Accept-Language", "de"))
            with_password = base.replace("//", "//presse:geheim@")
            at_home = answered(await fetch(client, FetchRequest(f"{with_password}/echo", headers=own)))
            elsewhere = answered(await fetch(client, FetchRequest(f"{with_password}/away", headers=own)))
        assert b64encode(b"presse:geheim") in at_home.body
        assert b'"x-api-key": "geheim"' in at_home.body
        for secret in (b"authorization", b"x-api-key", b"cookie", b"geheim"):
            assert secret not in elsewhere.body
        assert b'"accept-language": "de"' in elsewhere.body

    run(scenario())


def test_tls_failures_say_which(tmp_path: Path) -> None:
    expired, trust_expired = certificate(tmp_path, "localhost", days=-1)
    other, trust_other = certificate(tmp_path, "anderswo.example")
    _, trust_none = certificate(tmp_path, "niemand.example")
    failures = (
        (expired, trust_expired, "expired"),
        (other, trust_other, "for another name"),
        (other, trust_none, "signed by itself"),
    )

    async def scenario() -> None:
        for presented, trusted, words in failures:
            async with site(presented, feed=feed) as base, open_client(LOOPBACK, tls=trusted) as client:
                answer = unanswered(await fetch(client, FetchRequest(f"{at_localhost(base)}/feed")))
                assert answer.kind == "tls"
                assert words in answer.detail

    run(scenario())


def test_a_trusted_certificate_is_taken_and_a_plain_port_is_named(tmp_path: Path) -> None:
    presented, trusted = certificate(tmp_path, "localhost")

    async def scenario() -> None:
        async with site(presented, feed=feed) as base, open_client(LOOPBACK, tls=trusted) as client:
            assert answered(await fetch(client, FetchRequest(f"{at_localhost(base)}/feed"))).body == FEED
        async with site(feed=feed) as base:
            plain = unanswered(await fetch_one(base.replace("http:", "https:")))
            assert (plain.kind, plain.detail) == ("tls", "the port does not speak TLS")

    run(scenario())
