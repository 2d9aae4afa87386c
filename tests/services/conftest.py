"""The line on a database of the test's own."""

from collections.abc import Iterator

import pytest

from tests.services.line import Line


@pytest.fixture
def line(database_url: str) -> Iterator[Line]:
    """Open the line on an empty, migrated database."""
    opened = Line(database_url)
    yield opened
    opened.close()
