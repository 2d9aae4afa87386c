"""What a feed takes back, on a real database."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from services.worker.prepare import Prepared
from services.worker.process import process_fetches
from shared.domain.feeds.entry import Entry
from shared.domain.feeds.entry_key import entry_key
from shared.domain.releases.withdrawal import TakenBack
from shared.store.fetches import ClaimedFetch
from tests.services.line import Item, Line

TRIAL = Item(
    "a", "Four on trial", "Four men stand trial for terrorism in the harbour city, the prosecutor said."
)


def tombstone(line: Line, feed: UUID, guid: str) -> None:
    """Let a document hold nothing but the word that the feed has deleted an entry."""
    at = datetime(2026, 11, 1, 10, tzinfo=UTC)

    def prepare(fetch: ClaimedFetch, _: datetime) -> Prepared:
        taken = TakenBack(fetch.id, fetch.feed_id, entry_key(Entry(guid=guid)), "Sent in error", at)
        return Prepared(fetch, fetch.feed, (), taken_back=(taken,))

    process_fetches(
        line.database,
        line.presence,
        line.topics,
        [line.poll(feed, Item("any"))],
        settle_seconds=60,
        prepare=prepare,
    )


def publish(line: Line, feed: UUID, document: str) -> None:
    fetch = line.poll(feed, Item("any"))
    line.do("UPDATE core.fetches SET document = :it WHERE id = :id", it=document.encode(), id=fetch)
    line.process(fetch)


def notice(line: Line, feed: UUID, title: str, *, guid: str = "notice") -> None:
    publish(
        line,
        feed,
        "<rss version='2.0'><channel><title>Harbour police</title>"
        f"<item><guid isPermaLink='false'>{guid}</guid><title>{title}</title>"
        "<description>Editors, a later version may follow; this one was sent before its time and is not "
        "to be used.</description></item></channel></rss>",
    )


def messages(line: Line) -> list[dict[str, Any]]:
    rows = line.ask("SELECT payload FROM core.messages ORDER BY id")
    return [json.loads(bytes(row[0])) for row in rows]  # type: ignore[arg-type]


def published(line: Line) -> UUID:
    line.subscribe("terrorism")
    feed = line.feed()
    line.publish(feed, TRIAL)
    return feed


def test_a_tombstone_withdraws_the_release_and_keeps_its_text(line: Line) -> None:
    tombstone(line, published(line), "a")

    ((body, at, reason),) = line.ask("SELECT body, withdrawn_at, withdrawn_reason FROM releases")
    assert str(body).startswith("Four men stand trial")
    assert str(at).startswith("2026-11-01 10:00")
    assert reason == "Sent in error"


def test_those_who_were_told_hear_it_once_and_the_ledger_adds_up(line: Line) -> None:
    feed = published(line)
    line.subscribe("freighter", "https://other.example/hook")
    tombstone(line, feed, "a")
    tombstone(line, feed, "a")

    first, second = messages(line)
    assert (first["type"], second["type"]) == ("release.published", "release.withdrawn")
    assert second["data"]["withdrawn"]["reason"] == "Sent in error"
    assert second["data"]["match"] is None
    assert line.ask("SELECT topic, matched, pending, missing FROM ledger ORDER BY topic") == [
        ("freighter", 0, 0, 0),
        ("terrorism", 2, 2, 0),
    ]
    assert line.ask("SELECT revised, seen FROM fetches ORDER BY fetched_at") == [(0, 0), (1, 0), (0, 1)]


def test_another_carriers_tombstone_withdraws_nothing(line: Line) -> None:
    published(line)
    wire = line.feed("https://wire.example/feed")
    line.publish(wire, TRIAL)
    tombstone(line, wire, "a")

    assert line.one("SELECT withdrawn_at FROM releases") is None
    assert "not the first to carry" in str(
        line.one(
            "SELECT detail FROM fetches WHERE feed_id = :wire ORDER BY fetched_at DESC LIMIT 1", wire=wire
        )
    )


def test_a_wires_kill_of_a_title_withdraws_that_release_and_is_none_itself(line: Line) -> None:
    notice(line, published(line), "KILL: Four on trial a")

    assert line.ask("SELECT withdrawn_reason FROM releases") == [("KILL: Four on trial a",)]
    assert [m["type"] for m in messages(line)] == ["release.published", "release.withdrawn"]


def test_an_entry_that_turns_into_its_own_withdrawal_withdraws_the_release(line: Line) -> None:
    feed = published(line)
    notice(line, feed, "WITHDRAWN: Sent in error", guid="a")
    notice(line, feed, "WITHDRAWN: Sent in error", guid="a")

    ((body, revision),) = line.ask("SELECT body, revision FROM releases")
    assert str(body).startswith("Four men stand trial")
    assert revision == 2
    assert [m["type"] for m in messages(line)] == ["release.published", "release.withdrawn"]


def test_a_notice_that_names_nothing_known_is_a_release_like_any_other(line: Line) -> None:
    notice(line, published(line), "KILL: Quite another story")

    assert line.one("SELECT count(*) FROM releases") == 2
    assert line.one("SELECT count(*) FROM releases WHERE withdrawn_at IS NOT NULL") == 0


def test_what_is_published_again_in_new_words_is_withdrawn_no_longer(line: Line) -> None:
    feed = published(line)
    tombstone(line, feed, "a")
    line.publish(feed, Item("a", TRIAL.title, TRIAL.body.replace("Four", "Five")))

    assert line.ask("SELECT revision, withdrawn_at, withdrawn_reason FROM releases") == [(3, None, "")]
    assert [m["type"] for m in messages(line)][-1] == "release.revised"
