"""The schedule over simulated days: nothing is missed without a gap, and the rhythm pays."""

from statistics import median

import pytest

from tests.evaluate.polling_run import Run, run_tocsin
from tests.evaluate.press_offices import PressOffice, make_press_offices

pytestmark = pytest.mark.thorough

FEEDS, DAYS = 200, 7


@pytest.fixture(scope="module")
def runs() -> list[tuple[PressOffice, Run]]:
    offices = make_press_offices(FEEDS, DAYS, seed=7)
    return [(office, run_tocsin(office, DAYS, f"poll/{i}")) for i, office in enumerate(offices)]


def test_no_entry_is_missed_without_a_gap(runs: list[tuple[PressOffice, Run]]) -> None:
    assert sum(run.missed for _, run in runs) > 0
    assert sum(run.missed_without_gap for _, run in runs) == 0


def test_feeds_that_never_turn_over_have_no_gaps(runs: list[tuple[PressOffice, Run]]) -> None:
    assert not [office.kind for office, run in runs if run.gaps and office.kind.startswith("office")]


def test_a_wire_is_polled_more_often_than_an_office_and_a_dead_feed_least(
    runs: list[tuple[PressOffice, Run]],
) -> None:
    polls = {
        kind: median(run.polls for office, run in runs if office.kind == kind)
        for kind in ("round-the-clock wire", "office hours", "dead")
    }
    assert polls["round-the-clock wire"] > 4 * polls["office hours"] > 4 * polls["dead"]


def test_the_same_seed_gives_the_same_run() -> None:
    once, again = (
        [run_tocsin(office, 3, "seed").delays for office in make_press_offices(5, 3, seed=3)]
        for _ in range(2)
    )
    assert once == again
