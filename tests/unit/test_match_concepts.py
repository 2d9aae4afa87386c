"""What a concept rings for: its phrases in each language, its narrower ones, and those that need company."""

from dataclasses import replace

import pytest

from shared.domain.topics.concepts import ConceptEntry, Concepts, PhraseRule
from shared.domain.topics.evidence import MatchText
from shared.domain.topics.match import match_query
from shared.domain.topics.query_parser import parse_query
from tests.unit.test_match import evidence, text


@pytest.mark.parametrize(
    ("body", "language"),
    [
        ("Police broke up a migrant smuggling ring.", "en"),
        ("Un trafic de migrants a été démantelé.", "fr"),
        ("Desarticulada una red de tráfico de migrantes.", "es"),
        ("ضبط شبكة تعمل في تهريب المهاجرين", "ar"),
        ("警方破获偷运移民案。", "zh"),
        ("Der Bericht trägt den Titel “Migrant smuggling”.", "de"),
    ],
)
def test_a_concept_rings_in_every_language_of_its_phrases(body: str, language: str) -> None:
    pieces = evidence("~migrant-smuggling", text(body, language))

    assert pieces is not None
    assert pieces[0].concept == "migrant-smuggling"


def test_a_concept_says_which_clause_concept_and_language_it_came_through() -> None:
    (piece,) = evidence("~“trafic de migrants”", text("Trafics de migrants à Calais.", "fr")) or ()

    assert (piece.clause, piece.concept, piece.language) == (
        "~“trafic de migrants”",
        "migrant-smuggling",
        "fr",
    )
    assert (piece.text, piece.start, piece.end) == ("Trafics de migrants", 0, 19)


def test_a_broad_concept_covers_its_narrower_ones() -> None:
    (piece,) = evidence("~organised-crime", text("A case of migrant smuggling.")) or ()

    assert piece.concept == "migrant-smuggling"


def test_a_single_word_of_another_language_does_not_ring() -> None:
    assert evidence("~migrant-smuggling", text("Las pateras llegaron.", "es"))
    assert not evidence("~migrant-smuggling", text("The word pateras is Spanish.", "en"))


def test_two_lexicons_with_the_same_id_do_not_share_phrases() -> None:
    other = Concepts((ConceptEntry("migrant-smuggling", (("en", "people smuggling"),)),))
    read = text("A case of people smuggling.")

    assert evidence("~migrant-smuggling", read) is None
    assert match_query(parse_query("~migrant-smuggling", other), read) is not None


DOUBTFUL = Concepts(
    (
        ConceptEntry(
            "drug-seizure",
            (("en", "cocaine"), ("en", "drug bust"), ("en", "haul"), ("fr", "cocaïne")),
            rules=(
                PhraseRule(
                    "en", "cocaine", needs=("seized", "coast guard"), forbids=("song", "cocaine bear")
                ),
            ),
        ),
    )
)


def doubtful_match(
    body: str, language: str = "en", title: str = "", query: str = "~drug-seizure"
) -> list[str] | None:
    found = match_query(parse_query(query, DOUBTFUL), MatchText(title, body, language=language))
    return None if found is None else [piece.text for piece in found]


@pytest.mark.parametrize("body", ["Officers seized the cocaine.", "Cocaine was found by the coast guards."])
def test_a_doubtful_phrase_holds_near_what_it_needs_and_alone_is_the_evidence(body: str) -> None:
    assert [text.lower() for text in doubtful_match(body) or ()] == ["cocaine"]


@pytest.mark.parametrize(
    "body",
    [
        "A film about cocaine",
        "A meeting.\nCocaine is bad.\nOfficers seized a boat.",
        f"Officers seized {'one ' * 21} of cocaine.",
        "The song Cocaine was seized on by radio.",
        "Cocaine Bear seized the stage.",
    ],
)
def test_a_doubtful_phrase_without_what_it_needs_or_near_what_it_forbids_is_silent(body: str) -> None:
    assert doubtful_match(body) is None


def test_the_title_and_the_lead_give_each_other_what_a_phrase_needs_and_what_it_forbids() -> None:
    assert doubtful_match("Officers seized a tonne.", title="Cocaine in a banana crate")
    assert doubtful_match("It was cocaine.", title="Boat seized")
    assert doubtful_match("Officers seized the cocaine.", title="A song") is None


def test_the_lead_and_the_paragraph_behind_it_give_each_other_what_a_phrase_needs() -> None:
    assert doubtful_match("A tonne of cocaine.\nOfficers seized it.\nThey left.")
    assert doubtful_match("Officers seized it for the coast guard.\nCocaine, they said.\nThey left.")
    assert doubtful_match("A meeting.\nCocaine, they said.\nOfficers seized it.") is None
    assert doubtful_match("They left.\nA tonne of cocaine.", title="Officers seized it") is None


@pytest.mark.parametrize(("words", "holds"), [(30, True), (31, False)])
def test_the_lead_reaches_thirty_words_into_what_stands_before_or_after_it(words: int, holds: bool) -> None:
    assert (doubtful_match(f"Cocaine.\n{'one ' * words} seized") is not None) is holds
    assert (doubtful_match(f"{'one ' * words} seized", title="Cocaine") is not None) is holds


@pytest.mark.parametrize(("words", "holds"), [(20, True), (21, False)])
def test_a_paragraph_reaches_twenty_words(words: int, holds: bool) -> None:
    assert (doubtful_match(f"Seized: {'one ' * words} cocaine.") is not None) is holds


# Named once, behind the title and the lead, where only what stands around it tells whether it is the subject.
IN_PASSING = [
    ("A meeting.\nOfficers seized the cocaine.", False),
    ("A meeting.\nThe coast guard seized the cocaine.", True),
    ("A meeting.\nThey seized, and seized again, the cocaine.", False),
    ("A meeting.\nOfficers seized cocaine, and again cocaine.", True),
    (f"A meeting.\nOfficers seized cocaine, {'one ' * 98} cocaine seized again.", True),
    (f"A meeting.\nOfficers seized cocaine, {'one ' * 100} cocaine seized again.", False),
    ("A meeting.\nIt ended in a haul.", False),
    ("A meeting.\nThe coast guard seized it: a haul.", True),
    ("A meeting.\nIt ended in a drug bust.", True),
]


@pytest.mark.parametrize(("body", "rings"), IN_PASSING)
def test_a_word_named_once_in_the_body_rings_in_the_company_of_two_others(body: str, rings: bool) -> None:
    assert (doubtful_match(body, title="News") is not None) is rings


def test_a_word_named_once_rings_in_the_title_and_in_a_lead_that_is_the_whole_text_or_has_no_title() -> None:
    assert doubtful_match("It was long.\nThey met.", title="A haul")
    assert doubtful_match("A haul.\nThey met.", title="News") is None
    assert doubtful_match("A haul.", title="News")
    assert doubtful_match("A haul.\nThey met.")


def test_any_mention_rings_under_all_and_beside_a_word_that_is_near() -> None:
    body = "A meeting.\nIt ended in a haul."

    assert doubtful_match(body, title="News", query="all:~drug-seizure")
    assert doubtful_match(body, title="News", query="~drug-seizure NEAR/3 ended")
    assert doubtful_match(body, title="News", query="body:~drug-seizure") is None


def test_a_concept_whose_phrases_need_nothing_rings_for_any_mention() -> None:
    assert doubtful_match("Une réunion.\nDe la cocaïne.\nFin.", "fr", title="Avis") == ["cocaïne"]


def test_the_phrases_beside_a_doubtful_one_need_nothing() -> None:
    assert doubtful_match("A drug bust") == ["drug bust"]
    assert doubtful_match("De la cocaïne", "fr") == ["cocaïne"]


def test_a_doubtful_phrase_does_not_name_its_concept() -> None:
    assert DOUBTFUL.find("drug bust") == "drug-seizure"
    assert DOUBTFUL.find("song") is None
    assert Concepts((replace(DOUBTFUL.entries[0], phrases=(("en", "cocaine"),)),)).find("cocaine") is None
