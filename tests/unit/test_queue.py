"""The settings of the doorbell that what is stored relies on."""

from services.worker.process import LEASE_SECONDS
from shared.queue import queue_app

conf = queue_app("redis://127.0.0.1:1/0").conf


def test_no_exception_of_the_clock_is_raised_inside_a_task() -> None:
    """It would be taken for a fault of the entry that was being read, which is counted as failed and gone."""
    assert conf.task_soft_time_limit is None


def test_a_task_that_outlives_its_lease_is_ended_well_before_its_message_comes_again() -> None:
    assert LEASE_SECONDS < conf.task_time_limit < conf.broker_transport_options["visibility_timeout"] / 2
