"""Per story, a translation or rewrite of what was told joins the alert that told it, and is listed with why."""

from datetime import UTC, datetime, timedelta

from shared.domain.holding import Timing
from shared.store.retention import forget_the_past
from shared.store.subscriptions import AddedSubscription, mark_subscription_per, mark_subscription_timed
from shared.sweep import tell_what_is_due
from tests.services.line import Item, Line

LEDGER = "SELECT matched, delivered, held, folded, pending, dead, missing FROM ledger"


def per_story(line: Line) -> AddedSubscription:
    subscription = line.subscribe("terrorism")
    with line.database.begin() as transaction:
        mark_subscription_per(transaction, subscription.id, "story")
    return subscription


def publish(line: Line, name: str, *items: Item) -> None:
    line.publish(line.feed(f"https://press.example/{name}.xml"), *items)


def one_story_from_now_on(line: Line) -> None:
    """Let every release that comes be of the story of the first one, as links between their pages would."""
    line.do(
        "CREATE FUNCTION core.join_story() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN NEW.story_id := (SELECT id FROM core.releases ORDER BY id LIMIT 1); RETURN NEW; END'"
    )
    line.do(
        "CREATE TRIGGER joins BEFORE INSERT ON core.releases FOR EACH ROW EXECUTE FUNCTION core.join_story()"
    )


def second_of_the_story(line: Line) -> None:
    one_story_from_now_on(line)
    publish(line, "second", Item("b"))


def test_what_tells_a_told_story_is_folded_and_has_the_state_of_what_told_it(line: Line) -> None:
    per_story(line)
    publish(line, "first", Item("a"))
    second_of_the_story(line)

    assert line.one("SELECT count(*) FROM core.messages") == 1
    assert line.ask(LEDGER) == [(2, 0, 0, 0, 2, 0, 0)]
    first = line.one("SELECT release_id FROM alerts ORDER BY id LIMIT 1")
    assert line.ask("SELECT reason FROM alerts ORDER BY id") == [("",), (f"same story as release {first}",)]
    line.do("UPDATE core.messages SET state = 'delivered', next_attempt_at = NULL, told_at = now()")
    assert line.ask(LEDGER) == [(2, 1, 0, 1, 0, 0, 0)]


def test_two_of_a_story_in_one_batch_ring_once(line: Line) -> None:
    per_story(line)
    publish(line, "old", Item("old"))
    line.do("DELETE FROM core.alerts")
    line.do("DELETE FROM core.messages")
    line.do("DELETE FROM core.matches")
    one_story_from_now_on(line)
    publish(line, "batch", Item("a"), Item("b"), Item("c"))

    assert line.one("SELECT count(*) FROM core.messages") == 1
    assert line.one("SELECT count(*) FROM core.alerts WHERE folded") == 2
    assert line.one("SELECT missing FROM ledger") == 0


def test_the_default_is_every_release(line: Line) -> None:
    line.subscribe("terrorism")
    publish(line, "first", Item("a"))
    second_of_the_story(line)

    assert line.one("SELECT count(*) FROM core.messages") == 2


def test_a_story_that_reached_nobody_rings_again(line: Line) -> None:
    per_story(line)
    publish(line, "first", Item("a"))
    line.do("UPDATE core.messages SET state = 'dead', next_attempt_at = NULL")
    second_of_the_story(line)

    assert line.ask(LEDGER) == [(2, 0, 0, 0, 1, 1, 0)]


def test_what_is_folded_into_a_held_alert_is_told_with_it(line: Line) -> None:
    subscription = per_story(line)
    with line.database.begin() as transaction:
        muted = Timing(muted_until=datetime.now(UTC) + timedelta(hours=3))
        mark_subscription_timed(transaction, subscription.id, muted, None)
    publish(line, "first", Item("a"))
    second_of_the_story(line)
    assert line.ask(LEDGER) == [(2, 0, 2, 0, 0, 0, 0)]
    with line.database.begin() as transaction:
        mark_subscription_timed(transaction, subscription.id, Timing(), None)
    tell_what_is_due(line.database)

    assert line.one("SELECT count(*) FROM core.messages") == 1
    assert line.ask(LEDGER) == [(2, 0, 0, 0, 2, 0, 0)]


def test_what_is_folded_into_an_alert_that_was_told_meanwhile_is_not_held_for_ever(line: Line) -> None:
    subscription = per_story(line)
    with line.database.begin() as transaction:
        mark_subscription_timed(transaction, subscription.id, Timing(gather=timedelta(minutes=1)), None)
    publish(line, "first", Item("a"))
    second_of_the_story(line)
    line.do("UPDATE core.subscriptions SET gather = '0', held_until = now()")
    tell_what_is_due(line.database)
    line.do("UPDATE core.alerts SET message_id = NULL, state = 'held', telling = '{}' WHERE folded")
    line.do("UPDATE core.subscriptions SET held_until = now()")
    tell_what_is_due(line.database)

    assert line.ask("SELECT state FROM alerts") == [("pending",), ("pending",)]
    assert line.one("SELECT held_until FROM subscriptions") is None


def test_what_was_told_by_itself_hears_its_own_corrections(line: Line) -> None:
    subscription = line.subscribe("terrorism")
    feed = line.feed("https://press.example/second.xml")
    publish(line, "first", Item("a"))
    one_story_from_now_on(line)
    line.publish(feed, Item("b"))
    with line.database.begin() as transaction:
        mark_subscription_per(transaction, subscription.id, "story")
    line.publish(
        feed, Item("b", body="The crew is no longer questioned about terrorism, the prosecutor now says.")
    )

    assert line.one("SELECT count(*) FROM core.messages") == 3
    assert line.ask("SELECT type FROM core.messages ORDER BY id DESC LIMIT 1") == [("release.revised",)]


def test_a_release_is_kept_for_as_long_as_one_that_was_folded_into_it(line: Line) -> None:
    per_story(line)
    publish(line, "first", Item("a"))
    line.do("UPDATE core.releases SET first_seen_at = now() - interval '40 days'")
    second_of_the_story(line)
    line.do("UPDATE core.messages SET state = 'delivered', next_attempt_at = NULL, told_at = now()")
    with line.database.begin() as transaction:
        assert forget_the_past(transaction, 30, 10).releases == 0

    assert line.ask(LEDGER) == [(2, 1, 0, 1, 0, 0, 0)]
