"""Topics and subscriptions in SQL: what a change raises, ends and cancels."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from sqlalchemy import Connection, text

from shared.clock import now
from shared.errors import NotFoundError, RefusedError
from shared.store.database import Database, open_database
from shared.store.subscriptions import (
    AddedSubscription,
    add_subscription,
    find_subscription,
    load_door,
    mark_endpoint_enabled,
    mark_secret_rotated,
    mark_subscription_removed,
)
from shared.store.topics import add_topic, find_topic, mark_topic_edited, mark_topic_removed
from shared.store.watch import get_watched_version, hold_watchers, load_changes, mark_topics_rang
from tests.store.archive import store_release

URL = "https://hooks.example/alerts"


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = open_database(database_url, connections=1)
    yield database
    database.close()


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.begin() as connection:
        yield connection


def a_subscription(connection: Connection, *, topic: str = "Crues", url: str = URL) -> AddedSubscription:
    topic_id = add_topic(connection, topic, "crue").id
    return add_subscription(connection, topic_id, url, "whsec_c2VjcmV0")


def test_every_change_raises_what_is_watched(connection: Connection) -> None:
    versions = [get_watched_version(connection)]
    made = a_subscription(connection)
    for change in (
        lambda: mark_topic_edited(connection, made.topic_id, "inondation"),
        lambda: mark_subscription_removed(connection, made.id),
        lambda: mark_topic_removed(connection, made.topic_id),
    ):
        versions.append(get_watched_version(connection))
        change()
    versions.append(get_watched_version(connection))
    assert versions == sorted(set(versions))


def test_another_query_makes_the_next_version_and_the_same_does_not(connection: Connection) -> None:
    topic = add_topic(connection, "Crues", "crue").id
    mark_topic_edited(connection, topic, "crue")
    mark_topic_edited(connection, topic, "crue OR inondation")
    (watched,) = load_changes(connection, 0).topics
    assert (watched.query, watched.version) == ("crue OR inondation", 2)


def test_a_name_has_one_query_among_the_living(connection: Connection) -> None:
    topic = add_topic(connection, "Crues", "crue")
    with pytest.raises(RefusedError, match="tocsin topic edit"):
        add_topic(connection, "Crues", "inondation")
    mark_topic_removed(connection, topic.id)
    assert add_topic(connection, "Crues", "inondation").is_new


def test_a_topic_is_found_by_name_and_by_id(connection: Connection) -> None:
    topic = add_topic(connection, "Crues", "crue").id
    assert find_topic(connection, "Crues") == find_topic(connection, str(topic).upper()) == topic


def test_a_removed_topic_is_found_and_watched_no_more(connection: Connection) -> None:
    made = a_subscription(connection)
    mark_topic_removed(connection, made.topic_id)
    with pytest.raises(NotFoundError):
        find_topic(connection, "Crues")
    with pytest.raises(NotFoundError):
        find_subscription(connection, str(made.id))
    assert load_changes(connection, 0).topics == ()
    assert hold_watchers(connection, [made.topic_id]) == []


def test_only_what_changed_since_a_version_is_loaded(connection: Connection) -> None:
    kept, edited, removed = (add_topic(connection, name, "crue").id for name in ("A", "B", "C"))
    before = get_watched_version(connection)
    mark_topic_edited(connection, edited, "inondation")
    mark_topic_removed(connection, removed)
    added = add_topic(connection, "D", "port").id

    changes = load_changes(connection, before)

    assert [topic.id for topic in changes.topics] == [str(edited), str(added)]
    assert changes.removed == (str(removed),)
    assert (changes.since, changes.version) == (before, get_watched_version(connection))
    assert str(kept) in [topic.id for topic in load_changes(connection, 0).topics]


def test_a_topic_that_rang_has_not_changed(connection: Connection) -> None:
    topic = add_topic(connection, "A", "crue").id
    before = get_watched_version(connection)
    mark_topics_rang(connection, [topic])
    a_subscription(connection)
    assert [each.name for each in load_changes(connection, before).topics] == ["Crues"]


def test_what_a_restored_database_watches_is_loaded_whole(connection: Connection) -> None:
    add_topic(connection, "A", "crue")
    changes = load_changes(connection, get_watched_version(connection) + 7)
    assert (changes.since, [topic.name for topic in changes.topics]) == (0, ["A"])


def test_one_address_is_one_endpoint_that_keeps_its_secret(connection: Connection) -> None:
    first = a_subscription(connection)
    other = add_topic(connection, "Ports", "port").id
    second = add_subscription(connection, other, URL, "whsec_YW5vdGhlcg==")
    assert (second.endpoint_id, second.secret) == (first.endpoint_id, None)
    assert load_door(connection, first.endpoint_id).secrets == ("whsec_c2VjcmV0",)


def test_a_subscription_hears_from_its_own_version_on(connection: Connection) -> None:
    made = a_subscription(connection)
    since = connection.scalar(
        text("SELECT since_version FROM core.subscriptions WHERE id = :id"), {"id": made.id}
    )
    assert since == get_watched_version(connection)


def test_a_subscription_made_again_after_its_end_is_another(connection: Connection) -> None:
    first = a_subscription(connection)
    mark_subscription_removed(connection, first.id)
    again = a_subscription(connection)
    assert (again.id != first.id, again.is_new, again.secret) == (True, True, None)


def test_what_an_ended_subscription_was_owed_is_cancelled(database: Database) -> None:
    releases = [store_release(database, f"Crue {n}", "La crue.") for n in range(3)]
    with database.begin() as connection:
        made = a_subscription(connection)
        pending = an_alert(connection, made, releases[0], state="pending")
        told = an_alert(connection, made, releases[1], state="delivered")
        held = an_alert(connection, made, releases[2], state="held")
        mark_subscription_removed(connection, made.id)
        rows = connection.execute(text("SELECT id, state, reason, next_attempt_at FROM public.alerts"))
        states = {row.id: (row.state, row.reason, row.next_attempt_at) for row in rows}
    assert states[pending] == states[held] == ("cancelled", "unsubscribed", None)
    assert states[told] == ("delivered", "", None)


def an_alert(connection: Connection, made: AddedSubscription, release: UUID, *, state: str) -> UUID:
    """Record one alert: held by itself, or with a message in this state."""
    facts = {
        "subscription": made.id,
        "endpoint": made.endpoint_id,
        "topic": made.topic_id,
        "release": release,
        "state": state,
        "at": now(),
    }
    message = None if state == "held" else connection.scalar(_ADD_MESSAGE, facts)
    own_state = state if state == "held" else None
    alert: UUID = connection.execute(_ADD_ALERT, facts | {"message": message, "own": own_state}).scalar_one()
    return alert


_ADD_MESSAGE = text(
    "INSERT INTO core.messages (endpoint_id, subscription_id, type, payload, state, next_attempt_at, created_at)"
    " VALUES (:endpoint, :subscription, 'release.published', '{}', :state,"
    " CASE WHEN :state = 'pending' THEN CAST(:at AS timestamptz) END, :at) RETURNING id"
)
_ADD_ALERT = text(
    "INSERT INTO core.alerts (subscription_id, topic_id, release_id, revision, message_id, state, created_at,"
    " telling) VALUES (:subscription, :topic, :release, 1, :message, :own, :at,"
    " CASE WHEN CAST(:own AS text) IS NOT NULL THEN CAST('{}' AS json) END) RETURNING id"
)


def test_an_enabled_endpoint_starts_afresh(connection: Connection) -> None:
    made = a_subscription(connection)
    connection.execute(
        text(
            "UPDATE core.endpoints SET state = 'disabled', reason = 'gone', failures = 9, "
            "failing_since = now(), paused_until = now() + interval '1 hour'"
        )
    )
    mark_endpoint_enabled(connection, made.endpoint_id)
    row = connection.execute(
        text("SELECT state, reason, failures, failing_since, paused_until FROM core.endpoints")
    ).one()
    assert tuple(row) == ("active", "", 0, None, None)


def test_a_rotated_secret_is_signed_with_beside_the_one_before(connection: Connection) -> None:
    made = a_subscription(connection)
    mark_secret_rotated(connection, made.endpoint_id, "whsec_bmV3", hours=24)
    assert load_door(connection, made.endpoint_id).secrets == ("whsec_bmV3", "whsec_c2VjcmV0")
    mark_secret_rotated(connection, made.endpoint_id, "whsec_bmV3ZXI=", hours=0)
    assert load_door(connection, made.endpoint_id).secrets == ("whsec_bmV3ZXI=",)
