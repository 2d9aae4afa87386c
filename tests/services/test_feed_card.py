"""A feed's card is learnt from what it published, steers how it is read, and yields to a person."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from shared.queue import Bell
from shared.sweep import learn_cards_now
from tests.services.command_line import CommandLine, command_line
from tests.services.line import Item, Line

BELL = Bell("redis://127.0.0.1:1/0")  # Nothing is rung here.
WIRES = ("Frachter gestoppt", "Hafen gesperrt", "Zoll findet Waffen", "Prozess beginnt")


def releases(*, guid: str = "") -> list[Item]:
    """Four releases of different words at addresses of their own, with new guids or all with one."""
    return [
        Item(
            guid or uuid4().hex,
            f"{title}.",
            f"{title}: " + " ".join(f"{title[::-1].lower()}{n}" for n in range(30)),
            f"https://press.example/{title[:4]}",
        )
        for title in WIRES
    ]


def learn(line: Line) -> None:
    line.do("UPDATE core.feed_cards SET learnt_at = now() - interval '2 days'")
    learn_cards_now(line.database, BELL)


def card(line: Line) -> tuple[object, ...]:
    (row,) = line.ask("SELECT guids, trusts_guids FROM feed_cards")
    return row


def published(line: Line, *documents: list[Item]) -> UUID:
    feed_id = line.feed()
    for items in documents:
        line.publish(feed_id, *items)
    line.do("UPDATE core.feeds SET last_changed_at = now()")
    learn(line)
    return feed_id


def test_guids_that_stay_are_trusted(line: Line) -> None:
    items = releases()
    published(line, items, items)
    assert card(line) == ("stable", True)
    assert "guids are stable" in str(line.one("SELECT words FROM feed_cards"))


def test_guids_that_change_at_every_fetch_are_found_out_and_no_more_trusted(line: Line) -> None:
    published(line, [replace(i, guid=f"{i.guid[:8]}-a") for i in releases()], releases())
    assert card(line) == ("churning", False)


def test_one_guid_for_all_is_found_out_and_no_more_trusted(line: Line) -> None:
    published(line, releases(guid="press"))
    assert card(line) == ("shared", False)
    assert line.one("SELECT count(*) FROM releases") == 4


def test_what_was_learnt_stays_and_the_items_seen_are_forgotten_once(line: Line) -> None:
    published(line, releases(guid="press"))
    assert line.ask("SELECT seen_items, rhythm FROM core.feeds") == [(b"", None)]
    line.do("UPDATE core.feeds SET seen_items = 'x'")
    learn(line)
    assert (card(line), line.one("SELECT seen_items FROM core.feeds")) == (("shared", False), b"x")


def test_a_feed_that_is_being_polled_is_read_as_before_until_the_poll_ends(line: Line) -> None:
    feed_id = line.feed()
    line.publish(feed_id, *releases(guid="press"))
    line.do("UPDATE core.feeds SET last_changed_at = now(), leased_until = now() + interval '1 minute'")
    learn(line)
    assert card(line) == ("shared", True)
    line.do("UPDATE core.feeds SET leased_until = NULL")
    learn(line)
    assert card(line) == ("shared", False)


@pytest.fixture
def tocsin(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> CommandLine:
    return command_line(database_url, monkeypatch, capsys)


def test_a_person_decides_against_what_was_learnt_and_lets_it_be_learnt_anew(
    line: Line, tocsin: CommandLine
) -> None:
    feed = str(published(line, releases(guid="press")))
    tocsin.capsys.readouterr()  # The sweep's own log.
    shown = tocsin("feed", "show", feed, "--json").json
    assert (shown["card"]["guids"], shown["trusts_guids"]) == ("shared", False)
    assert "one guid names several releases" in tocsin("feed", "show", feed).out
    assert tocsin("feed", "set", feed, "guids=trusted", "--json").json["trusts_guids"] is True
    learn(line)
    assert tocsin("feed", "show", feed, "--json").json["trusts_guids"] is True
    assert tocsin("feed", "set", feed, "guids=untrusted", "--json").json["trusts_guids"] is False
    anew = tocsin("feed", "set", feed, "guids=", "--json").json
    assert (anew["trusts_guids"], tocsin("feed", "show", feed, "--json").json["card"]) == (True, None)
    assert "takes trusted or untrusted" in tocsin.refused("feed", "set", feed, "guids=maybe")
