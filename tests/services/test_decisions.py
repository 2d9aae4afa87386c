"""Merging, splitting and erasing by hand, on a real database and through the command line."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from shared.clock import now
from shared.domain.alerts.payload import ReleaseFacts
from shared.domain.topics.evidence import TopicMatch, TopicQuery
from shared.store.alerts import MatchedText, record_filled_matches
from shared.store.holding import tell_held
from shared.store.subscriptions import add_subscription
from shared.store.topics import add_topic
from shared.sweep import tell_what_is_due
from tests.services.command_line import CommandLine, command_line
from tests.services.line import SECRET, Item, Line
from tests.services.test_settle import Teaser, page, publish, run
from tests.unit.test_near_copy import BODY, WIRED

OWN = Item("a", "Northern quay closes for repairs", BODY, "https://port.example/quay")
TOLD_ANEW = (
    "Ferry passengers between Larvik and Hirtshals will board at the container terminal this spring. Cracks "
    "were found in the piles of the northern quay, and the port has to repair it before the summer season."
)
OTHER = Item("b", "Ferries move to the container terminal", TOLD_ANEW, "https://gazette.example/ferries")
NO_LONGER = Item("a", OWN.title, "The quay is closed until the summer. Trains run as usual.", OWN.url)
COPY = Item("b", "Larvik shuts quay", WIRED, "https://wire.example/4711")


@pytest.fixture
def tocsin(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> CommandLine:
    return command_line(database_url, monkeypatch, capsys)


def two_releases(line: Line) -> tuple[UUID, UUID]:
    """Publish one event in two publishers' words: two releases, told to one subscription."""
    line.subscribe("ferries OR ferry", name="Ferries")
    line.publish(line.feed("https://port.example/feed"), OWN, publisher="Port of Larvik")
    line.publish(line.feed("https://gazette.example/feed"), OTHER, publisher="The Gazette")
    first, second = line.ask("SELECT id FROM releases ORDER BY id")
    return first[0], second[0]  # type: ignore[return-value]


def one_release_with_a_copy(line: Line) -> UUID:
    line.subscribe("ferries", name="Ferries")
    line.publish(line.feed("https://port.example/feed"), OWN, publisher="Port of Larvik")
    line.publish(line.feed("https://wire.example/feed"), COPY, publisher="Nordic Wire")
    return line.one("SELECT id FROM releases")  # type: ignore[return-value]


def ledger(line: Line) -> list[tuple[object, ...]]:
    return line.ask("SELECT matched, pending, cancelled, missing FROM ledger")


def again(line: Line, site: str, item: Item, publisher: str) -> None:
    line.publish(line.feed(f"https://{site}/feed"), item, publisher=publisher)


def test_a_merge_moves_the_sightings_and_what_would_ring_twice_is_cancelled(
    line: Line, tocsin: CommandLine
) -> None:
    kept, gone = two_releases(line)

    moved = tocsin("release", "merge", str(kept), str(gone), "--json").json

    assert moved == {"release_id": str(kept), "sightings": 1, "cancelled": 1}
    assert line.ask("SELECT id, feed_count FROM releases") == [(kept, 2)]
    assert line.ask("SELECT state, reason FROM alerts ORDER BY created_at") == [
        ("pending", ""),
        ("cancelled", "merged"),
    ]
    assert ledger(line) == [(2, 1, 1, 0)]
    assert line.ask("SELECT kind, release_id, other_id FROM decisions") == [("merge", kept, gone)]


def test_a_merge_holds_against_later_sightings_of_what_went(line: Line, tocsin: CommandLine) -> None:
    kept, gone = two_releases(line)
    tocsin("release", "merge", str(kept), str(gone))

    changed = Item("b", OTHER.title, TOLD_ANEW.replace("this spring", "in May"), OTHER.url)
    again(line, "gazette.example", changed, "The Gazette")
    carried = Item("z", OTHER.title, TOLD_ANEW, "https://second.example/1")
    again(line, "second.example", carried, "Second Wire")

    assert line.ask("SELECT id, feed_count FROM releases") == [(kept, 3)]
    assert line.one("SELECT count(*) FROM alerts") == 2


def test_a_text_filled_in_late_revises_what_was_told_of_the_merged_one(
    line: Line, tocsin: CommandLine
) -> None:
    topic = line.subscribe("summer AND cracks", name="Cracks").topic_id
    line.publish(line.feed("https://port.example/feed"), NO_LONGER, publisher="Port of Larvik")
    line.publish(line.feed("https://gazette.example/feed"), OTHER, publisher="The Gazette")
    kept, gone = (row[0] for row in line.ask("SELECT id FROM releases ORDER BY id"))
    tocsin("release", "merge", str(kept), str(gone))

    facts = ReleaseFacts(str(kept), OWN.url, OWN.title, "", "en", "", "Port of Larvik", now(), revision=1)
    filled = MatchedText(facts, (TopicMatch(str(topic), 1, (), "cracks"),))
    topics = {str(topic): TopicQuery(str(topic), "Cracks", "summer AND cracks")}
    with line.database.begin() as transaction:
        record_filled_matches(transaction, filled, topics, version=1, now=now())

    assert line.ask("SELECT type FROM core.messages ORDER BY id") == [
        ("release.published",),
        ("release.revised",),
    ]


def test_a_page_that_is_a_near_copy_of_what_went_is_a_sighting_of_what_was_kept(
    line: Line, tocsin: CommandLine
) -> None:
    own, other = two_releases(line)
    tocsin("release", "merge", str(other), str(own))
    wire = line.feed("https://wire.example/feed")
    teaser = "Larvik shuts quay, the wire says in a summary of its own, and tells the rest on its page."

    run(
        line,
        lambda: page(*WIRED.split("\n"), title="Larvik shuts quay"),
        lambda url: [lambda: publish(line, wire, Teaser("b", url, "Larvik shuts quay", teaser))],
    )

    assert line.ask("SELECT id, feed_count FROM releases") == [(other, 3)]
    assert line.one("SELECT count(*) FROM alerts") == 2


def test_a_merged_release_is_named_where_it_went(line: Line, tocsin: CommandLine) -> None:
    kept, gone = two_releases(line)
    tocsin("release", "merge", str(kept), str(gone))

    assert "tocsin release list" in tocsin.refused("release", "merge", str(kept), str(gone))
    assert "one release already" in tocsin.refused("release", "merge", str(kept), str(kept))


def test_a_correction_for_those_told_of_what_was_merged_alone_is_owed_in_the_ledger_too(
    line: Line, tocsin: CommandLine
) -> None:
    kept, gone = second_told_alone(line)
    tocsin("release", "merge", str(kept), str(gone))
    again(line, "port.example", NO_LONGER, "Port of Larvik")

    assert line.ask("SELECT release_id, revision FROM alerts ORDER BY created_at") == [(gone, 1), (kept, 2)]
    assert line.ask("SELECT matched, missing FROM ledger") == [(2, 0)]
    tocsin("release", "split", str(kept))
    assert line.ask("SELECT matched, missing FROM ledger") == [(2, 0)]


def test_a_correction_from_before_a_merge_is_not_owed_after_it(line: Line, tocsin: CommandLine) -> None:
    kept, gone = second_told_alone(line)
    again(line, "port.example", NO_LONGER, "Port of Larvik")
    tocsin("release", "merge", str(kept), str(gone))

    assert line.ask("SELECT matched, missing FROM ledger") == [(1, 0)]


def second_told_alone(line: Line) -> tuple[UUID, UUID]:
    """Publish two releases that match; the subscription is made between them."""
    with line.database.begin() as transaction:
        topic = add_topic(transaction, "Ferries", "ferries OR ferry")
    line.publish(line.feed("https://port.example/feed"), OWN, publisher="Port of Larvik")
    with line.database.begin() as transaction:
        add_subscription(transaction, topic.id, "https://desk.example/hook", SECRET)
    line.publish(line.feed("https://gazette.example/feed"), OTHER, publisher="The Gazette")
    first, second = line.ask("SELECT id FROM releases ORDER BY id")
    return first[0], second[0]  # type: ignore[return-value]


def test_splitting_a_merge_gives_each_its_own_back_and_rings_nothing(line: Line, tocsin: CommandLine) -> None:
    kept, gone = two_releases(line)
    tocsin("release", "merge", str(kept), str(gone))
    told = line.one("SELECT count(*) FROM core.messages")

    tocsin("release", "split", str(kept))
    again(line, "gazette.example", OTHER, "The Gazette")
    again(line, "port.example", OWN, "Port of Larvik")

    assert line.ask("SELECT id, feed_count FROM releases ORDER BY id") == [(kept, 1), (gone, 1)]
    assert line.one("SELECT count(*) FROM core.messages") == told
    assert line.one("SELECT count(*) FROM sightings WHERE reason LIKE 'merged%'") == 0


def test_a_split_off_sighting_is_a_release_of_its_own_for_good(line: Line, tocsin: CommandLine) -> None:
    release = one_release_with_a_copy(line)
    (made,) = tocsin("release", "split", str(release), "--json").json["releases"]

    again(
        line,
        "wire.example",
        Item("b", COPY.title, WIRED + " Trains are not affected.", COPY.url),
        "Nordic Wire",
    )

    assert line.ask("SELECT id, feed_count, revision FROM releases ORDER BY first_seen_at, id") == [
        (release, 1, 1),
        (UUID(made["release_id"]), 1, 2),
    ]
    assert str(line.one("SELECT title FROM releases WHERE revision = 2")).startswith("Larvik shuts quay")
    assert line.one("SELECT count(*) FROM ledger WHERE missing <> 0") == 0


def test_a_split_names_the_feeds_where_it_is_not_plain(line: Line, tocsin: CommandLine) -> None:
    release = one_release_with_a_copy(line)
    again(line, "second.example", Item("c", COPY.title, WIRED, "https://second.example/1"), "Second Wire")

    refused = tocsin.refused("release", "split", str(release))
    assert "https://second.example/feed" in refused
    assert tocsin("release", "split", str(release), "https://second.example/feed").status == 0
    assert line.one("SELECT count(*) FROM releases") == 2


def test_an_erased_release_leaves_its_digests_and_nothing_of_its_words(
    line: Line, tocsin: CommandLine
) -> None:
    release = one_release_with_a_copy(line)
    assert tocsin("release", "erase", str(release), "--yes").status == 0

    assert line.one("SELECT count(*) FROM releases") == 0
    assert line.ask("SELECT title || summary || body FROM core.revisions") == [("",)]
    assert line.ask("SELECT evidence, snippet FROM core.matches") == [([], "")]
    assert line.ask("SELECT octet_length(payload), state, reason FROM core.messages") == [
        (0, "cancelled", "erased")
    ]
    assert ledger(line) == [(1, 0, 1, 0)]
    assert line.one("SELECT count(*) FROM core.bands") == 0


def test_an_erased_release_does_not_come_back(line: Line, tocsin: CommandLine) -> None:
    tocsin("release", "erase", str(one_release_with_a_copy(line)), "--yes")

    again(line, "port.example", OWN, "Port of Larvik")
    again(line, "wire.example", COPY, "Nordic Wire")
    again(line, "third.example", Item("a", OWN.title, BODY, "https://third.example/1"), "Third Wire")

    assert line.one("SELECT count(*) FROM releases") == 0
    assert line.ask("SELECT DISTINCT refused, detail FROM fetches WHERE refused > 0") == [
        (1, "it was erased, or is older than releases are kept, and does not come back")
    ]


def test_a_delivered_alert_stays_counted_when_its_words_are_gone_and_is_not_replayed(
    line: Line, tocsin: CommandLine
) -> None:
    release = one_release_with_a_copy(line)
    line.do("UPDATE core.messages SET state = 'delivered', next_attempt_at = NULL, told_at = now()")
    tocsin("release", "erase", str(release), "--yes")

    assert line.ask("SELECT matched, delivered, missing FROM ledger") == [(1, 1, 0)]
    tocsin("alert", "replay", "--topic", "Ferries", "--since", "1d")
    assert line.one("SELECT count(*) FROM core.messages WHERE state = 'pending'") == 0


def test_a_digest_that_was_due_goes_out_without_the_erased(line: Line, tocsin: CommandLine) -> None:
    kept, gone = told_in_one_digest(line)

    tocsin("release", "erase", str(gone), "--yes")

    payload: dict[str, Any] = json.loads(
        bytes(line.one("SELECT payload FROM core.messages WHERE type = 'release.digest'"))
    )  # type: ignore[arg-type]
    assert [alert["release"]["id"] for alert in payload["data"]["alerts"]] == [str(kept)]
    assert ledger(line) == [(2, 1, 1, 0)]


def test_what_stood_in_a_chat_digest_beside_the_erased_is_told_anew(line: Line, tocsin: CommandLine) -> None:
    kept, gone = told_in_one_digest(line, "slack")

    assert tocsin("release", "erase", str(gone), "--yes", "--json").json["told_anew"] == 1
    line.do("UPDATE core.subscriptions SET held_until = now(), gather = '0'")
    tell_what_is_due(line.database)

    (digest,) = line.ask("SELECT payload FROM core.messages WHERE octet_length(payload) > 0")
    assert OWN.title in bytes(digest[0]).decode()  # type: ignore[arg-type]
    assert line.one("SELECT reason FROM alerts WHERE release_id = :id", id=kept) == ""
    assert ledger(line) == [(2, 1, 1, 0)]


def told_in_one_digest(line: Line, door: str = "standard") -> tuple[UUID, UUID]:
    """Publish two releases for a subscription that gathers, and tell it both in one message."""
    subscription = line.subscribe("ferries OR ferry", name="Ferries").id
    line.do("UPDATE core.subscriptions SET gather = interval '1 minute', format = :door", door=door)
    line.publish(line.feed("https://port.example/feed"), OWN, publisher="Port of Larvik")
    line.publish(line.feed("https://gazette.example/feed"), OTHER, publisher="The Gazette")
    line.do("UPDATE core.subscriptions SET held_until = now()")
    with line.database.begin() as transaction:
        tell_held(transaction, subscription, now() + timedelta(hours=1))
    first, second = line.ask("SELECT id FROM releases ORDER BY id")
    return first[0], second[0]  # type: ignore[return-value]


def test_erasing_is_asked_for_twice(line: Line, tocsin: CommandLine) -> None:
    assert "--yes" in tocsin.refused("release", "erase", str(one_release_with_a_copy(line)))
