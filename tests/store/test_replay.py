"""Replaying: due now, with the same id and bytes; what may not be told again is left out and counted."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from shared.clock import now
from shared.errors import NotFoundError
from shared.store.database import Database, open_database
from shared.store.endpoints import claim_due_endpoints
from shared.store.presence import Lease
from shared.store.replay import Replayed, find_alerts, replay_alerts, replay_missing, replay_topic
from shared.store.subscriptions import AddedSubscription, add_subscription, mark_subscription_removed
from shared.store.topics import add_topic
from tests.store.archive import store_release

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = open_database(database_url, connections=2)
    yield database
    database.close()


@pytest.fixture
def subscription(database: Database) -> AddedSubscription:
    return subscribe(database)


def subscribe(
    database: Database, topic: str = "crues", url: str = "https://desk.example/hook"
) -> AddedSubscription:
    with database.begin() as transaction:
        return add_subscription(transaction, add_topic(transaction, topic, topic).id, url, SECRET)


def add_alert(
    database: Database,
    subscription: AddedSubscription,
    state: str = "delivered",
    *,
    created_at: datetime | None = None,
    with_message: bool = True,
) -> str:
    """Store an alert on a release of its own, told after three attempts, two of them refused; give its id."""
    facts = {
        "subscription": subscription.id,
        "topic": subscription.topic_id,
        "endpoint": subscription.endpoint_id,
        "release": store_release(database, "Crue de la Moselle", "Le niveau monte."),
        "at": created_at or now(),
        "state": state,
        "due_at": now() + timedelta(hours=1) if state == "pending" else None,
    }
    with database.begin() as transaction:
        message_id = transaction.scalar(_MESSAGE, facts) if with_message else None
        alert_id = transaction.scalar(_ALERT, facts | {"message": message_id, "with_message": with_message})
    return str(alert_id)


_MESSAGE = text(
    "INSERT INTO core.messages (endpoint_id, subscription_id, type, payload, sequence, state, reason, attempts, "
    "refusals, next_attempt_at, created_at, told_at) "
    "SELECT :endpoint, :subscription, 'release.published', 'bytes', "
    "coalesce(max(sequence), 0) + 1, :state, 'answered 204', 3, 2, CAST(:due_at AS timestamptz), :at, :at "
    "FROM core.messages WHERE subscription_id = :subscription RETURNING id"
)
_ALERT = text(
    "INSERT INTO core.alerts (subscription_id, topic_id, release_id, revision, message_id, state, reason, created_at) "
    "VALUES (:subscription, :topic, :release, 1, :message, "
    "CASE WHEN :with_message THEN NULL ELSE 'cancelled' END, "
    "CASE WHEN :with_message THEN '' ELSE 'backlog' END, :at) RETURNING id"
)


def replayed(database: Database, *names: str) -> Replayed:
    with database.begin() as transaction:
        return replay_alerts(transaction, names)


def rows(database: Database, sql: str) -> Sequence[Any]:
    with database.begin() as transaction:
        return transaction.execute(text(sql)).all()


@pytest.mark.parametrize("state", ["delivered", "accepted", "dead", "pending"])
def test_a_message_in_any_state_becomes_due(
    database: Database, subscription: AddedSubscription, state: str
) -> None:
    done = replayed(database, add_alert(database, subscription, state))
    assert done == Replayed(replayed=1, endpoints=1, paused=0, disabled=0, ended=0, without_message=0)
    assert rows(database, "SELECT state, reason, next_attempt_at <= now(), told_at FROM alerts") == [
        ("pending", "replayed", True, None)
    ]


def test_id_bytes_and_sequence_stay(database: Database, subscription: AddedSubscription) -> None:
    alert = add_alert(database, subscription)
    told = "SELECT id, webhook_id, payload, sequence FROM core.messages"
    before = rows(database, told)
    replayed(database, alert)
    assert rows(database, told) == before


def test_the_ten_attempts_start_anew_and_deliveries_are_numbered_on(
    database: Database, subscription: AddedSubscription
) -> None:
    replayed(database, add_alert(database, subscription, "dead"))
    assert rows(database, "SELECT refusals, attempts, suspect FROM core.messages") == [(0, 3, False)]


def test_a_replayed_message_is_claimed_with_its_endpoint(
    database: Database, subscription: AddedSubscription
) -> None:
    replayed(database, add_alert(database, subscription))
    assert rows(database, "SELECT ring_at <= now(), rings FROM core.endpoints") == [(True, 0)]
    with database.begin() as transaction:
        (endpoint,) = claim_due_endpoints(
            transaction, [subscription.endpoint_id], Lease(uuid4(), 1, 9), most_messages=9
        )
    assert [message.payload for message in endpoint.messages] == [b"bytes"]


def test_a_pause_still_holds(database: Database, subscription: AddedSubscription) -> None:
    alert = add_alert(database, subscription)
    with database.begin() as transaction:
        transaction.execute(
            text("UPDATE core.endpoints SET state = 'paused', paused_until = now() + interval '1 hour'")
        )
    assert replayed(database, alert).paused == 1
    with database.begin() as transaction:
        claimed = claim_due_endpoints(
            transaction, [subscription.endpoint_id], Lease(uuid4(), 1, 9), most_messages=9
        )
    assert claimed == []


def test_a_disabled_endpoint_is_left_out(database: Database, subscription: AddedSubscription) -> None:
    alert = add_alert(database, subscription)
    with database.begin() as transaction:
        transaction.execute(text("UPDATE core.endpoints SET state = 'disabled'"))
    assert replayed(database, alert) == Replayed(0, 0, 0, disabled=1, ended=0, without_message=0)
    assert rows(database, "SELECT state FROM alerts") == [("delivered",)]


def test_an_ended_subscription_is_told_nothing_more(
    database: Database, subscription: AddedSubscription
) -> None:
    alert = add_alert(database, subscription)
    with database.begin() as transaction:
        mark_subscription_removed(transaction, subscription.id)
    assert replayed(database, alert) == Replayed(0, 0, 0, disabled=0, ended=1, without_message=0)


def test_what_never_had_a_message_is_counted(database: Database, subscription: AddedSubscription) -> None:
    alert = add_alert(database, subscription, with_message=False)
    assert replayed(database, alert) == Replayed(0, 0, 0, disabled=0, ended=0, without_message=1)


def test_a_topic_is_replayed_from_an_instant_on_and_others_are_not(
    database: Database, subscription: AddedSubscription
) -> None:
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    before, after = noon - timedelta(hours=1), noon + timedelta(hours=1)
    add_alert(database, subscription, created_at=before)
    add_alert(database, subscription, created_at=after)
    add_alert(database, subscribe(database, "ports"), created_at=after)
    with database.begin() as transaction:
        done = replay_topic(transaction, subscription.topic_id, noon)
    assert done.replayed == 1
    due = rows(database, "SELECT created_at FROM alerts WHERE state = 'pending'")
    assert [row.created_at for row in due] == [after]


def test_the_ledger_still_adds_up(database: Database, subscription: AddedSubscription) -> None:
    alerts = [add_alert(database, subscription), add_alert(database, subscription)]
    with database.begin() as transaction:
        transaction.execute(
            text(
                "INSERT INTO core.matches (release_id, revision, topic_id, topic_version, evidence, matched_at, "
                "watched_version) SELECT release_id, revision, topic_id, 1, '[]', now(), "
                "(SELECT version FROM core.topic_version) FROM core.alerts"
            )
        )
    replayed(database, alerts[0])
    assert rows(database, "SELECT matched, delivered, pending, missing FROM ledger") == [(2, 1, 1, 0)]


def test_an_alert_is_found_by_its_own_id_its_messages_and_the_webhook_id(
    database: Database, subscription: AddedSubscription
) -> None:
    alert = add_alert(database, subscription)
    ((message_id, webhook_id),) = rows(database, "SELECT id, webhook_id FROM core.messages")
    with database.begin() as transaction:
        for name in (alert, str(message_id), webhook_id):
            assert find_alerts(transaction, name) == [UUID(alert)]


def test_one_unknown_name_and_nothing_is_replayed(
    database: Database, subscription: AddedSubscription
) -> None:
    alert = add_alert(database, subscription)
    with pytest.raises(NotFoundError, match="tocsin alert list"):
        replayed(database, alert, str(uuid4()))
    assert rows(database, "SELECT state FROM alerts") == [("delivered",)]


def test_what_never_arrived_is_replayed_and_what_did_is_not(
    database: Database, subscription: AddedSubscription
) -> None:
    add_alert(database, subscription, "delivered")
    missing = [add_alert(database, subscription, state) for state in ("pending", "dead", "cancelled")]
    with database.begin() as transaction:
        transaction.execute(
            text(
                "UPDATE core.messages SET reason = 'expired', expires_at = now() - interval '1 h' "
                "WHERE state = 'cancelled'"
            )
        )
        assert replay_missing(transaction, now() - timedelta(days=1)).replayed == len(missing)
    assert rows(database, "SELECT count(*) FROM core.due_messages") == [(3,)]


def test_of_what_never_arrived_one_topic_alone_is_replayed(
    database: Database, subscription: AddedSubscription
) -> None:
    other = subscribe(database, "ports", "https://night.example/hook")
    add_alert(database, subscription, "dead")
    add_alert(database, other, "dead")
    with database.begin() as transaction:
        assert replay_missing(transaction, now() - timedelta(days=1), other.topic_id).replayed == 1
