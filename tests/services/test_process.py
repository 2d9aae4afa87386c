"""From fetches to releases, matches, alerts and messages, on a real database."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from shared.store.closing import mark_fetches_processed
from shared.store.subscriptions import mark_subscription_removed
from shared.store.topics import mark_topic_edited
from tests.services.line import Item, Line

TERROR = Item(
    "a", body="Four men stand trial for terrorism in the harbour city, the prosecutor said on Monday."
)
STORM = Item(
    "b", body="A storm tore the roof off the old customs house; the square stays closed until Friday."
)


def payloads(line: Line) -> list[dict[str, Any]]:
    rows = line.ask("SELECT payload FROM core.messages ORDER BY id")
    return [json.loads(bytes(row[0])) for row in rows]  # type: ignore[arg-type]


def test_an_entry_is_stored_once_with_its_sighting(line: Line) -> None:
    line.publish(line.feed(), TERROR)

    assert line.ask("SELECT title, publisher, revision, feed_count FROM releases") == [
        ("Harbour police stop a freighter a", "Harbour police", 1, 1)
    ]
    assert line.ask("SELECT guid, reason FROM sightings") == [("a", "first")]


def test_what_matches_is_owed_to_each_subscription_with_its_evidence(line: Line) -> None:
    line.subscribe("terrorism")
    line.publish(line.feed(), TERROR, STORM)

    ((evidence,),) = line.ask("SELECT evidence FROM matches")
    assert line.ask("SELECT topic, matched, pending, missing FROM ledger") == [("terrorism", 1, 1, 0)]
    body = line.one("SELECT body FROM releases WHERE title LIKE '%a'")
    piece = evidence[0]  # type: ignore[index]
    assert str(body)[piece["start"] : piece["end"]] == piece["text"] == "terrorism"


def test_the_message_holds_topic_release_and_sequence(line: Line) -> None:
    line.subscribe("terrorism")
    line.publish(line.feed(), TERROR)

    (message,) = payloads(line)
    assert message["type"] == "release.published"
    assert message["data"]["topic"]["name"] == "terrorism"
    assert message["data"]["release"]["revision"] == 1
    assert message["data"]["sequence"] == 1


def test_one_release_in_two_feeds_rings_once(line: Line) -> None:
    line.subscribe("terrorism")
    first, second = line.feed(), line.feed("https://wire.example/feed.xml")
    line.publish(first, TERROR)
    line.publish(second, TERROR)

    assert line.one("SELECT count(*) FROM releases") == 1
    assert line.one("SELECT count(*) FROM alerts") == 1
    assert line.ask("SELECT new, copies FROM fetches ORDER BY fetched_at") == [(1, 0), (0, 1)]


def test_a_fetch_that_is_processed_twice_stores_and_rings_once(line: Line) -> None:
    line.subscribe("terrorism")
    fetch = line.poll(line.feed(), TERROR)

    line.process(fetch)
    line.process(fetch)

    assert line.one("SELECT count(*) FROM alerts") == 1
    assert line.ask("SELECT state, attempts FROM fetches") == [("processed", 1)]


def test_workers_that_store_copies_at_the_same_moment_make_one_release(line: Line) -> None:
    line.subscribe("terrorism")
    feeds = [line.feed(f"https://wire{n}.example/feed.xml") for n in range(6)]
    fetches = [line.poll(feed, TERROR) for feed in feeds]

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(line.process, fetches))

    assert line.one("SELECT count(*) FROM releases") == 1
    assert line.one("SELECT feed_count FROM releases") == 6
    assert line.one("SELECT count(*) FROM alerts") == 1


def test_changed_words_ring_a_revision_with_the_difference(line: Line) -> None:
    line.subscribe("terrorism")
    feed = line.feed()
    line.publish(feed, TERROR)
    line.publish(feed, Item("a", body=TERROR.body.replace("Monday", "Tuesday")))

    published, revised = payloads(line)
    assert (published["type"], revised["type"]) == ("release.published", "release.revised")
    assert revised["data"]["changes"]["body"] == [{"from": "Monday.", "to": "Tuesday."}]
    assert [m["data"]["sequence"] for m in (published, revised)] == [1, 2]


def test_a_revision_that_no_longer_matches_is_told_as_a_correction(line: Line) -> None:
    line.subscribe("terrorism")
    feed = line.feed()
    line.publish(feed, TERROR)
    line.publish(feed, Item("a", body=TERROR.body.replace("terrorism", "smuggling")))

    _, correction = payloads(line)
    assert (correction["type"], correction["data"]["match"]) == ("release.revised", None)
    assert line.ask("SELECT matched, pending, missing FROM ledger") == [(2, 2, 0)]
    assert line.one("SELECT count(*) FROM matches") == 1


def test_a_subscription_hears_published_the_first_time_even_of_a_later_revision(line: Line) -> None:
    feed = line.feed()
    line.publish(feed, TERROR)
    line.subscribe("terrorism")
    line.publish(feed, Item("a", body=TERROR.body.replace("Monday", "Tuesday")))

    (message,) = payloads(line)
    assert (message["type"], message["data"]["release"]["revision"]) == ("release.published", 2)
    assert line.ask("SELECT matched, pending, missing FROM ledger") == [(1, 1, 0)]


def test_a_topic_that_is_added_rings_for_the_next_release_without_a_restart(line: Line) -> None:
    feed = line.feed()
    line.publish(feed, STORM)
    line.subscribe("terrorism")
    line.publish(feed, TERROR)

    assert line.one("SELECT count(*) FROM alerts") == 1


def test_an_edited_topic_rings_by_its_new_words_and_the_match_names_its_version(line: Line) -> None:
    subscription = line.subscribe("terrorism")
    with line.database.begin() as transaction:
        mark_topic_edited(transaction, subscription.topic_id, "storm")
    line.publish(line.feed(), TERROR, STORM)

    assert line.ask("SELECT topic_version FROM matches") == [(2,)]
    assert line.ask("SELECT r.title FROM matches JOIN releases r ON r.id = release_id") == [
        ("Harbour police stop a freighter b",)
    ]


def test_ending_a_subscription_cancels_what_it_was_owed_and_says_so(line: Line) -> None:
    subscription = line.subscribe("terrorism")
    line.publish(line.feed(), TERROR)
    with line.database.begin() as transaction:
        mark_subscription_removed(transaction, subscription.id)
    line.publish(line.feed(), STORM)

    assert line.ask("SELECT state, reason FROM alerts") == [("cancelled", "unsubscribed")]


def test_the_backlog_of_a_quiet_feed_is_matched_and_cancelled(line: Line) -> None:
    line.subscribe("terrorism")
    line.process(line.poll(line.feed(quiet=True), TERROR, backlog=True))

    assert line.ask("SELECT state, reason FROM alerts") == [("cancelled", "backlog")]
    assert line.ask("SELECT matched, cancelled, missing FROM ledger") == [(1, 1, 0)]
    assert line.one("SELECT count(*) FROM core.messages") == 0


def test_every_entry_of_a_fetch_has_one_outcome(line: Line) -> None:
    feed = line.feed()
    line.publish(feed, TERROR)
    line.publish(feed, TERROR, STORM, Item("c", title="", body=""))

    for row in line.ask(
        "SELECT entries, new + revised + copies + seen + settling + refused + failed FROM fetches"
    ):
        assert row[0] == row[1]
    assert line.ask("SELECT entries, new, seen FROM fetches ORDER BY fetched_at DESC LIMIT 1") == [(3, 2, 1)]


def test_the_bytes_of_a_processed_fetch_are_let_go(line: Line) -> None:
    line.publish(line.feed(), TERROR)

    assert line.one("SELECT document FROM core.fetches") is None


def test_a_fetch_that_is_no_feed_fails_in_words_and_holds_up_no_other(line: Line) -> None:
    feed = line.feed()
    broken, good = line.poll(feed, STORM), line.poll(line.feed("https://wire.example/f"), TERROR)
    line.do("UPDATE core.fetches SET document = 'no feed at all' WHERE id = :id", id=broken)

    line.process(broken, good)

    assert line.one("SELECT count(*) FROM releases") == 1
    state, failed, detail = line.ask("SELECT state, failed, detail FROM fetches WHERE id = :id", id=broken)[0]
    assert (state, failed) == ("processed", 1)
    assert "not a feed" in str(detail)


def test_a_fetch_that_kills_its_worker_each_time_is_given_up_and_kept(line: Line) -> None:
    fetch = line.poll(line.feed(), TERROR)
    line.do("UPDATE core.fetches SET attempts = 5")

    line.process(fetch)

    assert line.ask("SELECT state, entries, failed, detail FROM fetches") == [
        ("failed", 1, 1, "given up after 5 attempts")
    ]
    assert line.one("SELECT document IS NOT NULL FROM core.fetches") is True


def test_fetches_with_different_outcomes_are_closed_in_one_statement(line: Line) -> None:
    feed, wire = line.feed(), line.feed("https://wire.example/feed.xml")
    new, copied = line.poll(feed, TERROR), line.poll(wire, TERROR)

    with line.database.begin() as transaction:
        mark_fetches_processed(transaction, {new: {"new": 1}, copied: {"copies": 1, "failed": 2}}, {})

    assert line.ask("SELECT entries, new, copies, failed FROM fetches ORDER BY id") == [
        (1, 1, 0, 0),
        (3, 0, 1, 2),
    ]


def test_revisions_of_one_batch_are_told_one_after_the_other(line: Line) -> None:
    line.subscribe("terrorism")
    feed = line.feed()
    first = line.poll(feed, TERROR)
    second = line.poll(feed, Item("a", body=TERROR.body.replace("Monday", "Tuesday")))
    third = line.poll(feed, Item("a", body=TERROR.body.replace("terrorism", "smuggling")))

    line.process(first, second, third)

    told = [(m["type"], m["data"]["release"]["revision"], m["data"]["match"] is None) for m in payloads(line)]
    assert told == [
        ("release.published", 1, False),
        ("release.revised", 2, False),
        ("release.revised", 3, True),
    ]
    assert line.ask("SELECT matched, pending, missing FROM ledger") == [(3, 3, 0)]


def test_an_entry_that_was_promised_and_is_not_there_counts_as_failed(line: Line) -> None:
    fetch = line.poll(line.feed(), TERROR, STORM)
    line.do("UPDATE core.fetches SET positions = ARRAY[0, 2] WHERE id = :id", id=fetch)

    line.process(fetch)

    assert line.ask("SELECT entries, new, failed FROM fetches") == [(2, 1, 1)]
    assert "could not be found" in str(line.one("SELECT detail FROM fetches"))
