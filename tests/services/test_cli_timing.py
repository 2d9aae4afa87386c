"""When a subscription is told: the options of `subscribe` and `subscription edit`, `mute` and `unmute`."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.services.command_line import CommandLine, command_line

URL = "https://desk.example/hook"


@pytest.fixture
def tocsin(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> CommandLine:
    tocsin = command_line(database_url, monkeypatch, capsys)
    tocsin("topic", "add", "crues", "crues OR inondation")
    return tocsin


def subscribe(tocsin: CommandLine, *options: str) -> str:
    made: str = tocsin("subscribe", "crues", URL, "--no-verify", *options, "--json").json["id"]
    return made


def listed(tocsin: CommandLine) -> dict[str, object]:
    (row,) = tocsin("subscription", "list", "--json").json
    return dict(row)


def test_a_digest_in_a_zone_with_quiet_hours_and_a_time_to_live(tocsin: CommandLine) -> None:
    subscribe(tocsin, "--digest", "08:00", "--zone", "Europe/Paris", "--quiet", "22:00-07:00", "--ttl", "12h")
    row = listed(tocsin)
    assert (row["tells"], row["digest_at"], row["zone"]) == ("digest", "08:00", "Europe/Paris")
    assert (row["quiet_from"], row["quiet_to"], row["ttl_seconds"]) == ("22:00", "07:00", 12 * 3600)


def test_gathering_takes_the_place_of_a_digest_and_none_takes_back(tocsin: CommandLine) -> None:
    subscription = subscribe(tocsin, "--digest", "08:00", "--quiet", "22:00-07:00")
    said = tocsin("subscription", "edit", subscription, "--gather", "15").out
    assert "15 minutes after the first" in said
    row = tocsin("subscription", "edit", subscription, "--gather", "0", "--quiet", "none", "--json").json
    assert (row["tells"], row["digest_at"], row["quiet_from"]) == ("instant", None, None)


def test_an_edit_keeps_what_it_does_not_name(tocsin: CommandLine) -> None:
    subscription = subscribe(tocsin, "--digest", "08:00", "--ttl", "1d")
    row = tocsin("subscription", "edit", subscription, "--zone", "Asia/Tokyo", "--json").json
    assert (row["digest_at"], row["ttl_seconds"], row["zone"]) == ("08:00", 86_400, "Asia/Tokyo")


def test_a_subscription_is_muted_until_an_instant_and_unmuted(tocsin: CommandLine) -> None:
    subscription = subscribe(tocsin)
    row = tocsin("subscription", "mute", subscription, "--until", "3h", "--json").json
    muted_until = datetime.fromisoformat(row["muted_until"])
    assert timedelta(hours=2) < muted_until - datetime.now(UTC) <= timedelta(hours=3)
    assert tocsin("subscription", "unmute", subscription, "--json").json["muted_until"] is None


@pytest.mark.parametrize("options", [
    ("--digest", "8 o'clock"), ("--quiet", "at night"), ("--zone", "Mars/Olympus"), ("--ttl", "soon"),
])  # fmt: skip
def test_what_cannot_be_read_is_refused_and_nothing_is_subscribed(
    tocsin: CommandLine, options: tuple[str, str]
) -> None:
    assert options[1] in tocsin.refused("subscribe", "crues", URL, "--no-verify", *options)
    assert tocsin("subscription", "list", "--json").json == []


def test_an_edit_that_says_nothing_is_wrong_usage(tocsin: CommandLine) -> None:
    assert tocsin("subscription", "edit", subscribe(tocsin)).status == 2


def test_events_of_feeds_are_not_gathered(tocsin: CommandLine) -> None:
    line = tocsin.refused("subscribe", "feed.*", URL, "--no-verify", "--gather", "5")
    assert "one by one" in line


def test_a_subscription_is_told_each_story_once_where_it_asks_for_that(tocsin: CommandLine) -> None:
    subscription = subscribe(tocsin, "--per", "story")
    assert listed(tocsin)["per"] == "story"
    assert tocsin("subscription", "edit", subscription, "--per", "release", "--json").json["per"] == "release"
