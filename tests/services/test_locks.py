"""Whoever holds several subscriptions or messages takes them in the order of their ids: nobody waits in a ring."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from services.worker.prepare import Prepared, prepare_fetch
from services.worker.process import process_fetches
from shared.domain.alerts.timing_options import TimingOptions
from shared.domain.feeds.entry import Entry
from shared.domain.feeds.entry_key import entry_key
from shared.domain.releases.withdrawal import TakenBack
from shared.store.fetches import ClaimedFetch
from shared.store.subscriptions import AddedSubscription, change_timing, mark_subscription_edited
from shared.store.topics import mark_topic_removed
from shared.store.watch import hold_watched_version
from tests.services.line import Item, Line
from tests.services.test_deliver import wait_for_a_lock

_SUBSCRIPTION = text("SELECT id FROM core.subscriptions WHERE id = :id FOR SHARE")
_MESSAGE = text("SELECT id FROM core.messages WHERE id = :id FOR UPDATE")


def beside_a_replay(
    line: Line, one: AddedSubscription, other: AddedSubscription, does: Callable[[], object]
) -> None:
    """Do something while a replay, as it holds the first subscription, goes on to the second."""
    with ThreadPoolExecutor(1) as pool:
        with line.database.begin() as replay:
            replay.execute(_SUBSCRIPTION, {"id": one.id})
            doing = pool.submit(does)
            wait_for_a_lock(line)
            replay.execute(_SUBSCRIPTION, {"id": other.id})
        doing.result()


def test_what_is_held_and_what_is_told_is_locked_as_one(line: Line) -> None:
    told = line.subscribe("terrorism", "https://desk.example/1")
    muted = line.subscribe("terrorism", "https://desk.example/2")
    until = datetime.now(UTC) + timedelta(hours=1)
    line.do("UPDATE core.subscriptions SET muted_until = :until WHERE id = :id", until=until, id=muted.id)
    fetch = line.poll(line.feed(), Item("a"))

    beside_a_replay(line, told, muted, lambda: line.process(fetch))

    assert line.ask("SELECT pending, held, missing FROM ledger ORDER BY subscription_id") == [
        (1, 0, 0),
        (0, 1, 0),
    ]


def test_what_is_withdrawn_and_what_is_new_is_locked_as_one(line: Line) -> None:
    of_the_old = line.subscribe("terrorism", "https://desk.example/1")
    of_the_new = line.subscribe("smuggling", "https://desk.example/2")
    feed = line.feed()
    line.publish(feed, Item("a"))
    fetch = line.poll(
        feed, Item("b", body="The freighter is searched, and the crew questioned about smuggling.")
    )

    def prepare(claimed: ClaimedFetch, at: datetime) -> Prepared:
        prepared = prepare_fetch(claimed, at)
        taken = TakenBack(claimed.id, feed, entry_key(Entry(guid="a")), "Sent in error", at)
        return Prepared(claimed, prepared.feed, prepared.candidates, taken_back=(taken,))

    def process() -> object:
        return process_fetches(
            line.database, line.presence, line.topics, [fetch], settle_seconds=60, prepare=prepare
        )

    beside_a_replay(line, of_the_old, of_the_new, process)

    assert line.ask("SELECT pending, missing FROM ledger ORDER BY subscription_id") == [(2, 0), (1, 0)]
    types = line.ask("SELECT type FROM core.messages ORDER BY id")
    assert types == [("release.published",), ("release.published",), ("release.withdrawn",)]


def test_a_subscription_is_edited_while_a_release_is_stored(line: Line) -> None:
    subscription = line.subscribe("terrorism")

    def edit() -> None:
        with line.database.begin() as transaction:
            mark_subscription_edited(transaction, subscription.id, "slack")
            change_timing(transaction, subscription.id, TimingOptions(gather=5))

    with ThreadPoolExecutor(1) as pool:
        with line.database.begin() as storing:
            hold_watched_version(storing)
            editing = pool.submit(edit)
            wait_for_a_lock(line)
            storing.execute(_SUBSCRIPTION, {"id": subscription.id})
        editing.result()

    assert line.ask("SELECT format, gather_minutes FROM subscriptions") == [("slack", 5)]


def test_a_topic_is_removed_while_releases_are_merged(line: Line) -> None:
    earlier = line.subscribe("terrorism", "https://desk.example/1")
    later = line.subscribe("terrorism", "https://desk.example/2")
    line.publish(line.feed(), Item("a"))
    of = "SELECT id FROM core.messages WHERE subscription_id = :id"
    of_earlier, of_later = line.one(of, id=earlier.id), line.one(of, id=later.id)
    swapped = "UPDATE core.messages SET subscription_id = :to, sequence = 9 WHERE id = :id"
    line.do(swapped, id=of_earlier, to=later.id)
    line.do(swapped, id=of_later, to=earlier.id)

    def remove() -> None:
        with line.database.begin() as transaction:
            mark_topic_removed(transaction, earlier.topic_id)  # type: ignore[arg-type]

    with ThreadPoolExecutor(1) as pool:
        with line.database.begin() as merging:
            merging.execute(_MESSAGE, {"id": min(of_earlier, of_later)})  # type: ignore[type-var]
            removing = pool.submit(remove)
            wait_for_a_lock(line)
            merging.execute(_MESSAGE, {"id": max(of_earlier, of_later)})  # type: ignore[type-var]
        removing.result()

    assert line.ask("SELECT DISTINCT state FROM core.messages") == [("cancelled",)]
