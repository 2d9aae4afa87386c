"""Why a topic rang, and what a text that it did not ring for lacked."""

import random

import pytest

from shared.domain.releases.draft import Zone
from shared.domain.topics.concepts import ConceptEntry, Concepts, PhraseRule
from shared.domain.topics.evidence import MatchText
from shared.domain.topics.explain import Explanation, explain_query
from shared.domain.topics.match import match_query
from shared.domain.topics.query_parser import parse_query
from tests.random_topics import CONCEPTS, a_query, a_text

BODY = (
    "The council imposed sanctions on the shipping company.\n"
    "Nobody mentioned the other aircraft that had landed in the region.\n"
    "About the office: it told us of an airline register."
)
TEXT = MatchText(
    title="New sanctions",
    body=BODY,
    language="en",
    zones=(
        Zone("lead", 0, 54),
        Zone("body", 55, 121),
        Zone("boilerplate", 122, len(BODY)),
    ),
    feeds=("Council news",),
)


KNOWN = Concepts(
    (
        *CONCEPTS.entries,
        ConceptEntry(
            "landing", (("en", "landed"),), rules=(PhraseRule("en", "landed", ("runway", "engine")),)
        ),
        ConceptEntry(
            "airline",
            (("en", "aircraft"), ("en", "flag carrier")),
            rules=(PhraseRule("en", "flag carrier", ("pilot", "the region")),),
        ),
        ConceptEntry(
            "shipping", (("en", "shipping"),), rules=(PhraseRule("en", "shipping", (), ("sanctions",)),)
        ),
    )
)


ONCE = "named in passing, once and not in the title"


def explain(query: str) -> Explanation:
    return explain_query(parse_query(query, KNOWN), TEXT)


@pytest.mark.parametrize(
    ("query", "miss"),
    [
        ("sanctions ferry", "`sanctions` is there, `ferry` is not there"),
        ("ferry", "`ferry` is not there"),
        ("airline", "`airline` is only in the boilerplate"),
        ("sanctions airline", "`sanctions` is there, `airline` is only in the boilerplate"),
        ("title:aircraft", "`title:aircraft` is only in the body"),
        ("title:(aircraft OR ferry)", "`title:aircraft` is only in the body"),
        ("imposed NEAR/1 company", "NEAR/1 missed by 3 words"),
        ("company NEAR/3 imposed", "NEAR/3 missed by 1 word"),
        ("company ONEAR/4 imposed", "`imposed` stands before `company`"),
        ("imposed NEAR/9 aircraft", "`imposed` and `aircraft` are in different paragraphs"),
        ("ferry NEAR/9 aircraft", "`aircraft` is there, `ferry` is not there"),
        ("region NEAR/9 region", "`region` and `region` are the same words here"),
        ("=Aircraft", "`=Aircraft` is there only as “aircraft”"),
        ('"imposes sanction"', '`"imposes sanction"` is there only as “imposed sanctions”'),
        ('"company sanctions"', 'the words of `"company sanctions"` are there, not side by side'),
        ("all:US", "`all:US` is there only as “us”"),
        ("sanctions -aircraft", "`sanctions` is there, `aircraft` is there, and is excluded"),
        ("AT LEAST 2 OF (sanctions, ferry, airline)", "`sanctions` is there, `airline` is only in the boilerplate"),
        ("ferry OR (sanctions airline)", "`sanctions` is there, `airline` is only in the boilerplate"),
        ("sanctions lang:fr", "`sanctions` is there, the text is in en, not fr"),
        ("feed:police", "no feed that carried it is called `police`"),
        ("~weapons", "`~weapons` is not there"),
        ("~landing", "“landed” counts only near one of: runway, engine"),
        ("~airline", f"`~airline` is {ONCE}: “aircraft” counts there only near two of: pilot, the region"),
        ("~shipping", "“shipping” does not count near: sanctions"),
    ],
)  # fmt: skip
def test_a_text_that_does_not_ring_says_what_it_lacks(query: str, miss: str) -> None:
    explanation = explain(query)

    assert not explanation.holds
    assert explanation.nearest_miss == miss


def test_a_text_that_rings_has_no_miss() -> None:
    assert explain("sanctions").nearest_miss is None


def test_each_node_says_whether_it_holds_and_where() -> None:
    explanation = explain("sanctions (ferry OR title:new) -airline")

    assert explanation.holds
    assert explanation.lines() == [
        "yes all of these 3",
        "  yes sanctions in any form – title: “sanctions”; lead: “sanctions”",
        "  yes one or more of these 2",
        "    no  ferry in any form",
        "    yes new in any form in the title – title: “New”",
        "  yes not this",
        "    no  airline in any form",
    ]


@pytest.mark.parametrize("seed", range(4))
def test_an_explanation_says_what_the_matcher_says(seed: int) -> None:
    rng = random.Random(seed)
    queries = [query for query in (a_query(rng) for _ in range(60)) if query is not None]
    texts = [a_text(rng) for _ in range(5)]

    for query in queries:
        for text in texts:
            explanation = explain_query(query, text)
            evidence = match_query(query, text)
            assert explanation.holds is (evidence is not None)
            assert explanation.root.found == (evidence or ())
            assert explanation.holds is not bool(explanation.nearest_miss)
