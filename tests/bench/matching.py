"""Times the matcher beside three others on the same topics: `python -m tests.bench.matching --topics 100000`.

All four must give the same answers, or the run stops. The words are made up and the texts' language is unknown, so that
what a word is means the same to all of them.
"""

import argparse
import gc
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from statistics import median

import ahocorasick_rs
import psutil
import psycopg
from rich.console import Console
from rich.table import Table

from shared.domain.topics.clues import clues_of
from shared.domain.topics.evidence import MatchText, TopicQuery
from shared.domain.topics.match import Matcher, compile_topics, match_read
from shared.domain.topics.query import AllOf, AnyOf, Not, Phrase, Query, Word
from shared.domain.topics.query_parser import parse_query
from shared.domain.topics.reading import ReadText
from shared.embedded import embedded_services

HITS, TEXTS, WORDS = 20, 21, 600
COMMON = (
    "the", "of", "police", "report", "office", "today", "new", "said", "court", "port", "ministry", "people", "were",
)  # fmt: skip
MIX = (
    (0.30, "one word", "{a}"),
    (0.60, "a phrase of two words", '"{a} {b}"'),
    (0.80, "two words", "{a} AND {b}"),
    (0.95, "one of two words without a third", "({a} OR {b}) -{c}"),
    (1.00, "a word and one of two phrases", '{a} AND ("{b} {c}" OR "{c} {d}")'),
)  # fmt: skip
Answer = Callable[[str], set[str]]


def main() -> None:
    """Time each size of ours, then all four at the largest."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.matching", description=__doc__)
    parser.add_argument("--topics", type=int, default=100_000)
    most = parser.parse_args().topics
    console = Console(width=110)
    words = [_made_up(Random(number)) for number in range(40_000)]
    hot = words[:100]
    texts = [_text(Random(number), hot) for number in range(TEXTS)]
    topics = _topics(most, words[100:], hot)
    console.print(
        f"{most:,} topics: " + ", ".join(f"{name} {_share(at):.0%}" for at, (_, name, _) in enumerate(MIX))
    )
    console.print(_growth(most, topics, texts))
    console.print(_peers(topics, texts))


def _share(at: int) -> float:
    return MIX[at][0] - (MIX[at - 1][0] if at else 0)


def _made_up(random: Random) -> str:
    syllables = (
        random.choice("bcdfghklmnprstvz") + random.choice("aeiou") for _ in range(random.randint(3, 5))
    )
    return "".join(syllables)


def _text(random: Random, hot: Sequence[str]) -> str:
    return " ".join(
        random.choice(hot) if random.random() < 0.05 else random.choice(COMMON) for _ in range(WORDS)
    )


def _topics(count: int, cold: Sequence[str], hot: Sequence[str]) -> list[TopicQuery]:
    """Make topics of which the first few hold for most texts and the others for none."""
    random = Random(7)
    made = []
    for number in range(count):
        words = dict(zip("abcd", random.sample(hot if number < HITS else cold, 4), strict=True))
        shape = (
            "{a}" if number < HITS else next(q for upto, _, q in MIX if random.random() <= upto or upto == 1)
        )
        made.append(TopicQuery(f"{number:06}", f"topic {number}", shape.format(**words)))
    return made


def _growth(most: int, topics: list[TopicQuery], texts: list[str]) -> Table:
    table = Table(title="Ours, with the same hits, CPU time of a text", title_justify="left")
    for name in ("topics", "build s", "first text s", "MB", "hits", "read ms", "match ms", "both ms"):
        table.add_column(name, justify="right")
    for size in sorted({most // 100, most // 10, most}):
        before = psutil.Process().memory_info().rss
        gc.collect()
        began = time.perf_counter()
        matcher = compile_topics([TopicQuery(t.id, t.name, t.query) for t in topics[:size]])
        built = time.perf_counter() - began
        began = time.perf_counter()
        matcher.match(MatchText("", texts[0]))
        first = time.perf_counter() - began
        grown = (psutil.Process().memory_info().rss - before) / 1e6
        table.add_row(f"{size:,}", f"{built:.2f}", f"{first:.2f}", f"{grown:.0f}", *_times(matcher, texts))
    return table


def _times(matcher: Matcher, texts: list[str]) -> tuple[str, ...]:
    for text in texts:
        matcher.match(MatchText("", text))
    # The time of this thread alone: others use the machine too.
    reading, matching, both, hits = [], [], [], []
    for text in texts:
        began = time.thread_time()
        read = ReadText(MatchText("", text))
        read.terms  # noqa: B018 - made when first asked for
        done = time.thread_time()
        hits.append(len(matcher.match_read(read)))
        ended = time.thread_time()
        reading.append(done - began)
        matching.append(ended - done)
        both.append(ended - began)
    return f"{median(hits):.0f}", *(f"{median(taken) * 1e3:.3f}" for taken in (reading, matching, both))


def _peers(topics: list[TopicQuery], texts: list[str]) -> Table:
    table = Table(title=f"Four ways, {len(topics):,} topics, median of a text", title_justify="left")
    for name in ("", "ms a text", "to ours"):
        table.add_column(name, justify="right" if name else "left")
    trees = {topic.id: parse_query(topic.query) for topic in topics}
    matcher = compile_topics(topics)
    with _postgres(trees) as asked_in_sql:
        ways: dict[str, tuple[Answer, int]] = {
            "ours, reading the text too": (
                lambda text: {m.topic_id for m in matcher.match(MatchText("", text))},
                TEXTS,
            ),
            "topic by topic in Python": (_one_by_one(trees), 3),
            "ahocorasick_rs and evaluation": (_by_automaton(trees), TEXTS),
            "PostgreSQL, the tsquery of every topic": (asked_in_sql, 5),
        }
        expected = [ways["ours, reading the text too"][0](text) for text in texts]
        ours = 0.0
        for name, (answer, runs) in ways.items():
            taken = []
            for text, right in list(zip(texts, expected, strict=True))[:runs]:
                began = time.perf_counter()
                found = answer(text)
                taken.append(time.perf_counter() - began)
                if found != right:
                    sys.exit(f"{name} gives another answer: {sorted(found ^ right)[:5]}")
            ours = ours or median(taken)
            table.add_row(name, f"{median(taken) * 1e3:.2f}", f"{median(taken) / ours:.1f} ×")
    return table


def _by_matcher(matcher: Matcher) -> Answer:
    return lambda text: {match.topic_id for match in matcher.match(MatchText("", text))}


def _one_by_one(trees: dict[str, Query]) -> Answer:
    def answer(text: str) -> set[str]:
        read = ReadText(MatchText("", text))
        return {topic for topic, query in trees.items() if match_read(query, read) is not None}

    return answer


def _by_automaton(trees: dict[str, Query]) -> Answer:
    wakes: dict[str, list[str]] = {}
    for topic, query in trees.items():
        for clue in clues_of(query) or ():
            wakes.setdefault(clue[1:], []).append(topic)
    words = list(wakes)
    automaton = ahocorasick_rs.AhoCorasick(words)

    def answer(text: str) -> set[str]:
        found = {words[at] for at, _, _ in automaton.find_matches_as_indexes(text, overlapping=True)}
        read = ReadText(MatchText("", text))
        return {
            topic for word in found for topic in wakes[word] if match_read(trees[topic], read) is not None
        }

    return answer


@contextmanager
def _postgres(trees: dict[str, Query]) -> Iterator[Answer]:
    """Hold every topic as a tsquery, to be asked which of them a text satisfies."""
    with (
        tempfile.TemporaryDirectory(prefix="tocsin-matching-") as folder,
        embedded_services(Path(folder)) as running,
        psycopg.connect(running.database_url, autocommit=True) as connection,
    ):
        connection.execute("CREATE TABLE wanted (id text, query tsquery)")
        with connection.cursor() as cursor, cursor.copy("COPY wanted FROM STDIN") as copy:
            for topic, query in trees.items():
                copy.write_row((topic, _tsquery(query)))
        connection.execute("VACUUM ANALYZE wanted")
        statement = "SELECT id FROM wanted, to_tsvector('simple', %s) AS text WHERE text @@ query"
        yield lambda text: {row[0] for row in connection.execute(statement, (text,))}


def _tsquery(query: Query) -> str:
    match query:
        case AllOf(parts):
            return f"({' & '.join(map(_tsquery, parts))})"
        case AnyOf(parts):
            return f"({' | '.join(map(_tsquery, parts))})"
        case Not(part):
            return f"!{_tsquery(part)}"
        case Phrase(text):
            return f"({' <-> '.join(text.split())})"
        case Word(text):
            return text
        case _:
            raise ValueError(query)


if __name__ == "__main__":
    main()
