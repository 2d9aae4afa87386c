"""A Retry-After holds for a feed, for its host, or for its registered domain, whoever asks."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from shared.store.feeds import NewFeed, add_feeds, claim_due_feeds
from shared.store.polls import PollRecord, record_polls
from tests.services.line import Line

HOUR = timedelta(hours=1)


@pytest.fixture
def line(database_url: str) -> Iterator[Line]:
    opened = Line(database_url)
    yield opened
    opened.close()


def feed(line: Line, host: str, path: str = "a", *, own: bool = False) -> UUID:
    with line.database.begin() as transaction:
        ((feed_id, _),) = add_feeds(transaction, [NewFeed(f"https://{host}/{path}", host, own_network=own)])
    return feed_id


def limit(line: Line, feed_id: UUID, wait: timedelta = HOUR) -> None:
    """Let a poll of this feed be answered with 429 and a time to wait."""
    line.do("UPDATE core.hosts SET next_turn_at = now()")
    with line.database.begin() as transaction:
        (claimed,) = claim_due_feeds(transaction, line.presence.lease(60), most=1, among=[feed_id])
    at = datetime.now(UTC)
    record = PollRecord(
        feed_id, claimed.lease, claimed.host, at, "rate_limited", 429, 5, "", at + wait, failures=1, wait=wait
    )
    with line.database.begin() as transaction:
        record_polls(transaction, [record], host_gap_seconds=0, ring_after_seconds=0)


def due(line: Line) -> set[str]:
    """Give the addresses that a poller would be given now."""
    line.do("UPDATE core.hosts SET next_turn_at = now()")
    with line.database.begin() as transaction:
        feeds = claim_due_feeds(transaction, line.presence.lease(60), most=99)
    line.do("UPDATE core.feeds SET leased_until = NULL")
    return {one.url.removeprefix("https://") for one in feeds}


def test_one_feed_that_is_asked_to_wait_waits_alone(line: Line) -> None:
    limit(line, feed(line, "rss.polizei.gv.at"))
    feed(line, "rss.polizei.gv.at", "b")
    assert due(line) == {"rss.polizei.gv.at/b"}


def test_a_second_feed_of_a_host_makes_the_host_wait(line: Line) -> None:
    for path in ("a", "b"):
        limit(line, feed(line, "rss.polizei.gv.at", path))
    feed(line, "rss.polizei.gv.at", "c")
    feed(line, "www.polizei.gv.at")
    assert due(line) == {"www.polizei.gv.at/a"}
    ((until, why),) = line.ask("SELECT waits_until, waits_why FROM hosts WHERE host LIKE 'rss.%'")
    assert abs(until - datetime.now(UTC) - HOUR) < timedelta(minutes=1)  # type: ignore[operator]
    assert why == "several feeds of rss.polizei.gv.at were asked to wait"


def test_a_feed_of_another_host_of_the_domain_makes_the_domain_wait(line: Line) -> None:
    feed(line, "www.polizei.gv.at")
    feed(line, "justiz.gv.at")
    for host in ("rss.polizei.gv.at", "presse.polizei.gv.at"):
        limit(line, feed(line, host))
    assert due(line) == {"justiz.gv.at/a"}


def test_a_host_of_ones_own_network_waits_too(line: Line) -> None:
    for path in ("a", "b"):
        limit(line, feed(line, "127.0.0.1", path, own=True))
    feed(line, "127.0.0.1", "c", own=True)
    assert due(line) == set()


def test_a_wait_that_is_over_holds_nobody(line: Line) -> None:
    for path in ("a", "b"):
        limit(line, feed(line, "rss.polizei.gv.at", path))
    feed(line, "rss.polizei.gv.at", "c")
    line.do("UPDATE core.hosts SET waits_until = now()")
    assert due(line) == {"rss.polizei.gv.at/c"}


def test_once_asks_whatever_was_asked_for(line: Line) -> None:
    feeds = [feed(line, "rss.polizei.gv.at", path) for path in ("a", "b")]
    for one in feeds:
        limit(line, one)
    line.do("UPDATE core.hosts SET next_turn_at = now()")
    with line.database.begin() as transaction:
        assert claim_due_feeds(transaction, line.presence.lease(60), most=9, among=feeds)
