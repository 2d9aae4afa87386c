"""Whether entries may have come and gone between two polls."""

import pytest

from shared.domain.polling.gap import may_have_missed
from shared.domain.polling.rhythm import Rhythm

WEEKLY, WIRE = (Rhythm(0, 0, 0, rates=(rate,) * 168) for rate in (1 / 168, 10.0))

GAPS: tuple[tuple[str, tuple[int, int, int, Rhythm | None, float], bool], ...] = (
    ("none of ten was known", (10, 10, 0, WEEKLY, 600), True),
    ("one of ten was known", (10, 10, 1, WEEKLY, 600), False),
    ("a first document", (0, 10, 0, WEEKLY, 600), False),
    ("a document that is empty now", (10, 0, 0, WEEKLY, 600), False),
    ("a document that was empty", (0, 3, 0, WEEKLY, 600), False),
    ("its one item changed within seconds, a weekly feed", (1, 1, 0, WEEKLY, 5), False),
    ("its one item changed within seconds, a wire", (1, 1, 0, WIRE, 5), True),
    ("its one item changed within minutes: releases come in company", (1, 1, 0, WEEKLY, 300), True),
    ("both items changed within seconds, nothing known", (2, 2, 0, None, 5), False),
    ("both items changed within hours, nothing known", (2, 2, 0, None, 7200), True),
)  # fmt: skip


@pytest.mark.parametrize(("given", "gap"), [row[1:] for row in GAPS], ids=[row[0] for row in GAPS])
def test_a_gap(given: tuple[int, int, int, Rhythm | None, float], gap: bool) -> None:
    last_items, items, overlap, rhythm, elapsed = given
    assert may_have_missed(last_items, items, overlap, rhythm, 0.0, elapsed) is gap
