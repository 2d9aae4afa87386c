"""The index loses nothing: it gives exactly what reading every topic, one by one, gives."""

import random

import pytest

from shared.domain.topics.match import compile_topics
from shared.errors import QueryError
from tests.evaluate.matching import compare_round
from tests.random_topics import CONCEPTS, a_text, a_topic, one_by_one

pytestmark = pytest.mark.thorough


@pytest.mark.parametrize("seed", range(8))
def test_the_index_gives_what_each_topic_alone_gives(seed: int) -> None:
    rng = random.Random(seed)
    matcher = compile_topics((a_topic(rng, number) for number in range(120)), CONCEPTS)
    texts = [a_text(rng) for _ in range(25)]

    matches = [matcher.match(text) for text in texts]

    assert matches == [one_by_one(matcher, text) for text in texts]
    assert 0 < sum(map(len, matches)) < len(texts) * len(matcher.topics)


def test_the_random_queries_are_queries() -> None:
    rng = random.Random(1)
    matcher = compile_topics((a_topic(rng, number) for number in range(200)), CONCEPTS)

    assert len(matcher.topics) > 120
    assert all(isinstance(error, QueryError) for error in matcher.refused.values())


@pytest.mark.parametrize("seed", range(2))
def test_the_matcher_gives_what_one_written_for_clarity_gives(seed: int) -> None:
    """The whole of it is `python -m tests.evaluate.matching`."""
    _, pairs, matches = compare_round(random.Random(seed), 100, 8)
    assert 0 < matches < pairs
