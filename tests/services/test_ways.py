"""One source alone by a proxy of its own, in HTTP/2, or trusting a certificate of its own; never past the guard."""

import asyncio
import hashlib
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_network
from pathlib import Path

import pytest
from aiohttp import web
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import RequestReceived

from shared.domain.web.answer import Answer, Answered, Unanswered
from shared.http import FetchRequest, Way, fetch, open_client
from tests.services.http_answers import FEED, LOOPBACK, feed, run
from tests.services.loopback import certificate, raw_server, read_request, site

NAME = "presse.example"


class Http2Site:
    """Answers every request in HTTP/2 with the feed, and remembers their headers and how many connections came."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.connections = 0

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        connection = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
        connection.initiate_connection()
        writer.write(connection.data_to_send())
        while received := await reader.read(65_536):
            for event in connection.receive_data(received):
                if isinstance(event, RequestReceived):
                    self._answer(connection, event)
            writer.write(connection.data_to_send())
        writer.close()

    def _answer(self, connection: H2Connection, event: RequestReceived) -> None:
        self.asked.append({str(name): str(value) for name, value in event.headers or ()})
        connection.send_headers(event.stream_id or 0, [(":status", "200"), ("etag", '"h2"')])
        connection.send_data(event.stream_id or 0, FEED, end_stream=True)


@asynccontextmanager
async def http2_site(tls: ssl.SSLContext) -> AsyncIterator[tuple[Http2Site, int]]:
    tls.set_alpn_protocols(["h2", "http/1.1"])
    answers = Http2Site()
    server = await asyncio.start_server(answers.talk, "127.0.0.1", 0, ssl=tls)
    try:
        yield answers, server.sockets[0].getsockname()[1]
    finally:
        server.close()


def pem_of(tls: ssl.SSLContext) -> str:
    (der,) = tls.get_ca_certs(binary_form=True)
    return ssl.DER_cert_to_PEM_cert(der)


async def ask(
    url: str, way: Way, *, allowed: object = LOOPBACK, at: str = "127.0.0.1", **client: object
) -> Answer:
    async with open_client(allowed, look_up=lambda _: (at,), **client) as opened:  # type: ignore[arg-type]
        return await fetch(opened, FetchRequest(url, way=way, timeout_seconds=5))


def test_a_source_is_asked_in_http_2_where_it_is_set(tmp_path: Path) -> None:
    async def scenario() -> None:
        server, trusted = certificate(tmp_path, NAME)
        async with http2_site(server) as (answers, port):
            way = Way(http2=True, trust=pem_of(trusted))
            answer = await ask(f"https://{NAME}:{port}/feed", way)
        assert isinstance(answer, Answered), answer
        assert (answer.body, answer.headers.get("etag"), answer.address) == (FEED, '"h2"', "127.0.0.1")
        assert answer.own_network
        assert answers.asked[0][":authority"] == f"{NAME}:{port}"
        assert answers.asked[0]["user-agent"].startswith("Tocsin/")

    run(scenario())


def test_two_names_at_one_address_share_no_connection_in_http_2(tmp_path: Path) -> None:
    async def scenario() -> None:
        server, trusted = certificate(tmp_path, NAME)
        way = Way(http2=True, trust=pem_of(trusted))
        async with (
            http2_site(server) as (answers, port),
            open_client(LOOPBACK, look_up=lambda _: ("127.0.0.1",)) as client,
        ):
            good = await fetch(client, FetchRequest(f"https://{NAME}:{port}/", way=way))
            other = await fetch(client, FetchRequest(f"https://andere.example:{port}/", way=way))
        assert isinstance(good, Answered)
        assert isinstance(other, Unanswered)
        assert (other.kind, other.detail) == ("tls", "the certificate is for another name")
        assert len(answers.asked) == 1

    run(scenario())


@pytest.mark.parametrize("http2", [True, False])
def test_no_way_leads_past_the_guard(tmp_path: Path, http2: bool) -> None:
    async def scenario() -> None:
        server, trusted = certificate(tmp_path, NAME)
        way = Way(http2=http2, trust=pem_of(trusted))
        async with http2_site(server) as (answers, port):
            for url in (f"https://{NAME}:{port}/", f"https://127.0.0.1:{port}/", f"https://0x7f.1:{port}/"):
                answer = await ask(url, way, allowed=(ip_network("10.0.0.0/8"),))
                assert isinstance(answer, Unanswered)
                assert answer.kind == "guarded"
        assert answers.connections == 0

    run(scenario())


def test_a_certificate_of_its_own_is_trusted_for_that_source_alone(tmp_path: Path) -> None:
    async def scenario() -> None:
        server, trusted = certificate(tmp_path, NAME)
        async with site(server, feed=feed) as base:
            url = base.replace("127.0.0.1", NAME) + "/feed"
            refused, taken = await ask(url, Way()), await ask(url, Way(trust=pem_of(trusted)))
        assert isinstance(refused, Unanswered)
        assert refused.kind == "tls"
        assert isinstance(taken, Answered)

    run(scenario())


def test_a_certificate_is_trusted_by_its_fingerprint_and_no_other(tmp_path: Path) -> None:
    async def scenario() -> None:
        server, trusted = certificate(tmp_path, "anything.example", days=-1)
        (der,) = trusted.get_ca_certs(binary_form=True)
        right = "sha256:" + hashlib.sha256(der).hexdigest()
        async with site(server, feed=feed) as base:
            url = base.replace("127.0.0.1", NAME) + "/feed"
            taken, refused = await ask(url, Way(trust=right)), await ask(url, Way(trust="sha256:" + "0" * 64))
        assert isinstance(taken, Answered), taken
        assert isinstance(refused, Unanswered)
        assert (refused.kind, refused.detail) == (
            "tls",
            f"the certificate is another than the one trusted: {right}",
        )

    run(scenario())


@pytest.mark.parametrize("http2", [False, True])
def test_a_source_goes_by_a_proxy_of_its_own(http2: bool) -> None:
    asked: list[bytes] = []

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await read_request(reader))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(FEED) + FEED)
        await writer.drain()

    async def scenario() -> None:
        async with raw_server(proxy) as address:
            way = Way(proxy=address, http2=http2)
            answer = await ask("http://press.example/feed", way, at="8.8.8.8")
        assert isinstance(answer, Answered), answer
        assert answer.body == FEED
        assert asked[0].startswith(b"GET http://press.example/feed HTTP/1.1")

    run(scenario())


def test_a_source_goes_without_the_proxy_of_all() -> None:
    async def scenario() -> None:
        async with site(feed=feed) as base:
            url = base.replace("127.0.0.1", NAME) + "/feed"
            answer = await ask(url, Way(proxy="direct"), proxy="http://127.0.0.1:1")
        assert isinstance(answer, Answered)

    run(scenario())


def test_servers_are_told_whom_to_write_to() -> None:
    async def name(request: web.Request) -> web.Response:
        return web.Response(text=request.headers["user-agent"])

    async def scenario() -> None:
        async with site(name=name) as base:
            for contact, said in (
                ("desk@newsroom.example", "Tocsin/0.1 (press-release feed reader; desk@newsroom.example)"),
                ("", "Tocsin/0.1 (press-release feed reader)"),
            ):
                answer = await ask(f"{base}/name", Way(), contact=contact)
                assert isinstance(answer, Answered)
                assert answer.body.decode() == said

    run(scenario())
