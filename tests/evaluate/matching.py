"""Compares the matcher with one written for clarity: `python -m tests.evaluate.matching --queries 10000`."""

import argparse
import random
import sys

from shared.domain.topics.match import compile_topics
from tests.plain_matcher import plain_match
from tests.random_topics import CONCEPTS, a_query, a_text, print_topic

TEXTS_A_ROUND, TOPICS_A_ROUND = 20, 200


def main() -> None:
    """Match rounds of random topics with random texts; exit 1 at a difference, which is shown."""
    parser = argparse.ArgumentParser(prog="python -m tests.evaluate.matching", description=__doc__)
    parser.add_argument("--queries", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    rng = random.Random(arguments.seed)
    queries = pairs = matches = 0
    while queries < arguments.queries:
        found = compare_round(rng, TOPICS_A_ROUND, TEXTS_A_ROUND)
        queries, pairs, matches = queries + found[0], pairs + found[1], matches + found[2]
    print(
        f"{queries:,} queries, {pairs:,} pairs with texts, {matches:,} matches: identical, evidence included"
    )


def compare_round(rng: random.Random, topics: int, texts: int) -> tuple[int, int, int]:
    """Give how many queries, pairs and matches were compared; exits where the two differ."""
    queries = [query for query in (a_query(rng) for _ in range(topics)) if query is not None]
    watched = [print_topic(number, query) for number, query in enumerate(queries)]
    matcher = compile_topics(watched, CONCEPTS)
    matches = 0
    for text in (a_text(rng) for _ in range(texts)):
        plain = [plain_match(topic, query, text) for topic, query in zip(watched, queries, strict=True)]
        expected = tuple(match for match in plain if match is not None)
        if (found := matcher.match(text)) != expected:
            sys.exit(f"they differ on {text}:\n{set(found) ^ set(expected)}")
        matches += len(found)
    return len(queries), len(queries) * texts, matches


if __name__ == "__main__":
    main()
