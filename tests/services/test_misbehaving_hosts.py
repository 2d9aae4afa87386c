"""The part of the misbehaving web that lies below HTTP: names, addresses, certificates, and our own side."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from services.ingest.poll import poll_feed
from shared.http import open_client
from shared.store.polls import PollRecord
from tests.services.loopback import certificate, raw_server
from tests.services.misbehaving.press import FEED
from tests.services.misbehaving.serving import always, serving
from tests.services.polling import BOUNDS, LOOPBACK, feed_at
from tests.services.test_misbehaving_web import NO_TLS

HOST = "presse.example"
LookUp = Callable[[str], tuple[str, ...]]
press_office = always(200, FEED)


def named(*addresses: str) -> LookUp:
    return lambda _: addresses


def at_name(url: str) -> str:
    return url.replace("127.0.0.1", HOST).replace("[::1]", HOST)


async def poll(url: str, look_up: LookUp, *, failures: int = 0, **client: object) -> PollRecord:
    async with open_client(LOOPBACK, look_up=look_up, **({"tls": NO_TLS} | client)) as opened:  # type: ignore[arg-type]
        return await poll_feed(opened, feed_at(url, failures=failures), BOUNDS)


@asynccontextmanager
async def secured(
    folder: Path, name: str, *, days: int = 2, trusted: bool = True
) -> AsyncIterator[PollRecord]:
    """Poll `HOST` behind a certificate for `name`, which the client trusts or not."""
    server, client = certificate(folder, name, days=days)
    async with serving(press_office, tls=server) as url:
        yield await poll(at_name(url), named("127.0.0.1"), tls=client if trusted else None)


@pytest.mark.parametrize(
    ("name", "days", "trusted", "outcome", "words"),
    [
        (HOST, 2, True, "changed", "2 new of 2"),
        (HOST, 2, False, "tls", "the certificate is signed by itself"),
        (HOST, -1, True, "tls", "the certificate has expired"),
        ("andere.example", 2, True, "tls", "the certificate is for another name"),
    ],
)
def test_a_certificate_that_proves_nothing_is_named(
    tmp_path: Path, name: str, days: int, trusted: bool, outcome: str, words: str
) -> None:
    async def scenario() -> None:
        async with secured(tmp_path, name, days=days, trusted=trusted) as record:
            assert (record.outcome, record.failures) == (outcome, int(outcome == "tls"))
            assert words in record.detail

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("said", "outcome", "words"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "tls", "the port does not speak TLS"),
        (b"220 mail.example ESMTP ready\r\n", "tls", "the port does not speak TLS"),
        (b"\x15\x03\x01\x00\x02\x02\x28", "tls", "the server refused the TLS handshake"),
        (b"", "refused", ""),
    ],
)
def test_a_port_that_speaks_no_tls_is_named(said: bytes, outcome: str, words: str) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(said)
        await writer.drain()

    async def scenario() -> None:
        async with raw_server(talk) as url:
            record = await poll(url.replace("http:", "https:"), named())
        assert record.outcome == outcome
        assert words in record.detail

    asyncio.run(scenario())


def test_a_name_that_is_not_known_is_dns() -> None:
    def unknown(_: str) -> tuple[str, ...]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    record = asyncio.run(poll(f"http://{HOST}/feed.xml", unknown))
    assert (record.outcome, record.detail) == ("dns", "the name does not resolve: Name or service not known")


def test_a_port_that_is_closed_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    record = asyncio.run(poll(f"http://127.0.0.1:{port}/", named()))
    assert (record.outcome, record.detail, record.failures) == ("refused", "connection refused", 1)


def test_a_name_with_an_ipv6_address_only_is_read() -> None:
    async def scenario() -> None:
        async with serving(press_office, host="::1") as url:
            record = await poll(at_name(url), named("::1"))
        assert record.outcome == "changed"

    asyncio.run(scenario())


def test_of_two_addresses_the_one_that_answers_is_read() -> None:
    async def scenario() -> None:
        async with serving(press_office) as url:
            record = await poll(at_name(url), named("::1", "127.0.0.1"))
        assert record.outcome == "changed"

    asyncio.run(scenario())


def test_a_name_that_leads_to_a_private_address_is_guarded() -> None:
    record = asyncio.run(poll(f"http://{HOST}/feed.xml", named("10.0.0.7")))
    assert (record.outcome, record.failures) == ("guarded", 1)
    assert "10.0.0.7 is private, and presse.example leads there" in record.detail


def test_a_failure_on_our_own_side_is_not_the_feeds() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        proxy = f"http://127.0.0.1:{taken.getsockname()[1]}"
    for failures in (0, 3):
        record = asyncio.run(poll("http://1.1.1.1/feed.xml", named(), failures=failures, proxy=proxy))
        assert (record.outcome, record.failures) == ("refused", failures)
        assert record.detail.startswith("on our side: our proxy is not reached")
