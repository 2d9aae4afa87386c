"""The rules of when to poll and who waits, as `docs/feeds.md` tells them, are those of the functions."""

from pathlib import Path
from types import ModuleType

import pytest

from shared.domain.polling import schedule
from shared.domain.web import wait_scope

PAGE = (Path(__file__).parents[2] / "docs" / "feeds.md").read_text(encoding="utf-8")


def rules(words: str | None) -> list[str]:
    return [line for line in (words or "").splitlines() if line.startswith("| ") and "---" not in line]


@pytest.mark.parametrize("module", [schedule, wait_scope], ids=lambda module: module.__name__)
def test_the_page_tells_every_rule_in_order(module: ModuleType) -> None:
    told = [line for line in PAGE.splitlines() if line in rules(module.__doc__)]
    assert told == rules(module.__doc__)
