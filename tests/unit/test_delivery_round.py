"""What a round of attempts leaves of an endpoint and its messages."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from shared.domain.alerts.delivery import RETRY_SCHEDULE, Verdict
from shared.domain.alerts.delivery_round import Attempted, EndpointState, MessageState, settle_round

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DELIVERED = Verdict("delivered", "answered 204")
REFUSED = Verdict("refused", "answered 400")
BROKEN = Verdict("endpoint_down", "answered 500", message_may_be_why=True)
UNREACHABLE = Verdict("endpoint_down", "refused: nobody listens")
BUSY = Verdict("endpoint_down", "answered 429", wait=timedelta(seconds=90))
OURS = Verdict("no_attempt", "our proxy does not answer")


def endpoint(failures: int = 0) -> EndpointState:
    return EndpointState(UUID(int=1), UUID(int=2), failures=failures)


def message(number: int = 1, **state: object) -> MessageState:
    return MessageState(UUID(int=100 + number), next_attempt_at=NOW, **state)  # type: ignore[arg-type]


def settle(
    *verdicts: Verdict, start: EndpointState | None = None, suspects: tuple[MessageState, ...] = ()
) -> tuple[EndpointState, tuple[MessageState, ...]]:
    attempted = [Attempted(message(n), verdict) for n, verdict in enumerate(verdicts, 1)]
    return settle_round(start or endpoint(), attempted, suspects, NOW, jitter=0.5)


def test_a_delivered_message_is_told_and_never_due_again() -> None:
    state, (told,) = settle(DELIVERED)

    assert (told.state, told.told_at, told.next_attempt_at) == ("delivered", NOW, None)
    assert (state.state, state.failures) == ("active", 0)


def test_a_success_heals_an_endpoint_that_was_failing() -> None:
    state, _ = settle(DELIVERED, start=endpoint(failures=7))

    assert (state.state, state.failures, state.failing_since) == ("active", 0, None)


@pytest.mark.parametrize("verdict", [UNREACHABLE, BUSY, BROKEN])
def test_a_failing_endpoint_is_paused_and_uses_up_no_message(verdict: Verdict) -> None:
    state, (kept,) = settle(verdict)

    assert state.state == "paused"
    assert state.paused_until
    assert state.paused_until > NOW
    assert (kept.state, kept.refusals, kept.attempts) == ("pending", 0, 1)


def test_a_pause_is_never_shorter_than_the_endpoint_asked_for() -> None:
    state, _ = settle(BUSY)

    assert state.paused_until
    assert state.paused_until >= NOW + timedelta(seconds=90)


def test_a_wait_asked_with_a_taken_message_holds_where_another_failed() -> None:
    used_up = Verdict("delivered", "answered 204", wait=timedelta(hours=1))

    for failure in (UNREACHABLE, BUSY, OURS):
        state, _ = settle(used_up, failure)

        assert state.paused_until
        assert state.paused_until >= NOW + timedelta(hours=1)


def test_a_refused_message_is_tried_again_by_the_schedule_and_its_endpoint_goes_on() -> None:
    state, (refused,) = settle(REFUSED)

    assert state.state == "active"
    assert refused.refusals == 1
    assert refused.next_attempt_at
    assert refused.next_attempt_at - NOW == pytest.approx(RETRY_SCHEDULE[0], abs=timedelta(seconds=1))


def test_a_message_dies_at_its_tenth_refusal_and_says_why() -> None:
    _, (dead,) = settle_round(endpoint(), [Attempted(message(refusals=9), REFUSED)], (), NOW, 0.5)

    assert (dead.state, dead.next_attempt_at) == ("dead", None)
    assert "10 attempts" in dead.reason


def test_a_5xx_beside_a_success_counts_against_the_message_and_pauses_nothing() -> None:
    state, (poison, _) = settle(BROKEN, DELIVERED)

    assert state.state == "active"
    assert (poison.refusals, poison.suspect) == (1, False)


def test_an_earlier_suspect_is_counted_once_another_message_gets_through() -> None:
    suspect = message(9, suspect=True)

    _, (_, counted) = settle(DELIVERED, suspects=(suspect,))

    assert counted.id == suspect.id
    assert (counted.refusals, counted.suspect) == (1, False)


def test_a_429_beside_a_success_still_pauses() -> None:
    state, (_, busy) = settle(DELIVERED, BUSY)

    assert (state.state, state.failures) == ("paused", 1)
    assert busy.refusals == 0


def test_a_failure_of_our_own_is_no_attempt_at_the_message() -> None:
    _, (kept,) = settle(OURS)

    assert (kept.attempts, kept.refusals, kept.state) == (0, 0, "pending")


def test_an_endpoint_that_is_gone_is_disabled_and_its_messages_wait() -> None:
    state, (kept,) = settle(Verdict("gone", "answered 410", disables=True))

    assert (state.state, state.reason) == ("disabled", "answered 410")
    assert kept.state == "pending"


def test_failing_since_keeps_the_first_instant() -> None:
    since = NOW - timedelta(hours=3)
    start = EndpointState(UUID(int=1), UUID(int=2), "paused", failures=4, failing_since=since)

    state, _ = settle(UNREACHABLE, start=start)

    assert (state.failures, state.failing_since) == (5, since)


def test_a_round_without_attempts_changes_nothing() -> None:
    assert settle_round(endpoint(3), [], (), NOW, 0.5) == (endpoint(3), ())


def test_a_message_that_alone_had_a_5xx_twice_waits_and_holds_up_no_other() -> None:
    state, (poison,) = settle(BROKEN, start=endpoint(failures=3))

    assert state.paused_until
    assert poison.next_attempt_at
    assert state.paused_until - NOW < timedelta(seconds=10)
    assert poison.next_attempt_at - NOW == pytest.approx(RETRY_SCHEDULE[3], abs=timedelta(minutes=13))


def test_two_messages_with_a_5xx_are_their_endpoints_failure() -> None:
    state, _ = settle(BROKEN, start=endpoint(failures=3), suspects=(message(9, suspect=True),))

    assert state.paused_until
    assert state.paused_until - NOW > timedelta(hours=1)


def test_an_endpoint_back_from_a_pause_ramps_up_by_good_rounds() -> None:
    paused, _ = settle(UNREACHABLE)
    probed, _ = settle(DELIVERED, start=paused)
    again, _ = settle(DELIVERED, start=probed)

    assert [state.good_rounds for state in (paused, probed, again)] == [0, 1, 2]


def test_a_disabled_endpoint_that_fails_its_probe_is_probed_again_the_next_day() -> None:
    start = EndpointState(UUID(int=1), UUID(int=2), "disabled", "failed for 5 days", NOW, 12, NOW)

    state, _ = settle(UNREACHABLE, start=start)

    assert (state.state, state.reason) == ("disabled", "failed for 5 days")
    assert state.paused_until
    assert timedelta(hours=21) < state.paused_until - NOW < timedelta(hours=27)


def test_a_disabled_endpoint_that_takes_its_probe_is_back() -> None:
    start = EndpointState(UUID(int=1), UUID(int=2), "disabled", "failed for 5 days", NOW, 12, NOW)

    state, _ = settle(DELIVERED, start=start)

    assert (state.state, state.failures, state.failing_since, state.paused_until) == ("active", 0, None, None)
