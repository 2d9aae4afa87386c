"""When a health check speaks up, and when it ends a process."""

import pytest

from shared.domain.vitals import Vitals, judge_vitals


@pytest.mark.parametrize("service", ["ingest", "api"])
def test_a_process_that_beat_a_moment_ago_is_well(service: str) -> None:
    assert judge_vitals(service, Vitals(3_600, own_silence=4, any_silence=4)) == "well"


def test_a_poller_is_not_well_because_another_is() -> None:
    assert judge_vitals("ingest", Vitals(3_600, own_silence=90, any_silence=2)) == "unwell"


def test_a_worker_is_well_while_any_takes_from_its_queue() -> None:
    assert judge_vitals("process", Vitals(3_600, own_silence=90, any_silence=2)) == "well"


def test_a_process_that_has_not_beaten_yet_is_unwell_and_not_hung() -> None:
    assert judge_vitals("deliver", Vitals(5, own_silence=None, any_silence=None)) == "unwell"


def test_a_poller_that_is_silent_for_minutes_is_hung() -> None:
    assert judge_vitals("ingest", Vitals(3_600, own_silence=300, any_silence=2)) == "hung"


def test_a_process_that_never_beat_is_hung_after_minutes() -> None:
    assert judge_vitals("ingest", Vitals(300, own_silence=None, any_silence=2)) == "hung"


def test_the_silence_of_an_earlier_process_does_not_count() -> None:
    assert judge_vitals("ingest", Vitals(20, own_silence=300, any_silence=300)) == "unwell"


def test_a_worker_is_hung_where_others_take_what_it_does_not() -> None:
    assert judge_vitals("process", Vitals(3_600, own_silence=300, any_silence=2)) == "hung"


def test_a_worker_is_hung_where_tasks_wait_and_nobody_takes_them() -> None:
    assert judge_vitals("process", Vitals(3_600, own_silence=300, any_silence=300, waiting=3)) == "hung"


def test_a_worker_is_not_hung_where_nothing_rings() -> None:
    assert judge_vitals("process", Vitals(3_600, own_silence=300, any_silence=300, waiting=0)) == "unwell"
