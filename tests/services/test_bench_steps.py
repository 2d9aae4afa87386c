"""The benchmark times the line from outside: what it names has to be there."""

import pytest

from tests.bench.steps import STEPS


@pytest.mark.parametrize(("step", "owner", "name"), STEPS)
def test_every_step_that_is_timed_exists(step: str, owner: object, name: str) -> None:
    assert callable(getattr(owner, name, None)), step
