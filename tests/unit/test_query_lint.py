"""Advice on queries that may not mean what their writers think."""

import pytest

from shared.domain.topics.query_lint import lint_query, lint_text, repaired, sought_words
from shared.domain.topics.query_parser import parse_query


@pytest.mark.parametrize(
    ("query", "column", "better"),
    [
        ("“border police” ship", 1, '"border police" ship'),
        ("port and ship", 6, "port AND ship"),
        ('"law and order" AND port or ship', 26, '"law and order" AND port OR ship'),
        ("port near5 ship", 6, "port NEAR/5 ship"),
        ("port NEAR/5f ship", 6, "port ONEAR/5 ship"),
        ("port w/3 ship", 6, "port NEAR/3 ship"),
        ("port AROUND(4) ship", 6, "port NEAR/4 ship"),
        ('"port ship"~5', 1, "port NEAR/5 ship"),
        ("site:example.org port", 1, "feed:example.org port"),
        ("intitle:port", 1, "title:port"),
        ("language:fr port", 1, "lang:fr port"),
        ("port && ship", 6, "port AND ship"),
        ("port | ship", 6, "port OR ship"),
        ("port !ship", 6, "port -ship"),
        ("'border police' ship", 1, '"border police" ship'),
        ("organi?ed crime", None, ""),
        ("vessel? port", 1, "vessel port"),
    ],
)
def test_what_other_engines_write_is_named_with_its_column_and_repaired(
    query: str, column: int | None, better: str
) -> None:
    advice = lint_text(query)
    if column is None:
        assert advice == []
        return
    assert advice[0].column == column
    assert query[column - 1 :].startswith(advice[0].text)
    assert repaired(query, advice) == better
    parse_query(better)


@pytest.mark.parametrize(
    "query",
    [
        "port ship",
        '"this and that" ship',
        "l'ONU AND d'armes",
        "a1 NEAR/5 b1",
        "port -ship",
        "title:port*",
        "U.S. port",
    ],
)
def test_a_query_as_it_should_be_gets_no_advice(query: str) -> None:
    assert lint_text(query) == []


def test_a_beginning_of_three_letters_is_short() -> None:
    (advice,) = lint_query(parse_query("port (tra* NEAR/3 ship)"))
    assert (advice.column, advice.text) == (7, "tra*")
    assert not lint_query(parse_query("traf*"))


def test_the_words_of_a_query_are_listed_from_left_to_right_without_languages_and_feeds() -> None:
    words = sought_words(parse_query("lang:fr feed:wire (port NEAR/3 (ship OR boat)) -title:ferry"))
    assert [(getattr(leaf, "text", ""), scope) for leaf, scope in words] == [
        ("port", None),
        ("ship", None),
        ("boat", None),
        ("ferry", "title"),
    ]
