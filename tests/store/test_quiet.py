"""Feeds that fall silent are marked quiet, and heard again."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from shared.clock import now
from shared.domain.polling.rhythm import Pauses, Rhythm
from shared.domain.polling.silence import quiet_after
from shared.queue import Bell
from shared.store.catalog import list_view
from shared.store.database import Database, open_database
from shared.store.feeds import NewFeed, add_feeds
from shared.sweep import judge_silences_now

BELL = Bell("redis://127.0.0.1:1/0")  # Nothing is rung here.
AT = datetime.now(UTC)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = open_database(database_url)
    yield opened
    opened.close()


def silent_feed(
    database: Database,
    silence: timedelta,
    *,
    failures: int = 0,
    outcome: str = "unchanged",
    watched: timedelta = timedelta(days=90),
) -> None:
    """A feed that gives an entry an hour, and gave the last one `silence` ago."""
    last = AT.timestamp() - silence.total_seconds()
    rhythm = Rhythm(
        last - 9e6,
        last,
        last,
        counts=(4.0,) * 168,
        rates=(1.0,) * 168,
        pauses=Pauses(200, 70, 70),
        known=True,
    )
    with database.begin() as transaction:
        add_feeds(transaction, [NewFeed("https://presse.example/feed", "presse.example")])
        transaction.execute(
            text(
                "UPDATE core.feeds SET rhythm = :rhythm, quiet_after = :quiet_after, last_polled_at = :at, "
                "failures = :failures, last_outcome = :outcome, spoke_at = :spoke_at, rhythm_words = 'about 24 a day', "
                "created_at = :created_at"
            ),
            {
                "rhythm": rhythm.to_bytes(),
                "quiet_after": quiet_after(rhythm),
                "at": now(),
                "failures": failures,
                "outcome": outcome,
                "spoke_at": AT - silence,
                "created_at": AT - watched,
            },
        )


def feed(database: Database) -> dict[str, object]:
    judge_silences_now(database, BELL)
    with database.begin() as transaction:
        (row,) = list_view(transaction, "feeds")
    return row


def test_a_feed_watched_for_less_than_a_day_is_not_called_quiet(database: Database) -> None:
    silent_feed(database, timedelta(hours=72), watched=timedelta(hours=3))

    assert feed(database)["quiet_since"] is None


def test_a_feed_that_should_have_spoken_is_quiet_and_says_so_in_words(database: Database) -> None:
    silent_feed(database, timedelta(hours=72))
    row = feed(database)
    assert row["quiet_since"] == AT - timedelta(hours=72)
    assert str(row["quiet"]).startswith("publishes about 24 a day; nothing for 3 days; chance ")
    assert 0 < float(str(row["quiet_chance"])) < 0.001
    assert row["rhythm"] == "about 24 a day"


def test_an_ordinary_pause_is_not_quiet(database: Database) -> None:
    silent_feed(database, timedelta(hours=4))
    assert (feed(database)["quiet_since"], feed(database)["quiet"]) == (None, "")


def test_a_feed_that_is_failing_is_not_quiet(database: Database) -> None:
    silent_feed(database, timedelta(hours=72), failures=2)
    assert feed(database)["quiet_since"] is None


def test_a_feed_is_not_quiet_while_our_own_network_is_down(database: Database) -> None:
    silent_feed(database, timedelta(hours=72), outcome="dns")
    assert feed(database)["quiet_since"] is None


def test_a_quiet_feed_that_fails_is_called_failing(database: Database) -> None:
    silent_feed(database, timedelta(hours=72))
    feed(database)
    with database.begin() as transaction:
        transaction.execute(text("UPDATE core.feeds SET failures = 1"))
    assert (feed(database)["quiet_since"], feed(database)["quiet"]) == (None, "")


def test_a_feed_that_speaks_again_is_quiet_no_more(database: Database) -> None:
    silent_feed(database, timedelta(hours=72))
    feed(database)
    with database.begin() as transaction:
        transaction.execute(
            text("UPDATE core.feeds SET spoke_at = now(), quiet_after = now() + interval '1 day'")
        )
    row = feed(database)
    assert (row["quiet_since"], row["quiet_chance"], row["quiet"]) == (None, None, "")
