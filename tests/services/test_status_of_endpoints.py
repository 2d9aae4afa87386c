"""`status` speaks of endpoints that fail, with the day on which each is disabled."""

from datetime import UTC, datetime

from shared.health import read_status
from tests.services.line import Line


def test_an_endpoint_that_fails_is_shown_and_does_not_make_the_stack_unready(line: Line) -> None:
    line.subscribe("terrorism", "https://desk.example/hook")
    line.do(
        "UPDATE core.endpoints SET state = 'paused', failures = 3, reason = 'answered 500', failing_since = :since",
        since=datetime(2026, 3, 1, 9, tzinfo=UTC),
    )

    status = read_status(line.database, line.bell)  # type: ignore[arg-type]

    assert (
        "desk.example/hook fails, disabled on 2026-03-06 09:00 UTC, 0 owed: answered 500" in status.as_text()
    )
    assert not any("endpoint" in problem for problem in status.problems)
