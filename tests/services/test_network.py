"""The event loop beside the tasks: work that fails says so, and a loop that did not start holds up nobody."""

from threading import current_thread

import pytest

from services.worker.network import NetworkLoop
from shared.http import GuardedClient
from shared.settings import Settings


async def idle(_: GuardedClient) -> None:
    return None


def test_work_is_done_on_the_loop() -> None:
    done_in: list[str] = []

    async def work(_: GuardedClient) -> None:
        done_in.append(current_thread().name)

    network = NetworkLoop(Settings())
    network.start(work, patience=5, most_pending=1)
    network.stop(1)

    assert len(done_in) == 1
    assert done_in != [current_thread().name]


def test_a_loop_that_could_not_start_says_why_to_whoever_brings_work() -> None:
    network = NetworkLoop(Settings(proxy="no proxy at all"))

    with pytest.raises(Exception, match=r"proxy|scheme|URL"):
        network.start(idle, patience=5, most_pending=1)

    network.stop(1)
