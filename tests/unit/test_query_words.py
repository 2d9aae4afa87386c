import pytest

from shared.domain.releases.draft import Zone
from shared.domain.topics.clause_findings import ClauseFinding, find_clauses
from shared.domain.topics.evidence import MatchText
from shared.domain.topics.query_parser import parse_query
from shared.domain.topics.query_words import describe_query


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("crue", "crue in any form"),
        ("=Loire", "Loire exactly as written"),
        ('"montée des eaux"', 'the words "montée des eaux" in this order'),
        ("inond*", "a word that begins with inond"),
        ("WHO", "WHO in capitals"),
        ("crue (Loire OR Rhin)", "crue in any form, and (Loire in any form, or Rhin in any form)"),
        ("crue -exercice", "crue in any form, and not exercice in any form"),
        ("AT LEAST 2 OF (crue, eau, pluie)", "at least 2 of: crue in any form; eau in any form; pluie in any form"),
        (
            "crue NEAR/5 Loire",
            "crue in any form near Loire in any form (at most 5 words between, in either order)",
        ),
        ("crue ONEAR/0 Loire", "crue in any form near Loire in any form (no word between, in this order)"),
        ("title:crue", "crue in any form in the title"),
        ("lang:(fr OR de) crue", "the text is in fr or de, and crue in any form"),
        ('feed:"Ville de Lyon"', 'it came from the feed "Ville de Lyon"'),
        ("place:Lyon", "it is datelined Lyon"),
    ],
)  # fmt: skip
def test_a_query_is_said_in_words(query: str, words: str) -> None:
    assert describe_query(parse_query(query)) == words


def explained(query: str, text: MatchText) -> list[tuple[str, bool, bool]]:
    findings = find_clauses(parse_query(query), text)
    return [(one.clause, one.holds, one.unwanted) for one in findings]


def test_each_clause_is_explained_by_itself_and_once() -> None:
    text = MatchText("Crue de la Loire", "Le préfet évacue.", language="fr")
    assert explained("(crue AND Rhin) OR crue -title:Loire", text) == [
        ("crue", True, False),
        ("Rhin", False, False),
        ("title:Loire", True, True),
    ]


def test_what_stands_in_boilerplate_alone_is_found_elsewhere() -> None:
    body = "Le préfet évacue.\nÀ propos : la Loire est un fleuve."
    at = body.index("À propos")
    text = MatchText("Crue", body, language="fr", zones=(Zone("boilerplate", at, len(body)),))
    (finding,) = find_clauses(parse_query("Loire"), text)
    assert not finding.holds
    assert [piece.zone for piece in finding.elsewhere] == ["boilerplate"]


def test_a_language_that_is_another_is_found_nowhere_else() -> None:
    text = MatchText("Crue", "Le préfet évacue.", language="fr")
    assert find_clauses(parse_query("lang:de"), text) == (ClauseFinding("lang:de", holds=False),)
