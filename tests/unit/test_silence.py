"""Whether a silence is an ordinary one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.polling.rhythm import Pauses, Rhythm
from shared.domain.polling.silence import judge_silence, quiet_after

FRIDAY = datetime(2026, 3, 6, 16, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BY_CHANCE = Pauses(count=200, long=74, excess=74)


def office(a_day: float, pauses: Pauses = BY_CHANCE) -> Rhythm:
    """A press office that works from 8 to 18 on weekdays and spoke last on Friday at 16:00."""
    rates = [a_day / 10 if hour % 24 in range(8, 18) and hour < 120 else 0.001 for hour in range(168)]
    at = FRIDAY.timestamp()
    return Rhythm(at - 9e6, at, at, rates=tuple(rates), pauses=pauses, known=True)


def quiet(rhythm: Rhythm) -> datetime:
    told_at = quiet_after(rhythm)
    assert told_at is not None
    return told_at


def test_a_weekend_is_no_silence() -> None:
    weekend = judge_silence(office(3), FRIDAY + 2.5 * DAY)
    assert weekend.chance > 0.3


def test_a_silence_says_what_is_usual_how_long_it_lasts_and_how_likely_that_is() -> None:
    monday = FRIDAY - 4 * DAY - 6 * HOUR
    silence = judge_silence(replace(office(14), last=monday.timestamp()), monday + 9 * HOUR)
    assert silence.words.startswith("publishes about 14 a working day; nothing for 9 h; chance 0.")
    assert silence.words.endswith(" %")
    assert (silence.since, silence.lasted) == (monday, 9 * HOUR)


def test_a_feed_is_told_quiet_when_its_silence_has_become_unlikely() -> None:
    told_at = quiet(office(3))
    assert judge_silence(office(3), told_at).chance == pytest.approx(
        1.7 / (office(3).a_week * 52.2), rel=0.01
    )


def test_a_busy_feed_is_told_sooner_than_a_slow_one() -> None:
    assert quiet(office(14)) < quiet(office(3)) < quiet(office(0.3))


def test_a_feed_that_publishes_in_bunches_is_given_more_time_than_a_regular_one() -> None:
    regular, bunches = Pauses(200, 90, 20), Pauses(200, 25, 100)
    assert quiet(office(3, regular)) < quiet(office(3)) < quiet(office(3, bunches))


def test_nothing_is_told_of_a_feed_of_which_too_little_is_known() -> None:
    assert quiet_after(None) is None
    assert quiet_after(replace(office(3), known=False)) is None
    assert quiet_after(office(3, Pauses(count=3, long=1, excess=1))) is None


def test_no_silence_at_all_is_sure() -> None:
    silence = judge_silence(office(3), FRIDAY - HOUR)
    assert (silence.lasted, silence.chance) == (timedelta(), 1.0)


@settings(max_examples=60)
@given(a_day=st.floats(0.1, 500), shorter=st.floats(0, 60), longer=st.floats(0, 60))
def test_the_longer_a_silence_the_less_likely(a_day: float, shorter: float, longer: float) -> None:
    rhythm = office(a_day)
    first, second = (
        judge_silence(rhythm, FRIDAY + days * DAY).chance for days in (shorter, shorter + longer)
    )
    assert 0 <= second <= first <= 1
