"""A concept does not ring where the text says that what it names is not there."""

from functools import cache
from importlib.resources import files

import pytest
import yaml

from shared.domain.language.words import split_words
from shared.domain.topics.concepts import ConceptEntry, Concepts, PhraseRule
from shared.domain.topics.evidence import MatchText
from shared.domain.topics.explain import explain_query
from shared.domain.topics.lexicon import LEXICON_LANGUAGES
from shared.domain.topics.match import match_query
from shared.domain.topics.query_parser import parse_query

CONCEPTS = Concepts(
    (
        ConceptEntry("fraud", (("en", "fraud"), ("en", "election fraud"), ("pt", "fraude"))),
        ConceptEntry(
            "terrorism",
            (
                ("en", "terrorism"), ("en", "terrorist attack"), ("fr", "terrorisme"), ("fr", "acte terroriste"),
                ("es", "atentado terrorista"), ("de", "Terrorismus"), ("de", "Terroranschlag"),
                ("ru", "терроризм"), ("zh", "恐怖主义"),
            ),
        ),
        ConceptEntry("corruption", (("en", "corruption"), ("fr", "corruption"), ("es", "corrupción"),
                                    ("ar", "فساد"), ("ru", "коррупция"))),
        ConceptEntry("dengue", (("it", "dengue"),)),
        ConceptEntry("ceasefire", (("en", "ceasefire"),)),
        ConceptEntry("vaccination", (("en", "vaccination"),)),
    )
)  # fmt: skip


def rings(query: str, body: str, language: str, concepts: Concepts = CONCEPTS) -> bool:
    text = MatchText("", body, language=language)
    return match_query(parse_query(query, concepts), text) is not None


@cache
def absence_phrases() -> dict[str, dict[str, list[str]]]:
    lists: dict[str, dict[str, list[str]]] = yaml.safe_load(
        (files("shared.domain.topics") / "absence.yaml").read_text(encoding="utf-8")
    )
    return lists


@pytest.mark.parametrize(
    ("query", "language", "body"),
    [
        ("~fraud", "en", "Auditors found no evidence of fraud."),
        ("~fraud", "en", "There was no sign of any serious fraud."),
        ("~terrorism", "en", "Police ruled out terrorism."),
        ("~terrorism", "en", "A terrorist attack has been ruled out."),
        ("~terrorism", "en", "The fire had nothing to do with terrorism."),
        ("~terrorism", "fr", "L’incendie est sans lien avec le terrorisme."),
        ("~terrorism", "fr", "La piste d’un acte terroriste est écartée."),
        ("~terrorism", "es", "La policía descarta un atentado terrorista."),
        ("~corruption", "es", "No hay indicios de corrupción."),
        ("~corruption", "ar", "لا صحة لاتهامات الفساد"),
        ("~corruption", "ar", "الحادث وليس الفساد"),
        ("~terrorism", "de", "Es gibt keine Hinweise auf einen Terroranschlag."),
        ("~terrorism", "de", "Der Brand hat mit Terrorismus nichts zu tun."),
        ("~fraud", "pt", "Não há indícios de fraude."),
        ("~dengue", "it", "Nessun caso di dengue è stato accertato."),
        ("~terrorism", "ru", "Взрыв не связан с терроризмом."),
        ("~corruption", "ru", "Признаков нет: нет доказательств коррупции."),
        ("~terrorism", "zh", "警方表示，这并非恐怖主义。"),
        ("~terrorism", "zh", "此事与恐怖主义无关。"),
    ],
)
def test_a_concept_that_the_text_says_is_absent_is_silent(query: str, language: str, body: str) -> None:
    assert not rings(query, body, language)


@pytest.mark.parametrize(
    ("query", "language", "body"),
    [
        ("~corruption", "en", "The minister denies corruption."),
        ("~corruption", "fr", "Le ministre nie toute corruption."),
        ("~terrorism", "en", "Police have not ruled out terrorism."),
        ("~terrorism", "en", "Terrorism cannot be ruled out."),
        ("~terrorism", "es", "La policía no descarta un atentado terrorista."),
        ("~terrorism", "fr", "Un acte terroriste n’est pas exclu."),
        ("~terrorism", "ru", "Теракт не исключается: терроризм."),
        ("~fraud", "en", "This is not an isolated fraud."),
        ("~fraud", "en", "There was no sign of the man. Fraud officers searched the house."),
        ("~fraud", "en", "There was no sign of the man\nFraud officers searched the house."),
        ("~fraud", "en", "There was no sign of the man whom fraud officers seek."),
        ("~fraud", "en", "There was no evidence of a fire. He was convicted of fraud."),
        ("~ceasefire", "en", "There is no ceasefire in sight."),
        ("~vaccination", "en", "Children without vaccination are at risk."),
        ("~fraud", "ja", "no sign of election fraud"),
    ],
)
def test_a_denial_a_doubt_or_another_sentence_says_nothing_of_absence(
    query: str, language: str, body: str
) -> None:
    assert rings(query, body, language)


def test_another_mention_still_rings_and_is_the_evidence() -> None:
    text = MatchText("", "No sign of fraud, said the bank. The fraud was old.", language="en")
    (piece,) = match_query(parse_query("~fraud", CONCEPTS), text) or ()

    assert (piece.text, piece.start) == ("fraud", 37)


def test_words_and_phrases_that_a_user_wrote_ring_wherever_they_stand() -> None:
    assert rings("fraud", "There was no sign of fraud.", "en")
    assert rings('"serious fraud"', "There was no sign of serious fraud.", "en")


def test_a_phrase_that_begins_with_such_a_word_or_holds_one_is_found() -> None:
    concepts = Concepts(
        (
            ConceptEntry("calm", (("en", "no signs of unrest"), ("en", "fire was ruled out"))),
            ConceptEntry("alarm", (("en", "alarm"),), rules=(PhraseRule("en", "alarm", ("ruled out",)),)),
        )
    )

    assert rings("~calm", "There were no signs of unrest.", "en", concepts)
    assert rings("~calm", "A fire was ruled out.", "en", concepts)
    assert rings("~alarm", "Those who ruled out a fire heard an alarm.", "en", concepts)


def test_the_nearest_miss_says_what_told_that_it_is_absent() -> None:
    text = MatchText("", "There was no sign of fraud.", language="en")
    explanation = explain_query(parse_query("~fraud", CONCEPTS), text)

    assert explanation.nearest_miss == "“fraud” is said to be absent: “no sign of”"


def test_every_language_of_the_lexicon_has_its_phrases_of_absence() -> None:
    assert absence_phrases().keys() == set(LEXICON_LANGUAGES)
    assert {tuple(lists) for lists in absence_phrases().values()} == {("before", "after", "neither")}


@pytest.mark.parametrize("language", LEXICON_LANGUAGES)
def test_what_says_nothing_of_absence_holds_what_would(language: str) -> None:
    def words(phrase: str) -> str:
        return " ".join(token.form.folded for token in split_words(phrase, language))

    lists = absence_phrases()[language]
    triggers = [f" {words(each)} " for each in (*lists["before"], *lists["after"])]
    useless = [
        each for each in lists["neither"] if not any(trigger in f" {words(each)} " for trigger in triggers)
    ]

    assert useless == []
