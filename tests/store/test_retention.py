"""TOCSIN_KEEP_RELEASES_DAYS: what is older goes with all that it brought, and does not ring again."""

from collections.abc import Iterator

import pytest

from shared.store.retention import Forgotten, forget_the_past
from tests.services.line import Item, Line


@pytest.fixture
def line(database_url: str) -> Iterator[Line]:
    opened = Line(database_url)
    yield opened
    opened.close()


def forget(line: Line, days: int = 30, most: int = 100) -> Forgotten:
    with line.database.begin() as transaction:
        return forget_the_past(transaction, days, most)


def age(line: Line, days: int) -> None:
    """Make everything that is stored so many days older."""
    line.do(
        "UPDATE core.releases SET first_seen_at = first_seen_at - make_interval(days => :days)", days=days
    )
    line.do("UPDATE core.fetches SET fetched_at = fetched_at - make_interval(days => :days)", days=days)


def told(line: Line) -> None:
    line.do("UPDATE core.messages SET state = 'delivered', next_attempt_at = NULL, told_at = now()")


def test_an_old_release_goes_with_all_that_it_brought(line: Line) -> None:
    line.subscribe("terrorism")
    line.publish(line.feed(), Item("old"))
    told(line)
    age(line, days=31)
    line.publish(line.feed(), Item("new"))
    assert forget(line) == Forgotten(releases=1, fetches=1)
    assert line.ask("SELECT title FROM releases") == [("Harbour police stop a freighter new",)]
    assert line.ask(
        "SELECT (SELECT count(*) FROM revisions), (SELECT count(*) FROM sightings), "
        "(SELECT count(*) FROM matches), (SELECT count(*) FROM alerts), (SELECT count(*) FROM fetches)"
    ) == [(1, 1, 1, 1, 1)]
    assert line.ask("SELECT matched, pending, missing FROM ledger") == [(1, 1, 0)]


def test_what_was_forgotten_does_not_come_back(line: Line) -> None:
    line.subscribe("terrorism")
    feed = line.feed()
    line.publish(feed, Item("old"))
    told(line)
    age(line, days=31)
    forget(line)
    line.publish(feed, Item("old"))
    assert line.one("SELECT count(*) FROM releases") == 0
    assert line.one("SELECT count(*) FROM alerts") == 0


def test_what_is_still_to_be_told_is_kept(line: Line) -> None:
    line.subscribe("terrorism")
    line.publish(line.feed(), Item("old"))
    age(line, days=31)
    assert forget(line).releases == 0
    told(line)
    assert forget(line).releases == 1


def test_no_call_drops_more_than_it_may(line: Line) -> None:
    line.publish(line.feed(), *(Item(f"{n}") for n in range(5)))
    age(line, days=31)
    assert [forget(line, most=2).releases for _ in range(4)] == [2, 2, 1, 0]


def test_what_is_younger_stays(line: Line) -> None:
    line.publish(line.feed(), Item("young"))
    age(line, days=29)
    assert forget(line) == Forgotten()


def test_another_text_under_a_guid_that_was_forgotten_is_a_new_release(line: Line) -> None:
    feed = line.feed()
    line.publish(
        feed, Item("series", "Bulletin 1", "The harbour office counted twelve ships on Monday at noon.")
    )
    age(line, days=31)
    forget(line)
    line.publish(
        feed, Item("series", "Bulletin 2", "A fire broke out in the northern warehouse and was put out.")
    )
    assert line.one("SELECT count(*) FROM releases") == 1
