"""The settings of the doorbell that what is stored relies on."""

from uuid import UUID

from services.worker.process import LEASE_SECONDS
from shared.queue import PROCESS, Bell, queue_app

conf = queue_app("redis://127.0.0.1:1/0").conf


def test_no_exception_of_the_clock_is_raised_inside_a_task() -> None:
    """It would be taken for a fault of the entry that was being read, which is counted as failed and gone."""
    assert conf.task_soft_time_limit is None


def test_a_task_that_outlives_its_lease_is_ended_well_before_its_message_comes_again() -> None:
    assert LEASE_SECONDS < conf.task_time_limit < conf.broker_transport_options["visibility_timeout"] / 2


def test_a_broker_of_another_kind_gets_no_settings_of_redis() -> None:
    options = queue_app("amqp://broker.example//").conf.broker_transport_options
    assert options["confirm_publish"]
    assert "visibility_timeout" not in options


def test_a_broker_of_another_kind_says_how_many_tasks_wait() -> None:
    bell = Bell("memory://localhost/")
    assert bell.waiting(PROCESS) == 0
    bell.ring_process([UUID(int=n) for n in range(60)])
    assert bell.waiting(PROCESS) == 3


def test_a_broker_that_is_not_there_is_silent_and_raises_nothing() -> None:
    bell = Bell("amqp://127.0.0.1:1//")
    assert bell.waiting(PROCESS) is None
    assert not bell.ring_process([UUID(int=1)])
