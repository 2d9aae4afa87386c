"""The line on a database of the test's own."""

from collections.abc import Iterator

import pytest

from tests.services.line import Line
from tests.unit.events import faults


@pytest.fixture
def line(database_url: str) -> Iterator[Line]:
    """Open the line on an empty, migrated database."""
    opened = Line(database_url)
    yield opened
    wrong = [fault for body in opened.standard_bodies() for fault in faults(body)]
    opened.close()
    assert not wrong, f"a body that was made is not as its schema says: {wrong}"
