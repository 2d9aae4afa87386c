"""What one attempt at a message comes to, and what follows from it."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.alerts.delivery import (
    RETRY_SCHEDULE,
    DeliveryOutcome,
    clock_skew,
    concurrency_after_pause,
    counts_against_message,
    endpoint_pause,
    judge_delivery,
    next_attempt,
)
from shared.domain.alerts.door_answers import Door
from shared.domain.web.answer import Answered, Unanswered, UnansweredKind, headers_from
from shared.domain.web.retry_after import asked_wait, parse_retry_after

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
TEAMS_LIMIT = b"Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429"


def answered(status: int, body: bytes = b"", **headers: str) -> Answered:
    pairs = headers_from((name.replace("_", "-"), value) for name, value in headers.items())
    return Answered(status, "https://hooks.example/in", pairs, body, 8)


def silent(kind: UnansweredKind, *, ours: bool = False) -> Unanswered:
    return Unanswered(kind, "in words", 5, ours=ours)


ATTEMPTS: tuple[tuple[str, Answered | Unanswered, Door, DeliveryOutcome], ...] = (
    ("200", answered(200), "standard", "delivered"),
    ("204", answered(204), "standard", "delivered"),
    ("202", answered(202), "standard", "delivered"),
    ("202 of a Teams workflow", answered(202), "teams", "accepted"),
    ("200 of Teams that means 429", answered(200, TEAMS_LIMIT), "teams", "endpoint_down"),
    ("200 with such a text elsewhere", answered(200, TEAMS_LIMIT), "standard", "delivered"),
    ("400", answered(400), "standard", "refused"),
    ("401", answered(401), "standard", "refused"),
    ("404", answered(404), "standard", "refused"),
    ("404 of a chat hook", answered(404), "discord", "gone"),
    ("202 of a workflow that takes bare cards", answered(202), "teams-card", "accepted"),
    ("413", answered(413), "standard", "refused"),
    ("a redirect", answered(301), "standard", "refused"),
    ("410", answered(410), "standard", "gone"),
    ("408", answered(408), "standard", "endpoint_down"),
    ("429", answered(429), "standard", "endpoint_down"),
    ("500", answered(500), "standard", "endpoint_down"),
    ("503", answered(503), "standard", "endpoint_down"),
    ("no such name", silent("dns"), "standard", "endpoint_down"),
    ("an expired certificate", silent("tls"), "standard", "endpoint_down"),
    ("a refused connection", silent("refused"), "standard", "endpoint_down"),
    ("a time-out", silent("too_slow"), "standard", "endpoint_down"),
    ("our proxy is down", silent("refused", ours=True), "standard", "no_attempt"),
    ("an address we may not reach", silent("guarded"), "standard", "no_attempt"),
)


@pytest.mark.parametrize(
    ("answer", "door", "outcome"), [row[1:] for row in ATTEMPTS], ids=[row[0] for row in ATTEMPTS]
)
def test_an_attempt_has_one_outcome_with_a_reason(
    answer: Answered | Unanswered, door: Door, outcome: DeliveryOutcome
) -> None:
    verdict = judge_delivery(answer, NOW, door)
    assert (verdict.outcome, bool(verdict.reason)) == (outcome, True)


def test_only_a_refusal_uses_up_an_attempt_of_the_message() -> None:
    counting = {
        row[3] for row in ATTEMPTS if counts_against_message(judge_delivery(row[1], NOW, row[2]), False)
    }
    assert counting == {"refused"}


def test_a_server_error_counts_against_a_message_once_another_gets_through() -> None:
    assert counts_against_message(judge_delivery(answered(500), NOW), endpoint_works=True)
    assert not counts_against_message(judge_delivery(answered(429), NOW), endpoint_works=True)
    assert not counts_against_message(judge_delivery(silent("refused"), NOW), endpoint_works=True)


def test_an_endpoint_that_is_gone_is_disabled() -> None:
    assert judge_delivery(answered(410), NOW).disables


def test_a_receiver_may_take_a_message_and_ask_to_be_disabled() -> None:
    verdict = judge_delivery(answered(200, webhook_delivery="disable"), NOW)
    assert (verdict.outcome, verdict.disables) == ("delivered", True)


def test_a_receiver_that_fails_and_asks_to_be_disabled_is_gone() -> None:
    verdict = judge_delivery(answered(500, webhook_delivery="disable"), NOW)
    assert (verdict.outcome, verdict.disables) == ("gone", True)


def test_a_receiver_may_give_up_a_message() -> None:
    verdict = judge_delivery(answered(500, webhook_delivery="abort-message"), NOW)
    assert (verdict.outcome, verdict.gives_up) == ("refused", True)
    assert not judge_delivery(answered(200, webhook_delivery="abort-message"), NOW).gives_up


def test_the_wait_that_an_endpoint_asks_for_is_kept() -> None:
    for status in (429, 503):
        assert judge_delivery(answered(status, Retry_After="90"), NOW).wait == 90 * SECOND


def test_a_message_has_ten_attempts_over_75_hours() -> None:
    waits = [next_attempt(made, NOW, 0.5) for made in range(1, 11)]
    assert [at - NOW for at in waits if at] == list(RETRY_SCHEDULE)
    assert waits[-1] is None


@settings(max_examples=60)
@given(made=st.integers(1, 9), jitter=st.floats(0, 1))
def test_retries_are_spread_by_a_tenth_at_most(made: int, jitter: float) -> None:
    due = next_attempt(made, NOW, jitter)
    assert due is not None
    assert abs(due - NOW - RETRY_SCHEDULE[made - 1]) <= RETRY_SCHEDULE[made - 1] / 10 + SECOND


def test_an_endpoint_is_left_alone_by_the_schedule_and_then_a_day_each_time() -> None:
    pauses = [endpoint_pause(failures, None, NOW, 0.5) - NOW for failures in (1, 2, 3, 9, 10_000)]
    assert pauses == [RETRY_SCHEDULE[0], RETRY_SCHEDULE[1], RETRY_SCHEDULE[2], DAY, DAY]


def test_an_endpoint_that_names_its_limit_is_asked_again_then_and_not_by_the_schedule() -> None:
    assert endpoint_pause(7, 2 * SECOND, NOW, 0.0, limited=True) == NOW + 2 * SECOND
    assert endpoint_pause(7, 2 * SECOND, NOW, 0.5) - NOW == RETRY_SCHEDULE[6]
    assert endpoint_pause(7, timedelta(), NOW, 0.5, limited=True) - NOW == RETRY_SCHEDULE[0]


@settings(max_examples=60)
@given(failures=st.integers(1, 50), wait=st.timedeltas(timedelta(), DAY), jitter=st.floats(0, 1))
def test_an_endpoint_is_never_asked_before_the_wait_it_asked_for(
    failures: int, wait: timedelta, jitter: float
) -> None:
    assert endpoint_pause(failures, wait, NOW, jitter) >= NOW + wait


def test_after_a_pause_sends_double_from_a_probe() -> None:
    assert [concurrency_after_pause(successes, 10) for successes in range(6)] == [1, 2, 4, 8, 10, 10]


WAITS: tuple[tuple[str, timedelta | None], ...] = (
    ("120", 120 * SECOND),
    (" 120 ", 120 * SECOND),
    ("0.65", 0.65 * SECOND),
    ("0", timedelta()),
    ("-5", timedelta()),
    ("317100", DAY),
    ("Mon, 02 Mar 2026 09:02:00 GMT", 120 * SECOND),
    ("Monday, 02-Mar-26 09:02:00 GMT", 120 * SECOND),
    ("Mon Mar  2 09:02:00 2026", 120 * SECOND),
    ("Mon, 02 Mar 2026 08:00:00 GMT", timedelta()),
    ("Mon, 02 Mar 2099 08:00:00 GMT", DAY),
    ("", None),
    ("soon", None),
    ("nan", None),
    ("inf", None),
)


@pytest.mark.parametrize(("text", "wait"), WAITS)
def test_a_retry_after_is_read_in_both_forms_and_capped_at_a_day(text: str, wait: timedelta | None) -> None:
    assert parse_retry_after(text, NOW) == wait


@settings(max_examples=100)
@given(st.text() | st.floats().map(str) | st.integers().map(str) | st.datetimes().map(format_datetime))
def test_no_retry_after_breaks_the_reader(text: str) -> None:
    wait = parse_retry_after(text, NOW)
    assert wait is None or timedelta() <= wait <= DAY


def test_a_used_up_rate_limit_asks_to_wait_for_its_reset() -> None:
    def wait(**headers: str) -> timedelta | None:
        return asked_wait(answered(429, **headers).headers, NOW)

    at = str(NOW.timestamp() + 30)
    assert wait(X_RateLimit_Remaining="0", X_RateLimit_Reset_After="1.5") == 1.5 * SECOND
    assert wait(X_RateLimit_Remaining="0", X_RateLimit_Reset=at) == 30 * SECOND
    assert wait(X_RateLimit_Remaining="0.0", X_RateLimit_Reset="45") == 45 * SECOND
    assert wait(X_RateLimit_Remaining="7", X_RateLimit_Reset=at) is None


def test_a_receivers_clock_is_worth_a_word_beyond_a_minute() -> None:
    def skew(seconds: int) -> timedelta | None:
        return clock_skew(answered(200, Date=format_datetime(NOW + seconds * SECOND, usegmt=True)), NOW)

    assert (skew(30), skew(-400)) == (None, -400 * SECOND)
    assert clock_skew(silent("dns"), NOW) is None
