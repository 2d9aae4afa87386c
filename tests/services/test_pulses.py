"""Heartbeats prove a silence to a receiver, and are late when the feeds are dead; the ledger is checked and shouts."""

import json
from datetime import timedelta
from typing import Any

from shared.clock import now
from shared.health import read_status
from shared.store.endpoint_settings import EndpointSettings, mark_endpoint_set
from shared.store.pulses import check_ledger, send_heartbeats
from shared.store.subscriptions import AddedSubscription
from tests.services.line import Item, Line


def wants_heartbeats(
    line: Line, subscription: AddedSubscription, every: timedelta = timedelta(days=1)
) -> None:
    with line.database.begin() as transaction:
        mark_endpoint_set(
            transaction, subscription.endpoint_id, EndpointSettings(4, None, None, heartbeat=every)
        )


def beat(line: Line) -> tuple[int, int]:
    with line.database.begin() as transaction:
        beating, late = send_heartbeats(transaction, now())
    return len(beating), len(late)


def heartbeats(line: Line) -> list[dict[str, Any]]:
    rows = line.ask("SELECT payload FROM core.messages WHERE type = 'tocsin.heartbeat' ORDER BY id")
    return [json.loads(bytes(payload))["data"] for (payload,) in rows]  # type: ignore[call-overload]


def test_a_heartbeat_says_what_was_read_matched_and_told_and_the_current_sequence(line: Line) -> None:
    wants_heartbeats(line, line.subscribe("terrorism"))
    line.publish(line.feed(), Item("a"), Item("b"))
    line.do(
        "UPDATE core.messages SET state = 'delivered', next_attempt_at = NULL, told_at = now() WHERE sequence = 1"
    )

    assert beat(line) == (1, 0)
    assert beat(line) == (0, 0)
    (told,) = heartbeats(line)
    assert told["feeds"] == {"alive": 1, "watched": 1}
    (topic,) = told["topics"]
    counted = {name: topic[name] for name in ("releases_read", "matched", "delivered", "waiting", "sequence")}
    assert counted == {"releases_read": 2, "matched": 2, "delivered": 1, "waiting": 1, "sequence": 2}


def test_the_next_heartbeat_counts_from_the_last(line: Line) -> None:
    wants_heartbeats(line, line.subscribe("terrorism"))
    line.publish(line.feed(), Item("a"))
    beat(line)
    line.do("UPDATE core.endpoints SET heartbeat_due_at = now()")
    beat(line)

    assert [(told["topics"][0]["matched"], told["topics"][0]["sequence"]) for told in heartbeats(line)] == [
        (1, 1),
        (0, 1),
    ]


def test_a_heartbeat_is_late_while_every_feed_is_dead(line: Line) -> None:
    wants_heartbeats(line, line.subscribe("terrorism"))
    line.publish(line.feed(), Item("a"))
    line.do("UPDATE core.feeds SET failures = 3")
    assert beat(line) == (0, 1)
    line.do("UPDATE core.feeds SET failures = 0")
    assert beat(line) == (1, 0)


def test_a_heartbeat_is_late_while_nobody_polls(line: Line) -> None:
    wants_heartbeats(line, line.subscribe("terrorism"))
    line.publish(line.feed(), Item("a"))
    line.do("UPDATE core.feeds SET next_poll_at = now() - interval '11 minutes'")
    assert beat(line) == (0, 1)


def test_a_heartbeat_has_no_sequence_and_stands_in_no_ledger(line: Line) -> None:
    wants_heartbeats(line, line.subscribe("terrorism"))
    beat(line)
    assert line.ask("SELECT sequence, subscription_id FROM core.messages") == [(None, None)]
    assert line.ask("SELECT matched, pending, missing FROM ledger") == [(0, 0, 0)]


def test_a_ledger_that_does_not_add_up_is_shouted(line: Line) -> None:
    subscription = line.subscribe("terrorism")
    line.publish(line.feed(), Item("a"))
    with line.database.begin() as transaction:
        assert check_ledger(transaction).missing == 0
    line.do("DELETE FROM core.alerts")
    with line.database.begin() as transaction:
        check = check_ledger(transaction)

    assert (check.missing, check.subscriptions) == (1, (subscription.id,))
    status = read_status(line.database, line.bell)  # type: ignore[arg-type]
    assert not status.ready
    assert any("the ledger misses 1" in problem for problem in status.problems)
    assert "last checked" in status.as_text()
