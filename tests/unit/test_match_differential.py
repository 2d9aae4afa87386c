"""The index loses nothing: it gives exactly what reading every topic, one by one, gives."""

import random

import pytest

from shared.domain.topics.evidence import MatchText, TopicQuery
from shared.domain.topics.match import compile_topics, match_query
from shared.domain.topics.query_parser import parse_query
from shared.errors import QueryError
from tests.evaluate.matching import compare_round
from tests.plain_matcher import plain_match
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


def test_the_two_agree_on_what_is_only_mentioned() -> None:
    rng = random.Random(3)
    topics = [TopicQuery(scope, scope, f"{scope}~seizure") for scope in ("", "lead:", "body:", "all:")]
    queries = [parse_query(topic.query, CONCEPTS) for topic in topics]
    texts = [a_mention(rng) for _ in range(150)]

    real = [[match_query(query, text) is not None for query in queries] for text in texts]

    assert real == [
        [plain_match(topic, query, text) is not None for topic, query in zip(topics, queries, strict=True)]
        for text in texts
    ]
    # Mentioned and told, mentioned and not, neither.
    assert {(told, mentioned) for told, *_, mentioned in real} == {
        (True, True),
        (False, True),
        (False, False),
    }


def a_mention(rng: random.Random) -> MatchText:
    """Make a text of three paragraphs, in which a word or two may speak of a seizure."""
    telling = ["seized", "police", "policing", "weapons", "the port", "ferry", "seized arms"]
    words = ["a", "long", "day", "of", "talks"] * 3 + rng.sample(telling, rng.randint(0, 3))
    rng.shuffle(words)
    third = len(words) // 3
    lines = (words[:third], words[third : 2 * third], words[2 * third :])
    return MatchText(
        rng.choice(["", "News", "A day of talks"]), "\n".join(map(" ".join, lines)), language="en"
    )
