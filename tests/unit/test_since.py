from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.since import parse_since
from shared.errors import RefusedError

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "distance"),
    [("90m", timedelta(minutes=90)), ("12h", timedelta(hours=12)), ("30d", timedelta(days=30)),
     ("4W", timedelta(weeks=4)), (" 1 d ", timedelta(days=1))],
)  # fmt: skip
def test_a_distance_is_counted_back_from_now(text: str, distance: timedelta) -> None:
    assert parse_since(text, NOW) == NOW - distance


def test_a_date_is_its_first_instant_in_utc() -> None:
    assert parse_since("2026-03-01", NOW) == datetime(2026, 3, 1, tzinfo=UTC)


def test_an_instant_keeps_its_offset() -> None:
    assert parse_since("2026-03-01T10:00:00+02:00", NOW) == datetime(2026, 3, 1, 8, tzinfo=UTC)


def test_a_distance_beyond_all_dates_is_the_first_of_them() -> None:
    assert parse_since("999999w", NOW).year == 1


@pytest.mark.parametrize("text", ["", "d", "-3d", "3 months", "yesterday", "2026-13-01", "2026-04-01"])
def test_what_is_no_time_in_the_past_is_refused(text: str) -> None:
    with pytest.raises(RefusedError):
        parse_since(text, NOW)
