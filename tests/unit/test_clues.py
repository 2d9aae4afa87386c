"""What wakes a topic: one word of it, in some form; read off its text or off its tree, it is the same."""

import random

import pytest

from shared.domain.topics.clues import Clues, clues_of
from shared.domain.topics.query import print_query
from shared.domain.topics.query_parser import parse_query
from shared.domain.topics.skim import NotSkimmedError, skim_clues
from tests.random_topics import CONCEPTS, a_query


def clues(query: str) -> Clues:
    return clues_of(parse_query(query, CONCEPTS))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("sanctions", {"wsanctions"}),
        ("port sanctions", {"wsanctions"}),
        ("port OR ferry", {"wport", "wferry"}),
        ("sanctions -ferries", {"wsanctions"}),
        ('"seized weapons"', {"sweapons"}),
        ("the AND strike", {"wstrike"}),
        ("WHO guidance", {"wguidance"}),
        ("WHO", {"=who"}),
        ("=Tor", {"=tor"}),
        ("traffick*", {"*traffick"}),
        ("~strike ferry", {"wferry"}),
        ("~weapons", {"~weapons"}),
        ("AT LEAST 2 OF (seizures, ferries, port)", {"wseizures", "wferries"}),
        ("ferry NEAR/5 weapons", {"wweapons"}),
        ("title:sanctions", {"wsanctions"}),
        ("lang:fr AND -port", {"@fr"}),
        ("l'ONU", {"?l'ONU"}),
        ("海关", {"=海关"}),
        ("anti-terrorism", {"wterrorism"}),
    ],
)
def test_a_topic_is_woken_by_its_rarest_words(query: str, found: set[str]) -> None:
    assert clues(query) == found


@pytest.mark.parametrize("query", ["feed:wire", "lang:fr OR NOT port AND feed:x", "feed:wire -port"])
def test_what_no_word_protects_is_always_awake(query: str) -> None:
    assert clues(query) is None


@pytest.mark.parametrize("seed", range(3))
def test_skimming_a_query_finds_the_clues_of_its_tree(seed: int) -> None:
    rng = random.Random(seed)
    skimmed = 0
    for _ in range(400):
        query = a_query(rng)
        if query is None:
            continue
        try:
            found = skim_clues(print_query(query), CONCEPTS)
        except NotSkimmedError:
            continue
        skimmed += 1
        assert found == clues_of(query), print_query(query)
    assert skimmed > 100


@pytest.mark.parametrize(
    "query",
    [
        "port -ferry NEAR/3 weapons",
        "-(port ferry) sanctions",
        'title:("seized weapons" OR ferry) AND NOT lang:fr',
        "lang:(fr OR es) -port",
        "AT LEAST 2 OF (port ferry, -sanctions, weapons OR arms)",
        '~"seized arms" OR -~strike ferry',
        "NOT NOT port ferry",
        "feed:example AND storm",
        "(port) ((ferry OR sanctions))",
        'a1 OR "b1 c1" NEAR/0 d1*',
        "ÉLECTRICITÉ OR ışık* OR п'ять",
    ],
)
def test_queries_as_people_write_them_are_skimmed_right(query: str) -> None:
    try:
        found = skim_clues(query, CONCEPTS)
    except NotSkimmedError:
        return
    assert found == clues(query)


@pytest.mark.parametrize(
    "query", ["", "(", "port)", "port OR", "AT LEAST 2 OF port", "~nothing", "a|b", "title:", '"port', "x:y"]
)
def test_what_is_out_of_the_ordinary_is_left_to_the_parser(query: str) -> None:
    with pytest.raises(NotSkimmedError):
        skim_clues(query, CONCEPTS)
