"""What each operator means in real sentences, what rings where, and what the evidence says."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.releases.draft import Zone
from shared.domain.topics.concepts import NO_CONCEPTS, ConceptEntry, Concepts
from shared.domain.topics.evidence import Evidence, MatchText, TopicQuery
from shared.domain.topics.match import compile_topics, match_query
from shared.domain.topics.query_parser import parse_query

SMUGGLING = ConceptEntry(
    "migrant-smuggling",
    (
        ("en", "migrant smuggling"),
        ("en", "smuggling of migrants"),
        ("fr", "trafic de migrants"),
        ("es", "tráfico de migrantes"),
        ("ar", "تهريب المهاجرين"),
        ("zh", "偷运移民"),
        ("es", "pateras"),
    ),
    broader=("organised-crime",),
)
CONCEPTS = Concepts((SMUGGLING, ConceptEntry("organised-crime", (("en", "organised crime"),))))


def text(body: str = "", language: str | None = "en", **changed: Any) -> MatchText:
    return MatchText(**{"title": "", "body": body, "language": language, **changed})


def evidence(query: str, read: MatchText) -> tuple[Evidence, ...] | None:
    return match_query(parse_query(query, CONCEPTS), read)


def rings(query: str, body: str, language: str | None = "en") -> bool:
    return evidence(query, text(body, language)) is not None


def found(query: str, read: MatchText) -> list[str]:
    return [piece.text for piece in evidence(query, read) or ()]


EN = "The coast guard seized three boats near Lampedusa. Two men were arrested on suspicion of smuggling."
FR = "La police a saisi trois bateaux près de Calais ; l’ONU a salué l’arrestation des passeurs."
ES = "La Guardia Civil detuvo a dos hombres que transportaban armas en la isla de Alborán."
DE = "Die Polizei beschlagnahmte gefälschte Arzneimittel im Hafen von Bremen."
AR = "أعلنت وزارة الداخلية أن الشرطة ضبطت شحنة من الأسلحة في الميناء."


@pytest.mark.parametrize(
    ("query", "body", "language", "holds"),
    [
        # a word: any inflection in the text's own language, case- and accent-blind
        ("arrest", EN, "en", True),
        ("LAMPEDUSA", EN, "en", True),
        ("bateau", FR, "fr", True),
        ("l’ONU", FR, "fr", True),
        ("ONU", FR, "fr", True),
        ("arma", ES, "es", True),
        ("alboran", ES, "es", True),
        ("Häfen", DE, "de", True),
        ("mittel", DE, "de", False),
        ("سلاح", AR, "ar", False),
        ("أسلحة", AR, "ar", True),
        ("ميناء", AR, "ar", True),
        ("arrest", EN, None, False),
        ("arrested", EN, None, True),
        # =word: exactly as written
        ("=boats", EN, "en", True),
        ("=boat", EN, "en", False),
        ("=Boats", EN, "en", False),
        ("=gefalschte", DE, "de", False),
        # a phrase: these forms in this order, case- and accent-blind
        ('"coast guard"', EN, "en", True),
        ('"guard coast"', EN, "en", False),
        ('"coast guards"', EN, "en", False),
        ('"gefalschte arzneimittel"', DE, "de", True),
        ('"Lampedusa Two"', EN, "en", True),
        # a prefix
        ("smugg*", EN, "en", True),
        ("muggl*", EN, "en", False),
        ("arznei*", DE, "de", True),
        ("gefal*", DE, "de", True),
        # and, or, not
        ("boats smuggling", EN, "en", True),
        ("boats drugs", EN, "en", False),
        ("boats OR drugs", EN, "en", True),
        ("boats -drugs", EN, "en", True),
        ("boats -smuggling", EN, "en", False),
        ("boats NOT (drugs OR weapons)", EN, "en", True),
        # at least
        ("AT LEAST 2 OF (boats, drugs, smuggling)", EN, "en", True),
        ("AT LEAST 3 OF (boats, drugs, smuggling)", EN, "en", False),
        ("AT LEAST 2 OF (boats, NOT drugs)", EN, "en", True),
        ("AT LEAST 2 OF (boats smuggling, guard OR drugs, weapons)", EN, "en", True),
        # near: the words between are counted
        ("seized NEAR/1 boats", EN, "en", True),
        ("seized NEAR/0 boats", EN, "en", False),
        ("boats NEAR/1 seized", EN, "en", True),
        ("seized ONEAR/1 boats", EN, "en", True),
        ("boats ONEAR/1 seized", EN, "en", False),
        ('"coast guard" NEAR/3 (lampedusa OR boats)', EN, "en", True),
        ("seiz* NEAR/2 boats", EN, "en", True),
        # languages
        ("lang:fr police", FR, "fr", True),
        ("lang:fr police", FR, "en", False),
        ("lang:pt-BR OR lang:fr", FR, "fr", True),
        ("police -lang:fr", FR, "fr", False),
        # scripts without spaces: a word is its characters, side by side
        ("海关", "中国海关查获走私武器。", "zh", True),
        ("关海", "中国海关查获走私武器。", "zh", False),
        ("査* 海关", "中国海关查获走私武器。", "zh", False),
        ("密輸", "税関は密輸を摘発した。", "ja", True),
        ("ท่าเรือ", "ตำรวจตรวจค้นท่าเรือ", "th", True),
        # initials
        ("U.N.", "The UN and the EU agreed.", "en", True),
        ("UN", "The U.N. agreed.", "en", True),
    ],
)
def test_a_query_holds_where_its_reader_expects(
    query: str, body: str, language: str | None, holds: bool
) -> None:
    assert rings(query, body, language) is holds


@pytest.mark.parametrize(
    ("query", "body", "holds"),
    [
        ("WHO", "The WHO warned of measles.", True),
        ("WHO", "Those who travel should be vaccinated.", False),
        ("WHO", "THOSE WHO TRAVEL SHOULD BE VACCINATED", False),
        ("=WHO", "WHO WARNS OF MEASLES NOW", True),
        ("IT", "IT systems failed at the ministry.", True),
        ("IT", "The ministry said it failed.", False),
        ("US", "Troops from the US and the U.S. Navy.", True),
        ("US", "They told us of the exercise.", False),
        ("AIDS", "A programme against AIDS.", True),
        ("AIDS", "Hearing aids were recalled.", False),
        ("aids", "Hearing aids were recalled.", True),
        ('"US sanctions"', "New US sanctions were announced.", True),
        ('"US sanctions"', "It may bring us sanctions.", False),
        ('"US sanctions"', "NEW US SANCTIONS WERE ANNOUNCED", True),
        ("NATO", "Le ministre est né ; il est nato.", False),
        ("INTERPOL", "Interpol said so.", True),
    ],
)
def test_initials_that_look_like_a_common_word_ring_only_in_capitals(
    query: str, body: str, holds: bool
) -> None:
    assert rings(query, body) is holds


BODY = (
    "The customs office opened a depot.\nIt holds seized vehicles.\n"
    "Photo: a crane at work\nAbout us: an agency."
)
ZONES = (
    Zone("lead", 0, 34),
    Zone("body", 35, 60),
    Zone("caption", 61, 83),
    Zone("boilerplate", 84, len(BODY)),
)
RELEASE = text(
    BODY,
    title="Harbour news",
    dateline="ROTTERDAM",
    tags=("trade policy", "ports"),
    zones=ZONES,
    feeds=("0191-feed-id", "Port of Rotterdam news", "https://port.example/rss"),
)


@pytest.mark.parametrize(
    ("query", "holds"),
    [
        ("harbour", True),
        ("customs", True),
        ("vehicles", True),
        ("rotterdam", True),
        ("crane", False),
        ("agency", False),
        ("policy", False),
        ("title:harbour", True),
        ("title:customs", False),
        ("lead:customs", True),
        ("lead:rotterdam", True),
        ("lead:vehicles", False),
        ("body:vehicles", True),
        ("body:customs", True),
        ("body:harbour", False),
        ("all:crane", True),
        ("all:agency", True),
        ("all:harbour", True),
        ("all:(crane agency)", True),
        ("place:rotterdam", True),
        ("place:customs", False),
        ("tag:policy", True),
        ('tag:"trade policy"', True),
        ('tag:"policy ports"', False),
        ("tag:customs", False),
        ("feed:rotterdam customs", True),
        ('feed:"port of rotterdam"', True),
        ("feed:rotter* customs", True),
        ("feed:port.example customs", True),
        ("feed:hamburg customs", False),
        ("customs -feed:rotterdam", False),
        ('"depot it holds"', False),
        ("depot NEAR/5 vehicles", False),
        ("news NEAR/5 customs", False),
    ],
)
def test_a_clause_is_looked_for_in_its_own_place(query: str, holds: bool) -> None:
    assert (evidence(query, RELEASE) is not None) is holds


def test_where_nobody_marked_zones_the_first_line_is_the_lead() -> None:
    read = text("Customs opened a depot.\nIt holds vehicles.")

    assert evidence("lead:customs", read)
    assert not evidence("lead:vehicles", read)


@pytest.mark.parametrize(
    ("query", "field", "zone", "words"),
    [
        ("harbour", "title", "title", "Harbour"),
        ("place:rotterdam", "dateline", "lead", "ROTTERDAM"),
        ("customs", "body", "lead", "customs"),
        ("vehicle", "body", "body", "vehicles"),
        ("all:crane", "body", "caption", "crane"),
        ("all:agency", "body", "boilerplate", "agency"),
        ("tag:policy", "tag", "tag", "policy"),
        ("seized NEAR/3 holds", "body", "body", "holds seized"),
    ],
)
def test_evidence_names_field_zone_and_words(query: str, field: str, zone: str, words: str) -> None:
    (piece,) = evidence(query, RELEASE) or ()

    assert (piece.clause, piece.field, piece.zone, piece.text) == (query, field, zone, words)


def test_evidence_begins_with_the_first_occurrence_of_each_clause() -> None:
    read = text("Boats and crews. Boats. Boats. Boats. Crews.")

    assert found("crews boats", read) == ["crews", "Boats", "Crews", "Boats", "Boats"]


def test_what_holds_without_a_word_to_show_has_empty_evidence() -> None:
    assert evidence("lang:fr", text("Bonjour", "fr")) == ()


def test_an_excluded_clause_is_never_shown() -> None:
    assert found("boats -drugs", text(EN)) == ["boats"]


def test_evidence_of_near_names_the_concept_of_either_side() -> None:
    (piece,) = evidence("ring NEAR/5 ~migrant-smuggling", text("A ring in migrant smuggling.")) or ()

    assert (piece.text, piece.concept) == ("ring in migrant smuggling", "migrant-smuggling")


def test_a_topic_whose_concept_is_gone_is_named_and_stops_no_other() -> None:
    topics = [TopicQuery("1", "gone", "~migrant-smuggling"), TopicQuery("2", "boats", "boats", version=4)]
    matcher = compile_topics(topics, NO_CONCEPTS)

    assert list(matcher.refused) == ["1"]
    assert [(match.topic_id, match.topic_version) for match in matcher.match(text(EN))] == [("2", 4)]


def test_a_match_brings_a_snippet_of_the_body_around_what_rang() -> None:
    read = text("x " * 300 + "the crew was arrested " + "y " * 300)
    (match,) = compile_topics([TopicQuery("1", "crew", "crew")]).match(read)

    assert "the crew was arrested" in match.snippet
    assert match.snippet.startswith("…")
    assert match.snippet.endswith("…")
    assert len(match.snippet) <= 210


queries = st.sampled_from(
    [
        "boat",
        "=Boat",
        '"the boat"',
        "bo* OR équip*",
        "boat NEAR/3 (crew OR 船)",
        "船",
        "title:boat OR all:crew",
        "~migrant-smuggling",
        "AT LEAST 2 OF (boat, crew, 船员, قارب)",
        "tag:boat OR crew -ship",
        "WHO OR l’équipage",
    ]
)
pieces = st.sampled_from(
    [
        *(
            [
                "boat",
                "boats",
                "crew",
                "the",
                "ship",
                "WHO",
                "who",
                "l’équipage",
                "É",
                "á",
                "船",
                "船员",
                "قارب",
                "والقارب",
                "ß",
                "İ",
                "U.N.",
                "\n",
                ".",
                "-",
                "\u200b",
            ]
        ),
        "migrant smuggling",
    ]
)
prose = st.lists(pieces, max_size=25).map(" ".join)


@settings(max_examples=200)
@given(queries, prose, prose, st.sampled_from(["en", "fr", "ar", "zh", None]))
def test_every_piece_of_evidence_slices_its_field(
    query: str, title: str, body: str, language: str | None
) -> None:
    read = text(body, language, title=title, dateline=title, tags=(title,))
    fields = {"title": title, "body": body, "dateline": title, "tag": title}

    for piece in evidence(query, read) or ():
        assert fields[piece.field][piece.start : piece.end] == piece.text


def test_topics_that_ask_for_the_same_each_match_under_their_own_version() -> None:
    same = [
        TopicQuery("mine", "Boats", "boats", version=2),
        TopicQuery("theirs", "Smuggling", "boats", version=5),
    ]

    mine, theirs = compile_topics(same).match(text(EN))

    assert [(mine.topic_id, mine.topic_version), (theirs.topic_id, theirs.topic_version)] == [
        ("mine", 2),
        ("theirs", 5),
    ]
    assert mine.evidence == theirs.evidence
    assert mine.snippet == theirs.snippet
