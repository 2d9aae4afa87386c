"""Topics that come and go while releases stream: from the next release on, and not one match too many or too few."""

import random
import threading
from uuid import UUID

from services.worker.watching import Watching
from shared.store.topics import add_topic, mark_topic_edited, mark_topic_removed
from tests.services.line import Item, Line

WORDS = ("freighter", "ferry", "barge", "tug", "dredger", "trawler")


def publish(line: Line, feed: UUID, guid: str, body: str) -> None:
    line.do("UPDATE core.feeds SET next_poll_at = now() WHERE id = :id", id=feed)
    line.publish(feed, Item(guid, title="Report", body=f"{body} They said so at the port on that day."))


def rang(line: Line, topic: str) -> list[object]:
    rows = line.ask(
        "SELECT DISTINCT s.guid FROM core.matches m JOIN core.topics t ON t.id = m.topic_id "
        "JOIN core.sightings s USING (release_id) WHERE t.name = :name ORDER BY 1",
        name=topic,
    )
    return [row[0] for row in rows]


def test_a_topic_rings_for_the_very_next_release_until_it_is_removed(line: Line) -> None:
    feed = line.feed()
    publish(line, feed, "a", "A freighter left.")
    with line.database.begin() as transaction:
        topic = add_topic(transaction, "Ships", "freighter").id
    publish(line, feed, "b", "Another freighter left.")
    with line.database.begin() as transaction:
        mark_topic_edited(transaction, topic, "barge")
    publish(line, feed, "c", "A third freighter left.")
    publish(line, feed, "d", "A barge left.")
    with line.database.begin() as transaction:
        mark_topic_removed(transaction, topic)
    publish(line, feed, "e", "A second barge left.")

    assert rang(line, "Ships") == ["b", "d"]


def test_topics_added_and_removed_while_releases_stream_lose_no_match_and_make_none(line: Line) -> None:
    """Each release notes the version it was matched at, each change the version it made: they must agree."""
    feed = line.feed()
    log: list[tuple[str, str, int, int | None]] = []

    def come_and_go() -> None:
        rng = random.Random(2)
        live: list[tuple[UUID, str, str, int]] = []
        for number in range(200):
            with line.database.begin() as transaction:
                if live and rng.random() < 0.5:
                    topic, name, word, since = live.pop(rng.randrange(len(live)))
                    mark_topic_removed(transaction, topic)
                    log.append((name, word, since, version(transaction)))
                else:
                    word = rng.choice(WORDS)
                    name = f"topic {number}"
                    live.append((add_topic(transaction, name, word).id, name, word, version(transaction)))
        log.extend((name, word, since, None) for _, name, word, since in live)

    changing = threading.Thread(target=come_and_go)
    changing.start()
    for number in range(40):
        publish(
            line, feed, f"r{number}", f"A {WORDS[number % len(WORDS)]} of the fleet left, number {number}."
        )
    changing.join()

    read = line.ask(
        "SELECT s.guid, v.body, r.matched_version FROM core.releases r JOIN core.sightings s ON s.release_id = r.id "
        "JOIN core.revisions v ON v.release_id = r.id"
    )
    expected = {
        (guid, name)
        for guid, body, matched in read
        for name, word, since, until in log
        if word in str(body) and since <= int(str(matched)) and (until is None or int(str(matched)) < until)
    }
    found = line.ask(
        "SELECT s.guid, t.name FROM core.matches m JOIN core.topics t ON t.id = m.topic_id "
        "JOIN core.sightings s USING (release_id)"
    )
    assert len(read) == 40
    assert set(found) == expected != set()


def version(transaction: object) -> int:
    from shared.store.watch import get_watched_version  # noqa: PLC0415 - used here alone

    return get_watched_version(transaction)  # type: ignore[arg-type]


def test_a_change_of_one_topic_leaves_the_rest_as_they_were_compiled(line: Line) -> None:
    watching = Watching()
    with line.database.begin() as transaction:
        for number in range(50):
            add_topic(transaction, f"topic {number}", f"word{number}")
        before = watching.at(transaction, version(transaction)).topics
        add_topic(transaction, "one more", "ferry")
        after = watching.at(transaction, version(transaction)).topics

    assert len(after) == 51
    assert after._base is before._base
