"""The days of polls and deliveries: made ahead, dropped when over, and never in the way of the sweep."""

from shared.store.sweeping import turn_days
from tests.services.line import Item, Line

TODAY = "to_char(now() AT TIME ZONE 'UTC', '_YYYYMMDD')"


def drop_days(line: Line) -> None:
    """Leave no day ahead, as after weeks in which nothing ran."""
    line.do(
        "SELECT core.drop_partitions(parent, 'infinity') FROM unnest(ARRAY['polls', 'deliveries']) AS parent"
    )


def turn(line: Line) -> None:
    with line.database.begin() as transaction:
        turn_days(transaction)


def test_a_poll_of_a_day_that_was_not_made_ahead_stops_no_later_day(line: Line) -> None:
    drop_days(line)
    line.poll(line.feed(), Item("a"))

    turn(line)

    assert line.one("SELECT count(*) FROM polls") == 1
    assert line.one(f"SELECT to_regclass('core.deliveries' || {TODAY}) IS NOT NULL") is True
    assert line.one("SELECT count(*) FROM pg_inherits WHERE inhparent = 'core.polls'::regclass") == 1 + 7


def test_what_lies_outside_its_day_is_dropped_with_it(line: Line) -> None:
    line.poll(line.feed(), Item("a"))
    line.do("UPDATE core.polls SET started_at = now() - interval '40 days'")

    turn(line)

    assert line.one("SELECT count(*) FROM polls") == 0
