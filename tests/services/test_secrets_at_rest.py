"""Endpoints' secrets sealed with the operator's key, and ed25519 keys, whose public half anyone may read."""

import asyncio
import json
from uuid import UUID

import pytest
from aiohttp import web
from fastapi.testclient import TestClient
from standardwebhooks import Webhook

from services.api.app import make_app
from shared.domain.alerts.signing import is_signed_by
from shared.settings import load_settings
from tests.services.command_line import CommandLine, command_line
from tests.services.line import SECRET, Item, Line, ListeningBell
from tests.services.loopback import site
from tests.services.test_deliver import deliver
from tests.services.thread_site import Posted, thread_site

KEY, OTHER = "k" * 40, "o" * 40
HOOK = {"/hook": (204, "text/plain", "")}


@pytest.fixture
def tocsin(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> CommandLine:
    tocsin = command_line(database_url, monkeypatch, capsys)
    tocsin("topic", "add", "crues", "crues OR inondation")
    return tocsin


def held(line: Line) -> str:
    return str(line.ask("SELECT secret, previous_secret FROM core.endpoints"))


def is_genuine(posted: Posted, key: str) -> bool:
    headers = posted.headers
    return is_signed_by(
        key, headers["webhook-signature"], headers["webhook-id"], headers["webhook-timestamp"], posted.body
    )


def test_with_a_key_no_secret_stands_in_the_database_and_messages_are_signed_all_the_same(
    line: Line, tocsin: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOCSIN_SECRET_KEY", KEY)
    with thread_site(HOOK) as site:
        made = tocsin("subscribe", "crues", f"{site.url}/hook", "--json").json
        rotated = tocsin("endpoint", "rotate", made["endpoint_id"], "--json").json
        tocsin("subscription", "test", made["id"])
    assert "whsec_" not in held(line)
    for secret in (made["secret"], rotated["secret"]):
        assert secret not in held(line)
        Webhook(secret).verify(site.posted[-1].body, site.posted[-1].headers)


def test_a_key_that_is_set_later_seals_what_is_there_by_migrate(
    line: Line, tocsin: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    line.subscribe("terrorism")
    monkeypatch.setenv("TOCSIN_SECRET_KEY", KEY)
    assert tocsin("migrate", "--json").json["secrets_sealed"] == 1
    assert SECRET not in held(line)


def test_a_key_is_changed_by_naming_both_and_the_old_one_is_needed_no_more(
    line: Line, tocsin: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with thread_site(HOOK) as site:
        monkeypatch.setenv("TOCSIN_SECRET_KEY", KEY)
        made = tocsin("subscribe", "crues", f"{site.url}/hook", "--no-verify", "--json").json
        monkeypatch.setenv("TOCSIN_SECRET_KEY", f"{OTHER},{KEY}")
        tocsin("migrate")
        monkeypatch.setenv("TOCSIN_SECRET_KEY", OTHER)
        assert tocsin("subscription", "test", made["id"]).status == 0
    Webhook(made["secret"]).verify(site.posted[-1].body, site.posted[-1].headers)


def test_a_wrong_key_is_one_line_and_the_endpoint_waits(
    line: Line, tocsin: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = []

    async def take(_: web.Request) -> web.Response:
        taken.append(1)
        return web.Response()

    async def run() -> int:
        async with site(sealed=take, plain=take) as base:
            monkeypatch.setenv("TOCSIN_SECRET_KEY", KEY)
            sealed = tocsin("subscribe", "crues", f"{base}/sealed", "--no-verify", "--json").json
            plain = line.subscribe("terrorism", f"{base}/plain")
            line.publish(line.feed(), Item("a", body="Terrorism, crues, inondation."))
            return await deliver(line, UUID(sealed["endpoint_id"]), plain.endpoint_id)

    assert asyncio.run(run()) == 1
    assert len(taken) == 1
    assert line.ask("SELECT count(*) FROM endpoints WHERE reason LIKE '%TOCSIN_SECRET_KEY%'") == [(1,)]
    monkeypatch.setenv("TOCSIN_SECRET_KEY", OTHER)
    tocsin.capsys.readouterr()  # what the round logged
    said = tocsin("status", "--json").json["problems"]
    assert [line for line in said if "secrets of 1 endpoints do not open" in line]
    assert tocsin("migrate", "--json").json["secrets_sealed"] == 1


def test_a_key_that_is_too_short_is_refused(tocsin: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_SECRET_KEY", "geheim")
    assert "openssl rand" in tocsin.refused("topic", "list")


def test_an_endpoint_of_v1a_is_signed_for_with_a_key_whose_public_half_is_printed(
    tocsin: CommandLine,
) -> None:
    with thread_site(HOOK) as site:
        made = tocsin("subscribe", "crues", f"{site.url}/hook", "--signature", "v1a", "--json").json
    assert made["secret"] is None
    assert made["public_key"].startswith("whpk_")
    assert is_genuine(site.posted[0], made["public_key"])


def test_a_rotation_to_v1a_signs_by_both_for_a_day_and_keeps_the_scheme_after(tocsin: CommandLine) -> None:
    with thread_site(HOOK) as site:
        made = tocsin("subscribe", "crues", f"{site.url}/hook", "--json").json
        rotated = tocsin("endpoint", "rotate", made["endpoint_id"], "--signature", "v1a", "--json").json
        tocsin("subscription", "test", made["id"])
        again = tocsin("endpoint", "rotate", made["endpoint_id"], "--json").json
    Webhook(made["secret"]).verify(site.posted[-1].body, site.posted[-1].headers)
    assert is_genuine(site.posted[-1], rotated["public_key"])
    assert again["public_key"] not in {None, rotated["public_key"]}


def test_the_two_secrets_of_a_rotation_are_signed_with_for_a_week_at_most(tocsin: CommandLine) -> None:
    tocsin("subscribe", "crues", "https://desk.example/", "--no-verify")
    assert tocsin("endpoint", "rotate", "https://desk.example/", "--hours", "168").status == 0
    assert tocsin("endpoint", "rotate", "https://desk.example/", "--hours", "169").status == 2


def test_the_public_keys_stand_at_a_well_known_address_without_a_token(
    line: Line, tocsin: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    tocsin("subscribe", "crues", "https://a.example/", "--no-verify")
    made = tocsin(
        "subscribe", "crues", "https://b.example/", "--no-verify", "--signature", "v1a", "--json"
    ).json
    rotated = tocsin("endpoint", "rotate", made["endpoint_id"], "--json").json
    app = make_app(load_settings(api_token="t" * 20), line.database, ListeningBell())  # type: ignore[arg-type]

    answer = TestClient(app).get("/.well-known/webhook-keys")

    keys = answer.json()["keys"]
    assert [(key["whpk"], bool(key["until"])) for key in keys] == [
        (rotated["public_key"], False),
        (made["public_key"], True),
    ]
    assert {key["endpoint_id"] for key in keys} == {made["endpoint_id"]}
    assert len({key["kid"] for key in keys}) == 2
    assert "whsk_" not in json.dumps(keys)
