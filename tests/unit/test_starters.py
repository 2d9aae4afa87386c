"""The starter topics: they ring for what they are about, and for no mention in passing."""

import os
from pathlib import Path

import pytest

from shared.domain.topics.evidence import MatchText
from shared.domain.topics.lexicon import load_lexicon
from shared.domain.topics.match import match_query
from shared.domain.topics.query_parser import parse_query
from shared.domain.topics.starters import load_starters

QUERIES = {each.name: parse_query(each.query, load_lexicon()) for each in load_starters()}


def rung(body: str, language: str, title: str = "") -> set[str]:
    text = MatchText(title=title, body=body, language=language)
    return {name for name, query in QUERIES.items() if match_query(query, text) is not None}


def test_there_are_seven_of_them_each_with_an_at_least() -> None:
    assert len(QUERIES) == 7
    assert all("AT LEAST 2 OF" in each.query for each in load_starters())


@pytest.mark.parametrize(
    ("name", "language", "body"),
    [
        ("Terrorism", "fr", "Quatre suspects ont été mis en examen après un attentat terroriste déjoué."),
        ("Borders", "es", "La guardia fronteriza desarticuló una red de tráfico de migrantes."),
        ("Vulnerable people", "ar", "أسفرت مداهمات عن تحرير تسعة من ضحايا الاتجار بالبشر."),
        ("Cyberspace", "de", "Nach einem Ransomware-Angriff folgten Durchsuchungen in drei Ländern."),
        ("Integrity", "it", "Rinviato a giudizio per corruzione un dirigente pubblico."),
        ("Illicit markets", "pt", "A apreensão de cocaína resultou de buscas domiciliárias em três cidades."),
        ("Environmental security", "en", "Arrests were made after a raid on an illegal logging camp."),
    ],
)
def test_a_starter_rings_for_what_it_is_about(name: str, language: str, body: str) -> None:
    assert name in rung(body, language)


@pytest.mark.parametrize(
    ("language", "body"),
    [
        ("en", "The minister also spoke of terrorism, then opened the new library of the town."),
        ("fr", "Le colloque évoquera la corruption à Rome au temps de Cicéron."),
        ("es", "La novela trata de un contrabando de tabaco en los años veinte."),
        ("ar", "ناقش الاجتماع التعليم وأشار إلى الفساد في كلمة قصيرة."),
    ],
)
def test_no_starter_rings_for_a_mention_in_passing(language: str, body: str) -> None:
    assert rung(body, language) == set()


SEED = Path(os.environ.get("TOCSIN_SEED", Path(__file__).parents[3] / "shared" / "seed"))


@pytest.mark.skipif(not (SEED / "release.txt").exists(), reason="the seed release is not here")
def test_the_seed_release_rings_for_the_priorities_that_it_tells_of() -> None:
    found = rung((SEED / "release.txt").read_text(encoding="utf-8"), "fr")
    assert {"Terrorism", "Borders", "Vulnerable people", "Illicit markets"} <= found
