"""Every example of docs/topics.md is true."""

import re
from pathlib import Path

import pytest

from shared.domain.releases.draft import Zone
from shared.domain.topics.evidence import MatchText
from shared.domain.topics.lexicon import load_lexicon
from shared.domain.topics.match import match_query
from shared.domain.topics.query_parser import parse_query
from shared.errors import QueryError

PAGE = (Path(__file__).parents[2] / "docs" / "topics.md").read_text(encoding="utf-8")
PART = re.compile(r"^(title|dateline|tag|feed|boilerplate): (.*)$")


def blocks(kind: str) -> list[tuple[str, list[str]]]:
    found = re.findall(rf"^```{kind}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    return [
        (lines[0], [line.strip() for line in lines[1:]]) for lines in (block.splitlines() for block in found)
    ]


EXAMPLES = [(query, *line.split(maxsplit=2)) for query, lines in blocks("topic") for line in lines]
REFUSALS = [(query, lines[0]) for query, lines in blocks("refused")]


def release(language: str, text: str) -> MatchText:
    parts: dict[str, list[str]] = {
        "title": [],
        "dateline": [],
        "tag": [],
        "feed": [],
        "boilerplate": [],
        "body": [],
    }
    for part in text.split(" // "):
        labelled = PART.match(part)
        kind, words = labelled.groups() if labelled else ("body", part)
        parts[kind].append(words)
    own = "\n".join(parts["body"])
    body = "\n".join([own, *parts["boilerplate"]])
    lead = len(own.split("\n")[0])
    return MatchText(
        title="\n".join(parts["title"]),
        body=body,
        dateline="\n".join(parts["dateline"]),
        language=language,
        tags=tuple(parts["tag"]),
        feeds=tuple(parts["feed"]),
        zones=(Zone("lead", 0, lead), Zone("body", lead, len(own)), Zone("boilerplate", len(own), len(body))),
    )


def test_the_page_has_its_examples() -> None:
    assert len(EXAMPLES) > 40
    assert len(REFUSALS) > 5


@pytest.mark.parametrize(("query", "outcome", "language", "text"), EXAMPLES)
def test_an_example_rings_or_is_silent_as_the_page_says(
    query: str, outcome: str, language: str, text: str
) -> None:
    rings = match_query(parse_query(query, load_lexicon()), release(language, text)) is not None
    assert rings == {"rings": True, "silent": False}[outcome]


@pytest.mark.parametrize(("query", "line"), REFUSALS)
def test_a_refusal_is_worded_as_the_page_says(query: str, line: str) -> None:
    with pytest.raises(QueryError) as refused:
        parse_query(query)
    assert str(refused.value) == line
