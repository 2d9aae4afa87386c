"""What a text's terms must hold for a query: it may let too much through, and never too little."""

import random

import pytest

from shared.domain.topics.concepts import ConceptEntry, Concepts, PhraseRule
from shared.domain.topics.match import match_read
from shared.domain.topics.needed_terms import AnyTerm, EveryTerm, Needed, Term, holds_for_terms, needed_terms
from shared.domain.topics.query_parser import parse_query
from shared.domain.topics.reading import ReadText
from tests.random_topics import CONCEPTS, a_query, a_text


def needed(query: str, language: str | None = "en", concepts: Concepts = CONCEPTS) -> Needed | None:
    return needed_terms(parse_query(query, concepts), language)


@pytest.mark.parametrize("seed", range(2))
def test_whatever_matches_has_the_terms_that_are_needed(seed: int) -> None:
    rng = random.Random(seed)
    texts = [ReadText(a_text(rng)) for _ in range(40)]
    held = asked = 0
    for _ in range(120):
        query = a_query(rng)
        if query is None:
            continue
        for read in texts:
            lets_through = holds_for_terms(needed_terms(query, read.language), read.terms)
            asked += lets_through
            if match_read(query, read) is not None:
                held += 1
                assert lets_through, (query, read.text)
    assert 0 < held < asked < 120 * len(texts)


def test_both_sides_of_an_and_are_needed() -> None:
    assert needed('"port" AND "ship"') == EveryTerm((Term("port"), Term("ship")))


def test_what_stands_under_not_is_not() -> None:
    assert needed('"port" -"ship"') == Term("port")


def test_of_at_least_two_of_three_any_two_are_enough() -> None:
    two = needed('AT LEAST 2 OF ("a1", "b1", "c1")')
    assert holds_for_terms(two, {"a1", "c1"})
    assert not holds_for_terms(two, {"b1"})


def test_of_at_least_two_one_that_no_text_has_leaves_the_others() -> None:
    two = needed('AT LEAST 2 OF ("a1", lang:fr, "c1")')
    assert two == EveryTerm((Term("a1"), Term("c1")))
    assert needed('AT LEAST 2 OF ("a1", lang:fr, lang:es)') == AnyTerm(())


def test_words_that_stand_in_every_text_are_not_asked_for_beside_others() -> None:
    assert needed('"the port of"') == Term("port")


def test_clauses_that_no_term_tells_of_count_as_there() -> None:
    assert needed("AT LEAST 2 OF (lang:en, feed:wire, port, ship)") is None


def test_a_language_rules_out_the_texts_of_others() -> None:
    assert needed("lang:fr AND port") == AnyTerm(())
    assert needed("lang:fr", "fr") is None


def test_neighbours_without_spaces_are_asked_for_as_pairs() -> None:
    found = needed('"海关"', "zh")
    assert found == EveryTerm((Term("海"), Term("关"), Term("海关")))


def test_a_doubtful_phrase_needs_the_terms_of_its_context() -> None:
    concept = ConceptEntry(
        "hazing", (("en", "pledge"),), rules=(PhraseRule("en", "pledge", ("fraternity",)),)
    )
    found = needed("~hazing", "en", Concepts((concept,)))
    assert holds_for_terms(found, {"pledge", "fraternity"})
    assert not holds_for_terms(found, {"pledge"})


def test_phrases_that_share_a_word_ask_for_it_once() -> None:
    concept = ConceptEntry("fishing", (("pl", "port rybacki"), ("pl", "port morski"), ("pl", "rybak")))
    found = needed("~fishing", None, Concepts((concept,)))
    assert isinstance(found, AnyTerm)
    assert [part.parts[0] if isinstance(part, EveryTerm) else part for part in found.parts] == [
        Term("port"),
        Term("rybak"),
    ]
