"""`tocsin listen`, `trigger`, `verify` and `schemas`: a receiver's engineer has what it takes."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest
from standardwebhooks import Webhook

from shared.domain.alerts.event_schemas import EVENTS
from shared.domain.alerts.signing import new_private_key, public_key
from tests.services.command_line import CommandLine, command_line
from tests.services.line import SECRET, Item, Line
from tests.services.thread_site import thread_site
from tests.unit.events import faults

OTHER = "whsec_YW5vdGhlciBzZWNyZXQgb2Ygb3Vycw=="
PRIVATE = new_private_key(bytes(range(32)))


@pytest.fixture
def tocsin(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> CommandLine:
    return command_line(database_url, monkeypatch, capsys)


def saved(tocsin: CommandLine, folder: Path, *options: str, event: str = "release.published") -> Path:
    path = folder / "request.json"
    path.write_text(tocsin("trigger", event, "--json", "--secret", SECRET, *options).out, encoding="utf-8")
    return path


@pytest.mark.parametrize("event", EVENTS)
def test_a_sample_of_every_event_is_verified_by_the_reference_library(
    tocsin: CommandLine, event: str
) -> None:
    request = tocsin("trigger", event, "--secret", SECRET, "--json").json
    told = Webhook(SECRET).verify(request["body"], request["headers"])
    assert told["type"] == event


def test_a_sample_without_a_secret_is_signed_with_a_new_one_that_is_shown(tocsin: CommandLine) -> None:
    request = tocsin("trigger", "release.published", "--json").json
    Webhook(request["secret"]).verify(request["body"], request["headers"])


def test_an_event_that_nobody_sends_is_refused_with_those_that_there_are(tocsin: CommandLine) -> None:
    assert "release.published" in tocsin.refused("trigger", "release.imagined")


def test_a_sample_is_posted_to_an_address_or_to_a_known_endpoint_in_its_format(tocsin: CommandLine) -> None:
    with thread_site({"/hook": (204, "text/plain", "")}) as site:
        tocsin("topic", "add", "crues", "crues")
        made = tocsin(
            "subscribe", "crues", f"{site.url}/hook", "--format", "discord", "--no-verify", "--json"
        ).json
        assert tocsin("trigger", "feed.gap", "--to", f"{site.url}/hook", "--json").json["status"] == 204
        assert tocsin("trigger", "feed.gap", "--to", made["endpoint_id"]).status == 0
    typed, known = site.posted
    assert json.loads(typed.body)["type"] == "feed.gap"
    assert "embeds" in json.loads(known.body)


def test_a_genuine_request_is_verified(tocsin: CommandLine, tmp_path: Path) -> None:
    path = saved(tocsin, tmp_path)
    assert "Genuine" in tocsin("verify", str(path), "--secret", SECRET).out
    assert tocsin("verify", str(path), "--secret", OTHER, "--secret", SECRET).status == 0


def test_an_ed25519_request_is_verified_with_the_public_key(tocsin: CommandLine, tmp_path: Path) -> None:
    key = public_key(PRIVATE)
    assert key
    path = saved(tocsin, tmp_path, "--secret", PRIVATE)
    assert tocsin("verify", str(path), "--secret", key).status == 0
    assert "whpk_" in tocsin.refused("verify", str(path), "--secret", SECRET)


def test_a_stale_request_is_named_by_its_time(tocsin: CommandLine, tmp_path: Path) -> None:
    path = saved(tocsin, tmp_path)
    assert "time wrong" in tocsin.refused("verify", str(path), "--secret", SECRET, "--at", "3h")


def test_a_missing_header_is_named(tocsin: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "request.http"
    path.write_text("webhook-id: msg_1\nwebhook-timestamp: 1\n\n{}", encoding="utf-8")
    assert "header wrong: webhook-signature missing" in tocsin.refused(
        "verify", str(path), "--secret", SECRET
    )


def test_with_json_the_wrong_part_is_a_field(tocsin: CommandLine, tmp_path: Path) -> None:
    ran = tocsin("verify", str(saved(tocsin, tmp_path)), "--secret", "nonsense", "--json")
    assert (ran.status, ran.json["verified"], ran.json["part"]) == (1, False, "secret")


@contextmanager
def listening(*options: str) -> Iterator[tuple[str, IO[str]]]:
    """Run `tocsin listen` as a process; gives its address and what it prints."""
    command = [sys.executable, "-m", "services.cli.main", "listen", "--port", "0", "--json", *options]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        assert process.stderr
        assert process.stdout
        try:
            yield process.stderr.readline().removeprefix("listening at ").strip(), process.stdout
        finally:
            process.terminate()


def test_what_arrives_is_printed_verified_kept_and_found_again_in_the_senders_books(
    line: Line, tocsin: CommandLine, tmp_path: Path
) -> None:
    with listening("--secret", SECRET, "--save", str(tmp_path)) as (url, printed):
        line.subscribe("terrorism", f"{url}hook")
        line.publish(line.feed(), Item("a"))
        tocsin("once")
        told = json.loads(printed.readline())

    assert told["verified"] is True
    body = json.loads(told["body"])
    assert faults(body) == []
    (path,) = tmp_path.glob("*.http")
    # Without a secret the books have it; with them a changed byte and a wrong secret are told apart.
    assert tocsin("verify", str(path)).status == 0
    assert "secret wrong" in tocsin.refused("verify", str(path), "--secret", OTHER)
    path.write_bytes(path.read_bytes().replace(b"freighter", b"fraighter", 1))
    assert "body wrong: the body was changed at byte" in tocsin.refused(
        "verify", str(path), "--secret", SECRET
    )
    assert "'eighter" in tocsin.refused("verify", str(path))


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_the_request_of_an_alert_is_a_command_that_sends_the_same_bytes(
    line: Line, tocsin: CommandLine
) -> None:
    with thread_site({"/hook": (204, "text/plain", "")}) as site:
        line.subscribe("terrorism", f"{site.url}/hook")
        line.publish(line.feed(), Item("a", title='The mayor\'s "port" $HOME `x`'))
        command = tocsin("alert", "show", str(line.one("SELECT id FROM alerts")), "--curl").out
        subprocess.run(["sh", "-c", command], check=True, capture_output=True)
    (posted,) = site.posted
    assert posted.body == bytes(line.one("SELECT payload FROM core.messages"))  # type: ignore[call-overload]
    assert posted.headers["webhook-id"] == line.one("SELECT webhook_id FROM core.messages")
    Webhook(SECRET).verify(posted.body, posted.headers)


def test_a_listener_passes_on_what_came_and_answers_what_it_was_answered(tocsin: CommandLine) -> None:
    with (
        thread_site({"/mine": (202, "text/plain", "thanks")}) as site,
        listening("--secret", SECRET, "--forward", f"{site.url}/mine") as (url, printed),
    ):
        sent = tocsin("trigger", "release.revised", "--to", url, "--secret", SECRET, "--json").json
        assert json.loads(printed.readline())["verified"] is True
    (passed,) = site.posted
    assert sent["status"] == 202
    assert passed.body.decode() == sent["body"]
    Webhook(SECRET).verify(passed.body, passed.headers)


def test_a_listener_refuses_what_another_secret_signed(tocsin: CommandLine) -> None:
    with listening("--secret", OTHER) as (url, printed):
        line = tocsin.refused("trigger", "feed.gap", "--to", url, "--secret", SECRET)
        assert json.loads(printed.readline())["verified"] is False
    assert "400" in line


def test_the_schema_of_an_event_is_printed(tocsin: CommandLine) -> None:
    assert tocsin("schemas", "feed.gap").json["title"] == "feed.gap"
    assert set(tocsin("schemas").json) == set(EVENTS)
    assert "feed.gap" in tocsin.refused("schemas", "feed.imagined")
