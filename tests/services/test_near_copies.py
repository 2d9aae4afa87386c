"""One release in several carriers' words: found by its bands, on a real database."""

from concurrent.futures import ThreadPoolExecutor

from shared.store.known import load_bands
from tests.services.line import Item, Line
from tests.unit.test_near_copy import BODY, WIRED

TITLE = "Northern quay closes for repairs"
OWN = Item("a", TITLE, BODY, "https://port.example/quay")
COPY = Item("b", "Larvik shuts quay", WIRED, "https://wire.example/4711")


def carried_by_two(line: Line) -> None:
    line.subscribe("ferries")
    line.publish(line.feed("https://port.example/feed"), OWN, publisher="Port of Larvik")
    line.publish(line.feed("https://wire.example/feed"), COPY, publisher="Nordic Wire")


def test_a_wires_near_copy_is_a_sighting_with_its_reason(line: Line) -> None:
    carried_by_two(line)

    assert line.ask("SELECT title, feed_count FROM releases") == [(f"{TITLE} a", 2)]
    reasons = [str(row[0]) for row in line.ask("SELECT reason FROM sightings ORDER BY first_seen_at")]
    assert reasons[0] == "first"
    assert reasons[1].startswith(f"near-copy of “{TITLE} a”: ")
    assert reasons[1].endswith(" % the same words")
    assert line.one("SELECT count(*) FROM alerts") == 1


def test_wires_that_alternate_in_their_own_words_ring_nothing(line: Line) -> None:
    carried_by_two(line)
    wire = line.feed("https://wire.example/feed")
    for n in range(3):
        changed = Item("b", COPY.title, WIRED.replace("eleven weeks", f"eleven weeks or so ({n})"), COPY.url)
        line.publish(wire, changed, publisher="Nordic Wire")

    assert line.one("SELECT count(*) FROM releases") == 1
    assert line.one("SELECT revision FROM releases") == 1
    assert line.one("SELECT count(*) FROM alerts") == 1


def test_one_publishers_near_copies_are_two_releases(line: Line) -> None:
    feed = line.feed("https://port.example/feed")
    line.publish(feed, OWN, publisher="Port of Larvik")
    line.publish(feed, Item("c", TITLE, WIRED, "https://port.example/quay-2"), publisher="Port of Larvik")

    assert line.one("SELECT count(*) FROM releases") == 2


def test_workers_that_store_near_copies_at_the_same_moment_make_one_release(line: Line) -> None:
    fetches = []
    for n in range(5):
        site = f"https://wire{n}.example"
        item = Item(f"n{n}", f"Quay {n}", BODY.replace("extra", f"extra{n}"), f"{site}/quay")
        fetches.append(line.poll(line.feed(f"{site}/feed"), item, publisher=f"Wire {n}"))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(line.process, fetches))

    assert line.ask("SELECT feed_count FROM releases") == [(5,)]


def test_near_copies_in_one_batch_make_one_release(line: Line) -> None:
    own = line.poll(line.feed("https://port.example/feed"), OWN, publisher="Port of Larvik")
    wired = line.poll(line.feed("https://wire.example/feed"), COPY, publisher="Nordic Wire")

    line.process(own, wired)

    assert line.ask("SELECT feed_count FROM releases") == [(2,)]


def test_a_release_that_goes_takes_its_bands_along(line: Line) -> None:
    line.publish(line.feed(), OWN)
    assert line.one("SELECT count(*) FROM core.bands") == line.one(
        "SELECT cardinality(bands) FROM core.releases"
    )

    line.do("DELETE FROM core.releases")

    assert line.one("SELECT count(*) FROM core.bands") == 0


def test_a_band_that_thousands_share_names_the_last_few(line: Line) -> None:
    line.do("INSERT INTO core.bands SELECT 7, uuidv7() FROM generate_series(1, 3000)")

    with line.database.begin() as transaction:
        assert len(load_bands(transaction, [(7,)])[7]) == 8


def test_the_publishers_own_feed_takes_over_from_a_wire_that_was_first(line: Line) -> None:
    line.subscribe("ferries")
    wire, own = line.feed("https://wire.example/feed"), line.feed("https://larvikport.example/feed")
    owned = Item("a", TITLE, BODY, "https://larvikport.example/quay")
    line.publish(wire, COPY, publisher="Nordic Wire")
    line.publish(own, owned, publisher="Larvik news")
    assert line.ask("SELECT publisher, url FROM releases") == [
        ("Larvik news", "https://larvikport.example/quay")
    ]

    corrected = Item("a", TITLE, BODY.replace("eleven weeks", "twelve weeks"), owned.url)
    line.publish(own, corrected, publisher="Larvik news")
    line.publish(wire, Item("b", COPY.title, WIRED + " More follows.", COPY.url), publisher="Nordic Wire")

    assert line.ask("SELECT feed_count, revision, publisher FROM releases") == [(2, 2, "Larvik news")]
    assert "twelve weeks" in str(line.one("SELECT body FROM releases"))
