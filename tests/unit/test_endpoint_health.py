"""An endpoint that fails is spoken of after an hour, a day and four days, and disabled after five."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.alerts.endpoint_health import (
    DISABLED,
    WELL,
    EndpointFacts,
    build_endpoint_payload,
    endpoint_words,
    event_of,
    judge_endpoint,
)

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def failing(
    since: timedelta | None, *, state: str = "paused", told: int = WELL, reason: str = "answered 500"
) -> EndpointFacts:
    at = None if since is None else NOW - since
    return EndpointFacts("e1", "https://desk.example/hook", state, reason, at, 7, 40, told)


@pytest.mark.parametrize(("since", "stage"), [
    (None, WELL), (HOUR * 0.9, 0), (HOUR, 1), (23 * HOUR, 1), (DAY, 2), (4 * DAY, 3), (5 * DAY, DISABLED),
])  # fmt: skip
def test_each_warning_has_its_time(since: timedelta | None, stage: int) -> None:
    assert judge_endpoint(failing(since), NOW) == stage


def test_each_warning_is_told_once() -> None:
    assert event_of(failing(2 * HOUR), 1) == "endpoint.failing"
    assert event_of(failing(3 * HOUR, told=1), 1) is None
    assert event_of(failing(DAY, told=1), 2) == "endpoint.failing"
    assert event_of(failing(5 * DAY, told=3), DISABLED) == "endpoint.disabled"
    assert event_of(failing(6 * DAY, state="disabled", told=DISABLED), DISABLED) is None


def test_only_what_was_told_to_fail_is_told_to_be_back() -> None:
    assert event_of(failing(None, state="active", told=2), WELL) == "endpoint.recovered"
    assert event_of(failing(None, state="active"), WELL) is None


def test_a_warning_names_the_day_of_disabling_and_what_to_do() -> None:
    words = endpoint_words(failing(DAY), "endpoint.failing", NOW)
    assert "disabled on 2026-03-06 09:00 UTC" in words
    assert "answered 500" in words
    assert "tocsin endpoint enable e1" in words


def test_a_warning_is_a_message_like_any_other() -> None:
    told = json.loads(build_endpoint_payload(failing(DAY, reason="x" * 50_000), "endpoint.failing", NOW))
    assert told["type"] == "endpoint.failing"
    assert told["data"]["disabled_at"] == "2026-03-06T09:00:00.000Z"
    assert told["data"]["owed"] == 40
    assert len(json.dumps(told)) < 20_000
