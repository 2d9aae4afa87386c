"""The demo's two servers as they run: the feeds they serve, the webhooks they take, how they end."""

import asyncio
import io
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import feedparser
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from rich.console import Console
from standardwebhooks import Webhook

from services.demo.press_office import press_office_app
from services.demo.programme import Programme, demo_feed_urls
from services.demo.receiver import Receiver, receiver_app

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NOON = datetime(2026, 11, 24, 12, 0, 0, 500_000, tzinfo=UTC)
ROOT = Path(__file__).parents[2]

Client = Callable[[aiohttp.ClientSession, str], Awaitable[Any]]


def against(app: web.Application, client: Client) -> Any:
    """Run `client(session, base)` against the application on a free port."""

    async def run() -> Any:
        async with TestServer(app) as server, aiohttp.ClientSession(auto_decompress=False) as session:
            return await client(session, str(server.make_url("")).rstrip("/"))

    return asyncio.run(run())


def office(now: Callable[[], datetime] = lambda: NOON) -> web.Application:
    return press_office_app(Programme(7, 3.0, datetime(2026, 11, 24, 11, 0, tzinfo=UTC)), now)


async def fetch_all(session: aiohttp.ClientSession, base: str) -> list[bytes]:
    plain = {"Accept-Encoding": "identity"}
    return [await (await session.get(url, headers=plain)).read() for url in demo_feed_urls(base)]


def test_the_five_feeds_are_well_formed_full_and_dated() -> None:
    for body in against(office(), fetch_all):
        feed = feedparser.parse(io.BytesIO(body))
        assert not feed.bozo
        assert len(feed.entries) == 20
        assert all(entry.id and entry.title and entry.link for entry in feed.entries)
        assert all(entry.content[0].value.count("<p>") >= 5 for entry in feed.entries)


def test_publication_is_told_to_the_millisecond_in_rss_and_atom() -> None:
    for body in against(office(), fetch_all):
        entries = feedparser.parse(io.BytesIO(body)).entries
        assert [entry for entry in entries if re.search(r":\d\d\.\d{3}Z$", entry.published)] == entries != []


def test_an_rss_date_in_whole_seconds_agrees_with_the_precise_one() -> None:
    rss = against(office(), fetch_all)[0].decode()
    spoken = re.search(r"<pubDate>\w+, (\d+) Nov 2026 (\S+) GMT</pubDate><dcterms:issued>(\S+?)\.", rss)
    assert spoken
    assert spoken[3] == f"2026-11-{spoken[1]}T{spoken[2]}"


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
@pytest.mark.parametrize(
    ("answered", "asked"), [("ETag", "If-None-Match"), ("Last-Modified", "If-Modified-Since")]
)
def test_a_feed_that_did_not_change_is_answered_with_304_and_no_body(
    answered: str, asked: str, encoding: str
) -> None:
    async def ask_twice(session: aiohttp.ClientSession, base: str) -> tuple[int, bytes, bool]:
        url, headers = demo_feed_urls(base)[0], {"Accept-Encoding": encoding}
        first = await session.get(url, headers=headers)
        second = await session.get(url, headers=headers | {asked: first.headers[answered]})
        return second.status, await second.read(), second.headers["ETag"] == first.headers["ETag"]

    assert against(office(), ask_twice) == (304, b"", True)


def test_a_changed_feed_is_answered_in_full_whatever_the_date_says() -> None:
    instants = iter([NOON, datetime(2026, 11, 24, 12, 1, tzinfo=UTC)])

    async def ask_twice(session: aiohttp.ClientSession, base: str) -> int:
        url = demo_feed_urls(base)[0]
        first = await session.get(url)
        # The tag decides where both are sent (RFC 9110, 13.2.2), even beside a date in the future.
        asked = {"If-None-Match": first.headers["ETag"], "If-Modified-Since": "Wed, 25 Nov 2026 00:00:00 GMT"}
        return (await session.get(url, headers=asked)).status

    assert against(office(lambda: next(instants)), ask_twice) == 200


def test_gzip_is_sent_to_those_who_ask_and_under_its_own_tag() -> None:
    async def ask(session: aiohttp.ClientSession, base: str) -> tuple[aiohttp.ClientResponse, bytes, bytes]:
        url = demo_feed_urls(base)[1]
        plain = await session.get(url, headers={"Accept-Encoding": "identity"})
        zipped = await session.get(url, headers={"Accept-Encoding": "gzip"})
        assert plain.headers["ETag"] != zipped.headers["ETag"]
        return zipped, await plain.read(), await zipped.read()

    zipped, plain_body, zipped_body = against(office(), ask)
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert zipped.headers["Vary"] == "Accept-Encoding"
    assert len(zipped_body) < len(plain_body) / 2


def test_every_link_of_every_feed_opens_a_page_with_the_title() -> None:
    async def follow(session: aiohttp.ClientSession, base: str) -> int:
        followed = 0
        for body in await fetch_all(session, base):
            for entry in feedparser.parse(io.BytesIO(body)).entries[:3]:
                page = await session.get(entry.link, headers={"Accept-Encoding": "identity"})
                assert page.status == 200
                assert "<article><h1>" in await page.text()
                followed += 1
        return followed

    assert against(office(), follow) == 15


def test_the_front_page_lists_the_feeds_and_an_unknown_release_is_404() -> None:
    async def look(session: aiohttp.ClientSession, base: str) -> tuple[str, int]:
        front = await (await session.get(f"{base}/")).text()
        return front, (await session.get(f"{base}/parquet-national/nothing-1")).status

    front, missing = against(office(), look)
    assert front.count('rel="alternate"') == 5
    assert missing == 404


def payload(title: str = "Oil spill off Dunmarrow") -> str:
    release = {
        "title": title,
        "language": "en",
        "publisher": "Office of Sanctions",
        "published_at": NOON.isoformat(),
    }
    found = [{"clause": "spill", "text": "spill", "field": "title", "zone": "title", "start": 4, "end": 9}]
    data = {"topic": {"name": "Oil spills"}, "release": release, "match": {"evidence": found}, "sequence": 1}
    return json.dumps({"type": "release.published", "data": data})


def signed(body: str, secret: str = SECRET, webhook_id: str = "msg_1") -> dict[str, str]:
    now = datetime.now(UTC)
    signature = Webhook(secret).sign(webhook_id, now, body)
    stamp = str(int(now.timestamp()))
    return {"webhook-id": webhook_id, "webhook-timestamp": stamp, "webhook-signature": signature}


def receiver(tmp_path: Path, secrets: str = SECRET) -> tuple[Receiver, io.StringIO]:
    (tmp_path / "secrets").write_text(secrets + "\n", encoding="utf-8")
    printed = io.StringIO()
    return Receiver(tmp_path / "secrets", Console(file=printed, soft_wrap=True), lambda: NOON), printed


def test_a_signed_post_is_accepted_printed_and_listed(tmp_path: Path) -> None:
    taker, printed = receiver(tmp_path)

    async def send(session: aiohttp.ClientSession, base: str) -> tuple[int, object]:
        answer = await session.post(f"{base}/hooks/press", data=payload().encode(), headers=signed(payload()))
        return answer.status, await (await session.get(f"{base}/alerts")).json()

    status, listed = against(receiver_app(taker), send)
    assert status == 204
    assert printed.getvalue().splitlines()[:2] == [
        "✓ Oil spills · 0 ms after publication",
        "  Oil spill off Dunmarrow",
    ]
    assert listed == [
        {
            "id": "msg_1",
            "verified": True,
            "type": "release.published",
            "topic": "Oil spills",
            "title": "Oil spill off Dunmarrow",
            "repeated": False,
            "ms_since_publication": 0,
        }
    ]


def test_an_altered_post_is_refused_with_400_and_one_line(tmp_path: Path) -> None:
    taker, printed = receiver(tmp_path)

    async def send(session: aiohttp.ClientSession, base: str) -> tuple[int, str]:
        altered = payload("Nothing happened").encode()
        answer = await session.post(base, data=altered, headers=signed(payload()))
        return answer.status, await answer.text()

    assert against(receiver_app(taker), send) == (400, "refused: No matching signature found\n")
    assert printed.getvalue().count("\n") == 1
    assert "msg_1" in printed.getvalue()
    assert [alert.verified for alert in taker.alerts] == [False]


def test_the_same_webhook_id_twice_is_marked_as_a_repeat(tmp_path: Path) -> None:
    taker, printed = receiver(tmp_path)

    async def send(session: aiohttp.ClientSession, base: str) -> None:
        for _ in range(2):
            await session.post(base, data=payload().encode(), headers=signed(payload()))

    against(receiver_app(taker), send)
    assert [alert.repeated for alert in taker.alerts] == [False, True]
    assert "repeat of msg_1" in printed.getvalue()


def test_a_refused_post_does_not_make_the_good_one_after_it_a_repeat(tmp_path: Path) -> None:
    taker, _ = receiver(tmp_path)

    async def send(session: aiohttp.ClientSession, base: str) -> None:
        await session.post(base, data=b"{}", headers=signed(payload()))
        await session.post(base, data=payload().encode(), headers=signed(payload()))

    against(receiver_app(taker), send)
    assert [(alert.verified, alert.repeated) for alert in taker.alerts] == [(False, False), (True, False)]


def test_a_secret_written_after_the_start_is_known_at_the_next_post(tmp_path: Path) -> None:
    taker, _ = receiver(tmp_path, secrets="")

    async def send(session: aiohttp.ClientSession, base: str) -> list[int]:
        before = await session.post(base, data=payload().encode(), headers=signed(payload()))
        taker.secret_file.write_text(SECRET + "\n", encoding="utf-8")
        after = await session.post(base, data=payload().encode(), headers=signed(payload()))
        return [before.status, after.status]

    assert against(receiver_app(taker), send) == [400, 204]


@contextmanager
def started(call: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start one of the servers as a process of its own; gives it and the base URL it prints."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    code = f"from pathlib import Path; from services.demo import press_office, receiver; {call}"
    with subprocess.Popen(
        [sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout
            found = re.search(r"http://\S+?(?=/\s)", process.stdout.readline())
            assert found
            yield process, found[0]
        finally:
            process.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize(
    ("call", "path"),
    [
        ("press_office.run_press_office('127.0.0.1', 0, 2.0)", "/"),
        ("receiver.run_receiver('127.0.0.1', 0, Path('no-such-file'))", "/health"),
    ],
)
def test_a_server_answers_until_a_signal_and_then_ends_cleanly(
    call: str, path: str, number: signal.Signals
) -> None:
    async def status(url: str) -> int:
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            return answer.status

    with started(call) as (process, base):
        assert asyncio.run(status(base + path)) == 200
        process.send_signal(number)
        assert process.wait(timeout=20) == 0
