"""Releases are told apart, and stories together, as a careful reader does: the hand-labelled pairs."""

from collections import Counter
from collections.abc import Callable

import pytest

from tests.evaluate.identity_table import Score, said_of, score
from tests.evaluate.release_pairs import Pair, load_pairs

pytestmark = pytest.mark.thorough


@pytest.fixture(scope="module")
def pairs() -> list[Pair]:
    return load_pairs()


@pytest.fixture(scope="module")
def scored(pairs: list[Pair]) -> Callable[[str], Score]:
    said = {id(pair): said_of(pair) for pair in pairs}
    return lambda label: score(pairs, lambda pair: said[id(pair)] == label, label)


@pytest.mark.parametrize(
    ("label", "precision", "recall"),
    [("same", 0.99, 0.97), ("translation", 0.97, 0.9), ("rewrite", 0.95, 0.8)],
)
def test_the_pairs_are_judged_as_a_reader_judges_them(
    scored: Callable[[str], Score], label: str, precision: float, recall: float
) -> None:
    found = scored(label)
    assert found.precision >= precision
    assert found.recall >= recall


def test_the_pairs_are_of_many_kinds_and_languages(pairs: list[Pair]) -> None:
    kinds = Counter(pair.kind for pair in pairs)
    languages = {text.draft.language for pair in pairs for text in (pair.first, pair.second)}
    assert sum(kinds.values()) >= 160
    assert min(kinds.values()) >= 8
    assert len(languages) >= 6
