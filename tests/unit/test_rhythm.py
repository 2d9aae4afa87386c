"""The rhythm of a feed: learnt by weekday and hour, kept in a row, said in words."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.polling.rhythm import HOUR, Pauses, Rhythm, in_words

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
DAY = timedelta(days=1)


def published(weeks: int, hours: tuple[int, ...], days: tuple[int, ...] = (0, 1, 2, 3, 4)) -> list[datetime]:
    """Entries at half past these hours of these weekdays."""
    return [
        MONDAY + timedelta(weeks=week, days=day, hours=hour, minutes=30)
        for week in range(weeks)
        for day in days
        for hour in hours
    ]


def learnt(instants: list[datetime]) -> Rhythm:
    """A rhythm that saw these entries one by one."""
    rhythm = Rhythm.begin(MONDAY)
    for instant in instants:
        rhythm = rhythm.observe([instant], instant + timedelta(minutes=5))
    return rhythm


OFFICE = learnt(published(8, (9, 11, 15)))


def rate(rhythm: Rhythm, day: int, hour: int) -> float:
    return rhythm.rate((MONDAY + timedelta(weeks=9, days=day, hours=hour)).timestamp())


def test_nothing_is_known_of_a_feed_that_never_spoke() -> None:
    assert not Rhythm.begin(MONDAY).known
    assert in_words(Rhythm.begin(MONDAY)) == in_words(None) == "too little is known yet"


def test_office_hours_are_learnt_by_hour_and_by_weekday() -> None:
    assert OFFICE.known
    assert rate(OFFICE, 1, 9) > 5 * rate(OFFICE, 1, 2)
    assert rate(OFFICE, 1, 9) > 5 * rate(OFFICE, 5, 9)


def test_a_weekday_borrows_its_hours_from_like_weekdays() -> None:
    without_wednesdays = learnt(published(2, (9, 15), days=(0, 1, 3, 4)))
    assert rate(without_wednesdays, 2, 9) > 2 * rate(without_wednesdays, 2, 3)


def test_a_week_holds_about_as_many_entries_as_were_seen_in_one() -> None:
    assert 12 < OFFICE.a_week < 18


def test_the_first_document_teaches_the_rhythm_by_its_dates() -> None:
    archive = Rhythm.begin(MONDAY + timedelta(weeks=4), published(4, (9, 11, 15)))
    assert archive.known
    assert rate(archive, 1, 9) > 4 * rate(archive, 1, 2)
    assert archive.last == published(4, (15,))[-1].timestamp()


def test_an_old_rhythm_gives_way_to_a_new_one() -> None:
    moved = learnt(published(8, (9,)) + [at + timedelta(weeks=8) for at in published(12, (20,))])
    assert rate(moved, 1, 20) > 3 * rate(moved, 1, 9)


def test_dates_in_the_future_count_as_now() -> None:
    rhythm = Rhythm.begin(MONDAY).observe([MONDAY + 900 * DAY], MONDAY + DAY)
    assert rhythm.last == (MONDAY + DAY).timestamp()


def test_pauses_are_counted_in_the_entries_expected_meanwhile() -> None:
    night = OFFICE.expected(
        *(
            t.timestamp()
            for t in (MONDAY + timedelta(weeks=8, hours=16), MONDAY + timedelta(weeks=8, hours=31))
        )
    )
    morning = OFFICE.expected(
        *(
            t.timestamp()
            for t in (MONDAY + timedelta(weeks=8, hours=8), MONDAY + timedelta(weeks=8, hours=12))
        )
    )
    assert night < morning


def test_old_pauses_fade() -> None:
    pauses = Pauses()
    for _ in range(5000):
        pauses = pauses.add(3.0)
    for _ in range(1000):
        pauses = pauses.add(0.5)
    assert pauses.long / pauses.count < 0.01


@settings(max_examples=50)
@given(ages=st.lists(st.timedeltas(timedelta(), 90 * DAY), max_size=30))
def test_a_rhythm_comes_back_from_its_row(ages: list[timedelta]) -> None:
    rhythm = Rhythm.begin(MONDAY, [MONDAY - age for age in ages])
    back = Rhythm.from_bytes(rhythm.to_bytes())
    assert back is not None
    assert (back.since, back.last, back.fitted, back.known) == (
        rhythm.since,
        rhythm.last,
        rhythm.fitted,
        rhythm.known,
    )
    assert back.rates == pytest.approx(rhythm.rates, rel=0.002, abs=1e-6)
    assert back.to_bytes() == rhythm.to_bytes()


@pytest.mark.parametrize("packed", [None, b"", b"\x00", b"\xff" * 1065])
def test_a_row_without_a_rhythm_or_with_another_versions_is_none(packed: bytes | None) -> None:
    assert Rhythm.from_bytes(packed) is None


@settings(max_examples=100)
@given(start=st.floats(0, 40 * 168), hours=st.floats(0, 3000))
def test_when_so_many_are_expected_undoes_how_many_are_expected(start: float, hours: float) -> None:
    begun = MONDAY.timestamp() + start * HOUR
    expected = OFFICE.expected(begun, begun + hours * HOUR)
    assert OFFICE.when_expected(begun, expected) == pytest.approx(begun + hours * HOUR, abs=1.0)


WORDS: tuple[tuple[str, Rhythm, str], ...] = (
    ("office hours", OFFICE, "about 3 a working day"),
    ("every day", learnt(published(6, (6, 12, 18, 22), days=tuple(range(7)))), "about 4 a day"),
    ("weekly", learnt(published(20, (10,), days=(2,))), "about 1 a week"),
)  # fmt: skip


@pytest.mark.parametrize(("rhythm", "words"), [row[1:] for row in WORDS], ids=[row[0] for row in WORDS])
def test_a_rhythm_in_words(rhythm: Rhythm, words: str) -> None:
    assert in_words(rhythm) == words
