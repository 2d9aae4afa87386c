"""Per story, a translation or rewrite of what was told joins the alert that told it, and is listed with why."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from shared.domain.alerts.holding import Timing
from shared.store.erasing import erase_release
from shared.store.holding import tell_held
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


def erase_first(line: Line) -> None:
    first: UUID = line.one("SELECT release_id FROM alerts ORDER BY id LIMIT 1")  # type: ignore[assignment]
    with line.database.begin() as transaction:
        assert erase_release(transaction, first).told_anew == 2


def told_releases(line: Line) -> list[str]:
    bodies = [body["data"] for body in line.standard_bodies()]
    told = [one["release"]["title"] for data in bodies for one in data.get("alerts", [data])]
    return [title.rpartition(" ")[2] for title in told]


def test_what_was_folded_into_an_erased_alert_that_was_due_rings_by_the_oldest(line: Line) -> None:
    per_story(line)
    publish(line, "first", Item("a"))
    one_story_from_now_on(line)
    publish(line, "second", Item("b"))
    publish(line, "third", Item("c"))
    erase_first(line)

    assert told_releases(line) == ["b"]
    assert line.ask("SELECT state, sequence FROM core.messages ORDER BY id") == [
        ("cancelled", 1),
        ("pending", 2),
    ]
    assert line.ask("SELECT matched, pending, cancelled, missing FROM ledger") == [(3, 2, 1, 0)]
    line.do(
        "UPDATE core.messages SET state = 'delivered', next_attempt_at = NULL, told_at = now() WHERE sequence = 2"
    )
    assert line.ask(LEDGER) == [(3, 1, 0, 1, 0, 0, 0)]


def test_a_revision_that_was_folded_too_is_told_after_its_release(line: Line) -> None:
    per_story(line)
    publish(line, "first", Item("a"))
    one_story_from_now_on(line)
    feed = line.feed("https://press.example/second.xml")
    line.publish(feed, Item("b"))
    line.publish(
        feed, Item("b", body="The crew is questioned about terrorism and two of them were arrested.")
    )
    erase_first(line)

    types = line.ask("SELECT type FROM core.messages WHERE state = 'pending' ORDER BY sequence")
    assert types == [("release.published",), ("release.revised",)]
    (published, revised) = line.standard_bodies()
    assert (published["data"]["release"]["revision"], revised["data"]["release"]["revision"]) == (1, 2)
    assert revised["data"]["changes"]["body"]
    assert [piece["text"] for piece in published["data"]["match"]["evidence"]] == ["terrorism"]
    assert line.one("SELECT missing FROM ledger") == 0


def test_what_was_folded_into_an_erased_part_of_a_digest_is_held_again(line: Line) -> None:
    subscription = per_story(line)
    line.do("UPDATE core.subscriptions SET gather = interval '1 minute'")
    publish(line, "first", Item("a"))
    one_story_from_now_on(line)
    publish(line, "second", Item("b"))
    publish(line, "third", Item("c"))
    tell_all_held(line, subscription.id)
    erase_first(line)

    assert line.ask(LEDGER) == [(3, 0, 2, 0, 0, 0, 0)]
    tell_all_held(line, subscription.id)
    assert told_releases(line) == ["b"]
    assert line.ask(LEDGER) == [(3, 0, 0, 0, 2, 0, 0)]


def tell_all_held(line: Line, subscription_id: UUID) -> None:
    line.do("UPDATE core.subscriptions SET held_until = now()")
    with line.database.begin() as transaction:
        tell_held(transaction, subscription_id, datetime.now(UTC) + timedelta(hours=1))
