"""What a person writes of when to be told is read, or refused in a line that says how to write it."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.alerts.timing_options import (
    parse_clock,
    parse_length,
    parse_quiet,
    parse_until,
    parse_zone,
    print_length,
)
from shared.errors import RefusedError

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_times_of_day_lengths_and_zones_are_read() -> None:
    assert parse_clock("8:05") == time(8, 5)
    assert parse_quiet("22:00-07:00") == (time(22), time(7))
    assert parse_length("12h") == timedelta(hours=12)
    assert parse_zone("Europe/Paris") == "Europe/Paris"


def test_an_instant_without_a_zone_is_on_the_wall_of_the_subscription() -> None:
    assert parse_until("2026-03-02T12:00", NOW, "Europe/Paris") == datetime(2026, 3, 2, 11, tzinfo=UTC)
    assert parse_until("2026-03-02T12:00Z", NOW, "Europe/Paris") == datetime(2026, 3, 2, 12, tzinfo=UTC)
    assert parse_until("3h", NOW, "Europe/Paris") == NOW + timedelta(hours=3)


@pytest.mark.parametrize(("read", "text"), [
    (parse_clock, "24:00"), (parse_clock, "8"), (parse_clock, "soon"),
    (parse_quiet, "22:00"), (parse_quiet, "22:00-22:00"), (parse_quiet, "22-7"),
    (parse_zone, "Europe/Lutetia"), (parse_zone, ""), (parse_zone, "../etc/passwd"), (parse_zone, "/etc/passwd"),
    (parse_length, "0h"), (parse_length, "h"), (parse_length, "12 parsecs"),
])  # fmt: skip
def test_what_cannot_be_read_is_refused_in_one_line(read: object, text: str) -> None:
    with pytest.raises(RefusedError) as refused:
        read(text)  # type: ignore[operator]
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("text", ["2026-03-02T08:00Z", "yesterday", "2026-03-02", "9999-12-31T25:59", ""])
def test_a_mute_ends_at_an_instant_to_come(text: str) -> None:
    with pytest.raises(RefusedError):
        parse_until(text, NOW, "UTC")


@given(st.integers(1, 99_999), st.sampled_from("mhdw"))
def test_a_length_of_time_is_written_as_it_is_read(amount: int, unit: str) -> None:
    length = parse_length(f"{amount}{unit}")
    assert parse_length(print_length(length)) == length


def test_a_length_of_time_is_written_in_the_largest_unit_that_divides_it() -> None:
    assert [print_length(timedelta(minutes=minutes)) for minutes in (90, 120, 1440, 20160)] == [
        "90m",
        "2h",
        "1d",
        "2w",
    ]
