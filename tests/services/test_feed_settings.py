"""What is set for one feed is obeyed by its polls, and what its polls learn is kept and shown."""

import asyncio
import json
import ssl
from dataclasses import replace
from pathlib import Path

import pytest

from services.ingest.poll import MOST_KEPT_OF_A_FAILURE, poll_feed
from shared.domain.polling.feed_options import FeedOptions
from shared.http import open_client
from shared.queue import Bell
from shared.store.feeds import claim_due_feeds
from shared.store.polls import PollRecord, record_polls
from shared.sweep import judge_silences_now
from tests.services.command_line import CommandLine, command_line
from tests.services.line import Line
from tests.services.loopback import certificate
from tests.services.misbehaving import bodies, caching, documents, redirects, refusals
from tests.services.misbehaving.press import FEED
from tests.services.misbehaving.serving import Fault, Request, Wire, answer, serving
from tests.services.polling import BOUNDS, LOOPBACK, after, feed_at
from tests.services.test_misbehaving_web import NO_TLS

SECRETS = FeedOptions(headers=(("x-key", "geheim"),), cookies=(("sid", "abc"),), user_agent="Presse-Desk/1.0")


class Asked:
    """Serves the feed, after redirects where there are any, and remembers the requests."""

    def __init__(self, *redirects_to: str, status: int = 302) -> None:
        self.requests: list[Request] = []
        self.redirects = list(redirects_to)
        self.status = status

    async def __call__(self, request: Request, wire: Wire) -> None:
        self.requests.append(request)
        target = self.redirects.pop(0) if self.redirects else ""
        await wire.send(
            redirects.to(target, self.status, "Set-Cookie: step=1") if target else answer(200, FEED)
        )


def poll_once(fault: Fault, options: FeedOptions, **known: object) -> PollRecord:
    async def scenario() -> PollRecord:
        async with serving(fault) as url, open_client(LOOPBACK, tls=NO_TLS) as client:
            return await poll_feed(client, feed_at(url, options=options, **known), BOUNDS)

    return asyncio.run(scenario())


def test_the_request_goes_as_it_was_set() -> None:
    asked = Asked()
    poll_once(asked, SECRETS)
    (request,) = asked.requests
    sent = {name: request.headers[name] for name in ("user-agent", "x-key", "cookie")}
    assert sent == {"user-agent": "Presse-Desk/1.0", "x-key": "geheim", "cookie": "sid=abc"}


def test_a_cookie_of_the_feed_goes_along_with_those_set_on_the_way() -> None:
    asked = Asked("/weiter")
    poll_once(asked, SECRETS)
    assert asked.requests[1].headers["cookie"] == "step=1; sid=abc"


def test_secrets_do_not_follow_a_redirect_to_another_host() -> None:
    async def scenario() -> None:
        there = Asked()
        async with serving(there) as far, open_client(LOOPBACK, tls=NO_TLS) as client:
            here = Asked(far.replace("127.0.0.1", "localhost"))
            async with serving(here) as url:
                record = await poll_feed(client, feed_at(url, options=SECRETS), BOUNDS)
        assert record.outcome == "changed"
        assert "x-key" in here.requests[0].headers
        assert not {"x-key", "cookie"} & there.requests[0].headers.keys()
        assert there.requests[0].headers["user-agent"] == "Presse-Desk/1.0"

    asyncio.run(scenario())


@pytest.mark.parametrize(("options", "moves"), [(FeedOptions(), True), (SECRETS, False)])
def test_a_feed_with_secrets_does_not_move_to_another_host_for_good(
    options: FeedOptions, moves: bool
) -> None:
    async def scenario() -> None:
        async with serving(Asked()) as far, open_client(LOOPBACK, tls=NO_TLS) as client:
            new = far.replace("127.0.0.1", "localhost")
            async with serving(Asked(new, status=308)) as url:
                known = feed_at(url, options=options, moved_to=new, moved_times=2)
                record = await poll_feed(client, known, BOUNDS)
        assert (record.new_url == new) == moves

    asyncio.run(scenario())


def test_the_limits_of_one_feed_are_its_own() -> None:
    small = poll_once(Asked(), FeedOptions(max_bytes=1_000_000))
    assert small.outcome == "changed"
    assert (
        "the limit is 1000000" in poll_once(bodies.announced_26_mb, FeedOptions(max_bytes=1_000_000)).detail
    )
    assert "cut off" in poll_once(bodies.announced_26_mb, FeedOptions(max_bytes=30_000_000)).detail
    assert "no answer in 1 s" in poll_once(bodies.silent, FeedOptions(timeout_seconds=1)).detail


def test_the_bounds_of_one_feed_are_its_own() -> None:
    patient = poll_once(Asked(), FeedOptions(poll_min_seconds=7200))
    assert (patient.next_poll_at - patient.started_at).total_seconds() >= 7200
    eager = poll_once(refusals.with_status(500), FeedOptions(poll_max_seconds=30), failures=9)
    assert (eager.next_poll_at - eager.started_at).total_seconds() <= 35


def test_a_feed_without_conditions_is_asked_in_full() -> None:
    record = poll_once(caching.honest, FeedOptions())
    asked = Asked()
    knowing = after(feed_at("http://127.0.0.1/"), record)
    known = {name: getattr(knowing, name) for name in ("etag", "body_digest", "seen_items", "full_fetch_at")}
    poll_once(asked, FeedOptions(), **known, conditions_off="switched off by hand")
    poll_once(asked, FeedOptions(), **known)
    assert [request.conditional for request in asked.requests] == [False, True]


def poll_stored(line: Line, fault: Fault, times: int = 1) -> list[PollRecord]:
    """Claim, poll and record a feed on the database, as the poller does."""

    async def scenario() -> list[PollRecord]:
        async with serving(fault) as url, open_client(LOOPBACK, tls=NO_TLS) as client:
            feed_id, records = line.feed(url), []
            for _ in range(times):
                with line.database.begin() as transaction:
                    (feed,) = claim_due_feeds(transaction, line.presence.lease(60), most=1, among=[feed_id])
                record = await poll_feed(client, replace(feed, full_fetch_at=None), BOUNDS)
                with line.database.begin() as transaction:
                    record_polls(transaction, [record], host_gap_seconds=0, ring_after_seconds=0)
                records.append(record)
            return records

    return asyncio.run(scenario())


def test_the_start_of_a_failing_body_is_kept_for_the_last_failure(line: Line) -> None:
    async def long_pages(request: Request, wire: Wire) -> None:
        await wire.send(answer(200, f"<html>{request.number}".encode() + b" " * 100_000))

    poll_stored(line, long_pages, times=2)
    rows = line.ask("SELECT outcome, status, bytes, length(start), left(start, 7) FROM failing_bodies")
    assert rows == [("not_a_feed", 200, 100_007, MOST_KEPT_OF_A_FAILURE, "<html>2")]


def test_an_error_of_a_bridge_stores_nothing_and_moves_nothing(line: Line) -> None:
    poll_stored(line, documents.bridge_error, times=3)
    assert line.one("SELECT count(*) FROM fetches") == 0
    assert line.ask("SELECT DISTINCT outcome FROM polls") == [("error_item",)]
    assert line.ask("SELECT seen_items, failures FROM core.feeds") == [(b"", 3)]


def test_an_error_of_a_bridge_beside_news_is_refused_alone(line: Line) -> None:
    poll_stored(line, documents.bridge_error_beside_news)
    processed = line.process(line.one("SELECT id FROM fetches"))  # type: ignore[arg-type]
    assert processed
    assert line.ask("SELECT entries, new + settling, refused FROM fetches") == [(3, 2, 1)]
    assert "Bridge returned error 403!" in str(line.one("SELECT detail FROM fetches"))


def test_a_304_that_was_proved_wrong_ends_conditional_requests(line: Line) -> None:
    async def scenario() -> None:
        async with serving(caching.for_ever_304) as url, open_client(LOOPBACK, tls=NO_TLS) as client:
            feed_id, outcomes = line.feed(url), []
            for overdue in (False, False, True, False):
                if overdue:
                    line.do("UPDATE core.feeds SET full_fetch_at = now() - interval '25 hours'")
                with line.database.begin() as transaction:
                    (feed,) = claim_due_feeds(transaction, line.presence.lease(60), most=1, among=[feed_id])
                record = await poll_feed(client, feed, BOUNDS)
                with line.database.begin() as transaction:
                    record_polls(transaction, [record], host_gap_seconds=0, ring_after_seconds=0)
                outcomes.append(record.outcome)
            assert outcomes == ["changed", "not_modified", "changed", "changed"]

    asyncio.run(scenario())
    assert line.one("SELECT conditions_off FROM feed_settings") == (
        'answered 304 to ETag "1" although 1 entry is new'
    )


@pytest.fixture
def tocsin(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> CommandLine:
    return command_line(database_url, monkeypatch, capsys)


def test_a_feeds_settings_are_set_shown_masked_and_unset(tocsin: CommandLine) -> None:
    tocsin("feed", "add", "http://127.0.0.1:1/feed", "--no-check")
    set_to = tocsin(
        "feed",
        "set",
        "http://127.0.0.1:1/feed",
        "timeout=15s",
        "header.X-Key=geheim",
        "conditions=off",
        "--json",
    ).json
    assert set_to["options"] == {"timeout_seconds": 15, "headers": {"x-key": "***"}}
    assert set_to["conditions_off"] == "switched off by hand"
    shown = tocsin("feed", "show", "http://127.0.0.1:1/feed", "--json")
    assert "geheim" not in shown.out
    unset = ("timeout=", "header.X-Key=", "conditions=on")
    assert tocsin("feed", "set", "http://127.0.0.1:1/feed", *unset, "--json").json["options"] == {}
    assert tocsin("feed", "show", "http://127.0.0.1:1/feed", "--json").json["conditions_off"] == ""


def test_a_setting_that_cannot_be_is_one_line_and_changes_nothing(tocsin: CommandLine) -> None:
    tocsin("feed", "add", "http://127.0.0.1:1/feed", "--no-check")
    line = tocsin.refused("feed", "set", "http://127.0.0.1:1/feed", "timeout=15s", "colour=red")
    assert "colour: is no setting of a feed; there are user-agent" in line
    assert json.loads(tocsin("feed", "show", "http://127.0.0.1:1/feed", "--json").out)["options"] == {}


def test_a_source_is_reached_in_a_way_of_its_own(tocsin: CommandLine, tmp_path: Path) -> None:
    _, trusted = certificate(tmp_path, "presse.example")
    pem = tmp_path / "authority.pem"
    pem.write_text(ssl.DER_cert_to_PEM_cert(trusted.get_ca_certs(binary_form=True)[0]))
    feed = "http://127.0.0.1:1/feed"
    tocsin("feed", "add", feed, "--no-check")
    ways = ("proxy=http://desk:geheim@proxy.example:3128", "http=2", f"trust={pem}")
    assert tocsin("feed", "set", feed, *ways, "--json").json["options"] == {
        "proxy": "http://***@proxy.example:3128",
        "http": "2",
        "trust": "certificates",
    }
    assert "--- BEGIN" not in tocsin("feed", "show", feed).out
    unset = tocsin("feed", "set", feed, "proxy=", "http=", f"trust=SHA256:{'AB:' * 31}AB", "--json").json
    assert unset["options"] == {"trust": "sha256:" + "ab" * 32}


@pytest.mark.parametrize(
    ("assignments", "words"),
    [
        (("proxy=socks5://proxy:1080",), "takes the address of an HTTP proxy"),
        (("http=3",), "takes 1.1 or 2"),
        (("trust=sha256:abc",), "64 hexadecimal digits"),
        (("trust=/nowhere.pem",), "cannot be read"),
        (("http=2", "trust=sha256:" + "ab" * 32), "does not go with a fingerprint"),
    ],
)
def test_a_way_that_cannot_be_is_refused(
    tocsin: CommandLine, assignments: tuple[str, ...], words: str
) -> None:
    tocsin("feed", "add", "http://127.0.0.1:1/feed", "--no-check")
    assert words in tocsin.refused("feed", "set", "http://127.0.0.1:1/feed", *assignments)


def test_a_file_without_certificates_is_refused(tocsin: CommandLine, tmp_path: Path) -> None:
    tocsin("feed", "add", "http://127.0.0.1:1/feed", "--no-check")
    (tmp_path / "notes.txt").write_text("no certificate")
    line = tocsin.refused("feed", "set", "http://127.0.0.1:1/feed", f"trust={tmp_path / 'notes.txt'}")
    assert "holds no certificates" in line


def test_a_pause_ends_by_itself(line: Line, tocsin: CommandLine) -> None:
    tocsin("feed", "add", "http://127.0.0.1:1/feed", "--no-check")
    paused = tocsin("feed", "pause", "http://127.0.0.1:1/feed", "--until", "12h", "--json").json
    assert (paused["state"], paused["paused_until"] is None) == ("paused", False)
    judge_silences_now(line.database, Bell("redis://127.0.0.1:1/0"))
    assert line.one("SELECT state FROM feeds") == "paused"
    line.do("UPDATE core.feeds SET paused_until = now()")
    judge_silences_now(line.database, Bell("redis://127.0.0.1:1/0"))
    assert line.ask("SELECT state, next_poll_at <= now() FROM feeds") == [("active", True)]
    tocsin("feed", "pause", "http://127.0.0.1:1/feed")
    judge_silences_now(line.database, Bell("redis://127.0.0.1:1/0"))
    assert line.one("SELECT state FROM feeds") == "paused"
