"""`tocsin subscribe`, `subscription …` and `endpoint …`: receivers are greeted, then told."""

import json

import pytest
from standardwebhooks import Webhook

from tests.services.command_line import CommandLine, command_line
from tests.services.thread_site import Answers, Site, thread_site
from tests.unit.doors import refusal

RECEIVER: Answers = {
    "/hook": (204, "text/plain", ""),
    "/broken": (500, "text/plain", "out of order"),
    "/wary": (401, "text/plain", "unknown signature"),
}


@pytest.fixture
def tocsin(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> CommandLine:
    tocsin = command_line(database_url, monkeypatch, capsys)
    tocsin("topic", "add", "crues", "crues OR inondation")
    tocsin("topic", "add", "ports", "port")
    return tocsin


def subscribed(tocsin: CommandLine) -> list[tuple[str, str]]:
    return [(row["topic"], row["url"]) for row in tocsin("subscription", "list", "--json").json]


def test_a_new_endpoint_gets_a_secret_that_its_test_message_is_signed_with(tocsin: CommandLine) -> None:
    with thread_site(RECEIVER) as site:
        made = tocsin("subscribe", "crues", f"{site.url}/hook", "--json").json
    assert set(made) >= {"id", "topic_id", "endpoint_id", "secret"}
    (posted,) = site.posted
    told = Webhook(made["secret"]).verify(posted.body, posted.headers)
    assert told["type"] == "endpoint.test"
    assert "sequence" not in told["data"]
    assert subscribed(tocsin) == [("crues", f"{site.url}/hook")]


def test_the_test_message_stands_in_no_ledger(tocsin: CommandLine) -> None:
    with thread_site(RECEIVER) as site:
        made = tocsin("subscribe", "crues", f"{site.url}/hook", "--json").json
        shown = tocsin("endpoint", "show", made["endpoint_id"], "--json").json
    assert shown["deliveries"] == []


def test_the_same_subscription_again_is_fine_and_shows_no_secret(tocsin: CommandLine) -> None:
    with thread_site(RECEIVER) as site:
        made = tocsin("subscribe", "crues", f"{site.url}/hook", "--json").json
        again = tocsin("subscribe", "crues", f"{site.url}/hook", "--json").json
    assert (again["id"], again["secret"]) == (made["id"], None)
    assert len(site.posted) == 1


def test_a_known_endpoint_keeps_its_secret_for_another_topic(tocsin: CommandLine) -> None:
    with thread_site(RECEIVER) as site:
        made = tocsin("subscribe", "crues", f"{site.url}/hook", "--json").json
        other = tocsin("subscribe", "ports", f"{site.url}/hook", "--json").json
    assert (other["endpoint_id"], other["secret"]) == (made["endpoint_id"], None)
    Webhook(made["secret"]).verify(site.posted[-1].body, site.posted[-1].headers)


def test_a_receiver_that_fails_the_test_is_refused_and_nothing_is_stored(tocsin: CommandLine) -> None:
    with thread_site(RECEIVER) as site:
        line = tocsin.refused("subscribe", "crues", f"{site.url}/broken")
    assert "500" in line
    assert "out of order" in line
    assert "--no-verify" in line
    assert subscribed(tocsin) == []
    assert tocsin("endpoint", "list", "--json").json == []


def test_no_verify_subscribes_without_a_test(tocsin: CommandLine) -> None:
    with thread_site(RECEIVER) as site:
        made = tocsin("subscribe", "crues", f"{site.url}/broken", "--no-verify", "--json").json
    assert made["secret"].startswith("whsec_")
    assert site.posted == []


def test_a_new_receiver_that_distrusts_the_signature_is_there(tocsin: CommandLine) -> None:
    with thread_site(RECEIVER) as site:
        made = tocsin("subscribe", "crues", f"{site.url}/wary")
    assert made.status == 0
    assert "whsec_" in made.out
    assert "401" in made.out


def test_a_known_receiver_that_distrusts_the_signature_is_refused(tocsin: CommandLine) -> None:
    with thread_site(RECEIVER) as site:
        tocsin("subscribe", "crues", f"{site.url}/wary")
        assert "401" in tocsin.refused("subscribe", "ports", f"{site.url}/wary")


@pytest.mark.parametrize("url", ["ftp://hooks.example/", "hooks.example/alerts", "https://"])
def test_an_endpoint_is_an_http_address(tocsin: CommandLine, url: str) -> None:
    assert url in tocsin.refused("subscribe", "crues", url)


def test_a_chat_is_greeted_in_its_own_form(tocsin: CommandLine) -> None:
    with thread_site({"/hook": (200, "text/plain", "ok")}) as site:
        made = tocsin("subscribe", "crues", f"{site.url}/hook", "--format", "slack", "--json").json
        tocsin("subscription", "test", made["id"])
    for posted in site.posted:
        assert refusal("slack", posted.body) is None
        assert b"crues" in posted.body


def test_a_chat_that_refuses_the_greeting_is_named_with_its_reason(tocsin: CommandLine) -> None:
    with thread_site({"/hook": (410, "text/plain", "channel_is_archived")}) as site:
        line = tocsin.refused("subscribe", "crues", f"{site.url}/hook", "--format", "slack")
    assert "the channel is archived" in line


def test_a_format_that_does_not_exist_is_wrong_usage(tocsin: CommandLine) -> None:
    assert tocsin("subscribe", "crues", "https://hooks.example/", "--format", "fax").status == 2


def test_a_topic_that_nobody_watches_is_refused(tocsin: CommandLine) -> None:
    assert "tocsin topic list" in tocsin.refused("subscribe", "grèves", "https://hooks.example/")


def test_a_removed_subscription_is_listed_no_more(tocsin: CommandLine) -> None:
    made = tocsin("subscribe", "crues", "https://hooks.example/", "--no-verify", "--json").json
    assert tocsin("subscription", "remove", made["id"]).status == 0
    assert subscribed(tocsin) == []
    assert made["id"] in tocsin.refused("subscription", "remove", made["id"])


def test_the_path_of_a_chat_hook_is_masked_in_what_is_printed(tocsin: CommandLine) -> None:
    url = "https://hooks.slack.com/services/T0/B0/hushhush"
    made = tocsin("subscribe", "crues", url, "--no-verify")
    listed = tocsin("subscription", "list", "--json")
    assert "hushhush" not in made.out + listed.out


def test_a_subscription_is_tested_with_the_secret_of_its_endpoint(tocsin: CommandLine) -> None:
    with thread_site(RECEIVER) as site:
        made = tocsin("subscribe", "crues", f"{site.url}/hook", "--no-verify", "--json").json
        assert tocsin("subscription", "test", made["id"], "--json").json["status"] == 204
    Webhook(made["secret"]).verify(site.posted[0].body, site.posted[0].headers)
    assert json.loads(site.posted[0].body)["data"]["topic"]["name"] == "crues"


def test_a_failed_test_of_a_subscription_exits_one(tocsin: CommandLine) -> None:
    with thread_site(RECEIVER) as site:
        made = tocsin("subscribe", "crues", f"{site.url}/broken", "--no-verify", "--json").json
        assert "500" in tocsin.refused("subscription", "test", made["id"])


def test_while_a_secret_rotates_messages_carry_both_signatures(tocsin: CommandLine) -> None:
    with thread_site(RECEIVER) as site:
        made = tocsin("subscribe", "crues", f"{site.url}/hook", "--no-verify", "--json").json
        rotated = tocsin("endpoint", "rotate", f"{site.url}/hook", "--hours", "1", "--json").json
        tocsin("subscription", "test", made["id"])
    assert rotated["secret"] != made["secret"]
    for secret in (made["secret"], rotated["secret"]):
        assert verifies(secret, site)


def test_after_a_rotation_of_no_hours_only_the_new_secret_signs(tocsin: CommandLine) -> None:
    with thread_site(RECEIVER) as site:
        made = tocsin("subscribe", "crues", f"{site.url}/hook", "--no-verify", "--json").json
        tocsin("endpoint", "rotate", f"{site.url}/hook", "--hours", "0")
        tocsin("subscription", "test", made["id"])
    assert len(site.posted[0].headers["webhook-signature"].split()) == 1


def verifies(secret: str, site: Site) -> bool:
    return bool(Webhook(secret).verify(site.posted[-1].body, site.posted[-1].headers))


def test_an_endpoint_is_enabled_by_its_address(tocsin: CommandLine) -> None:
    tocsin("subscribe", "crues", "https://hooks.example/", "--no-verify")
    assert tocsin("endpoint", "enable", "https://hooks.example/", "--json").json["state"] == "active"


def test_an_endpoint_that_nobody_knows_is_refused(tocsin: CommandLine) -> None:
    assert "tocsin endpoint list" in tocsin.refused("endpoint", "enable", "https://nowhere.example/")


def test_the_secret_is_in_no_listing(tocsin: CommandLine) -> None:
    made = tocsin("subscribe", "crues", "https://hooks.example/", "--no-verify", "--json").json
    shown = tocsin("endpoint", "show", made["endpoint_id"], "--json")
    assert made["secret"] not in shown.out


def test_events_of_feeds_are_subscribed_to_like_a_topic(tocsin: CommandLine) -> None:
    with thread_site(RECEIVER) as site:
        made = tocsin("subscribe", "feed.*", f"{site.url}/hook", "--json").json
        again = tocsin("subscribe", "feed.*", f"{site.url}/hook", "--json").json
        tocsin("subscription", "test", made["id"])
        assert len(site.posted) == 2
        Webhook(made["secret"]).verify(site.posted[-1].body, site.posted[-1].headers)
    assert (made["event"], made["topic_id"], again["id"]) == ("feed.*", None, made["id"])
    assert subscribed(tocsin) == [("feed.*", f"{site.url}/hook")]
    assert "feed.*" in tocsin("subscription", "remove", made["id"]).out
    assert subscribed(tocsin) == []


def test_an_event_that_is_none_is_refused_with_those_there_are(tocsin: CommandLine) -> None:
    line = tocsin.refused("subscribe", "feed.quite", "http://127.0.0.1:1/hook")
    assert "feed.quiet" in line


def test_events_of_feeds_are_not_exported_with_the_topics(tocsin: CommandLine) -> None:
    tocsin("subscribe", "feed.quiet", "http://127.0.0.1:1/hook", "--no-verify")
    assert [topic["subscriptions"] for topic in tocsin("topic", "export", "--json").json] == [[], []]


def test_an_endpoint_is_given_limits_and_someone_who_hears_of_its_failures(tocsin: CommandLine) -> None:
    made = tocsin("subscribe", "crues", "https://desk.example/hook", "--no-verify", "--json").json
    other = tocsin("subscribe", "ports", "https://night.example/hook", "--no-verify", "--json").json
    row = tocsin(
        "endpoint", "edit", made["endpoint_id"], "--rate", "5", "--concurrency", "2",
        "--fallback", "https://night.example/hook", "--json",
    ).json  # fmt: skip
    assert (row["rate"], row["concurrency"], row["fallback_id"]) == (5.0, 2, other["endpoint_id"])
    row = tocsin("endpoint", "edit", made["endpoint_id"], "--rate", "0", "--fallback", "none", "--json").json
    assert (row["rate"], row["concurrency"], row["fallback_id"]) == (None, 2, None)


def test_an_endpoint_cannot_tell_of_its_own_failures(tocsin: CommandLine) -> None:
    made = tocsin("subscribe", "crues", "https://desk.example/hook", "--no-verify", "--json").json
    line = tocsin.refused("endpoint", "edit", made["endpoint_id"], "--fallback", "https://desk.example/hook")
    assert "name another endpoint" in line


def test_subscribing_shows_how_often_the_topic_is_going_to_ring(tocsin: CommandLine) -> None:
    with thread_site(RECEIVER) as site:
        out = tocsin("subscribe", "crues", f"{site.url}/hook").out
        unasked = tocsin("subscribe", "ports", f"{site.url}/hook", "--no-verify", "--json").json
    assert "forecast: " in out
    assert unasked["forecast"] is None
