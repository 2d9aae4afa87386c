"""The built-in lexicon: consistent in itself, and found by the matcher in every one of its languages."""

import os
import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from shared.domain.language.common_words import STOP_WORDS
from shared.domain.language.folding import fold
from shared.domain.language.words import form_of, split_words
from shared.domain.topics.concepts import ConceptEntry, ConceptPhrase
from shared.domain.topics.evidence import MatchText
from shared.domain.topics.lexicon import LEXICON_LANGUAGES, load_lexicon
from shared.domain.topics.match import match_query
from shared.domain.topics.query import Concept
from shared.domain.topics.query_parser import parse_query
from tests.unit.everyday_words import EVERYDAY_WORDS

LEXICON = load_lexicon()
BY_ID = {entry.id: entry for entry in LEXICON.entries}


def rings(query: str, body: str, language: str) -> bool:
    text = MatchText(title="", body=body, language=language)
    return match_query(parse_query(query, LEXICON), text) is not None


def broader(entry: ConceptEntry) -> set[str]:
    return set(entry.broader).union(*(broader(BY_ID[each]) for each in entry.broader))


def searched_as(phrase: str, language: str) -> tuple[tuple[str, ...], ...]:
    return tuple(token.form.keys for token in split_words(phrase, language))


def test_ids_are_one_each_and_broader_ones_exist() -> None:
    assert len(BY_ID) == len(LEXICON.entries) >= 250
    assert {each for entry in LEXICON.entries for each in entry.broader} <= BY_ID.keys()


def test_ids_are_words_with_hyphens_between() -> None:
    assert [
        entry.id for entry in LEXICON.entries if not re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", entry.id)
    ] == []


def test_every_concept_says_what_it_means() -> None:
    assert [entry.id for entry in LEXICON.entries if not entry.definition.endswith(".")] == []


def test_no_concept_is_broader_than_itself() -> None:
    def is_among_broader(entry: ConceptEntry, seen: frozenset[str]) -> bool:
        return entry.id in seen or any(
            is_among_broader(BY_ID[each], seen | {entry.id}) for each in entry.broader
        )

    assert [entry.id for entry in LEXICON.entries if is_among_broader(entry, frozenset())] == []


def test_no_concept_says_the_same_phrase_twice() -> None:
    said = [
        (entry.id, language, searched_as(phrase, language))
        for entry in LEXICON.entries
        for language, phrase in entry.phrases
    ]
    assert [each for each, count in Counter(said).items() if count > 1] == []


def test_what_a_doubtful_phrase_needs_or_forbids_are_words_to_find() -> None:
    for entry in LEXICON.entries:
        for each in entry.rules:
            assert all(split_words(context, each.language) for context in (*each.needs, *each.forbids)), each


@pytest.mark.parametrize("entry", LEXICON.entries, ids=lambda entry: entry.id)
def test_a_concept_has_phrases_in_every_language(entry: ConceptEntry) -> None:
    assert {language for language, _ in entry.phrases} == set(LEXICON_LANGUAGES)


@pytest.mark.parametrize("entry", LEXICON.entries, ids=lambda entry: entry.id)
def test_each_phrase_is_found_by_the_matcher_in_its_own_language(entry: ConceptEntry) -> None:
    for language, phrase in entry.phrases:
        alone = Concept(entry.id, (ConceptPhrase(entry.id, language, phrase),))
        text = MatchText(title="", body=f"2026: {phrase}, 2027.", language=language)
        assert match_query(alone, text), phrase


def test_a_phrase_of_two_languages_is_shown_in_that_of_the_text() -> None:
    text = MatchText(title="", body="Apreensão em operação contra o tráfico de armas.", language="pt")
    piece, *_ = match_query(parse_query("~arms-trafficking", LEXICON), text) or ()

    assert (piece.text, piece.language) == ("tráfico de armas", "pt")


def test_no_phrase_says_two_concepts_unless_one_is_broader() -> None:
    owners = defaultdict(set)
    for entry in LEXICON.entries:
        for each in entry.own_phrases():
            for need in each.needs or ("nothing",):
                owners[each.language, searched_as(each.phrase, each.language), need].add(entry.id)

    shared = [ids for ids in owners.values() if len(ids) > 1]

    assert [ids for ids in shared if not any(ids - {one} <= broader(BY_ID[one]) for one in ids)] == []


def test_no_name_means_another_concept() -> None:
    wrong = [
        (each.phrase, LEXICON.find(each.phrase), entry.id)
        for entry in LEXICON.entries
        for each in entry.own_phrases()
        if not (each.needs or each.forbids) and LEXICON.find(each.phrase) not in {entry.id, *broader(entry)}
    ]
    assert wrong == []


def test_no_phrase_is_so_short_or_common_that_it_rings_by_chance() -> None:
    for entry in LEXICON.entries:
        for each in entry.own_phrases():
            words = [token.form for token in split_words(each.phrase, each.language)]
            telling = [word for word in words if word.folded not in STOP_WORDS]
            assert telling, each
            long_enough = len(words) > 1 or words[0].capitals or len(words[0].folded) >= 4
            assert long_enough or each.needs, each


def test_no_phrase_of_one_word_rings_for_an_everyday_word_by_its_stem() -> None:
    everyday = {
        language: {key: word for word in words.split() for key in form_of(word, language).found}
        for language, words in EVERYDAY_WORDS.items()
    }
    rung = [
        (entry.id, each.language, each.phrase, everyday[each.language][key])
        for entry in LEXICON.entries
        for each in entry.own_phrases()
        if each.inflects and each.language in everyday
        for words in [split_words(each.phrase, each.language)]
        if len(words) == 1
        for key in words[0].form.keys
        if key in everyday[each.language] and fold(each.phrase) != fold(everyday[each.language][key])
    ]
    assert rung == []


def test_a_concept_is_named_by_its_id_or_any_phrase_in_any_language() -> None:
    for name in (
        "~human-trafficking",
        '~"human trafficking"',
        '~"Traite des etres humains"',
        "~“الاتجار بالبشر”",
    ):
        assert parse_query(name, LEXICON) == Concept("human-trafficking")


@pytest.mark.parametrize(
    ("language", "body"),
    [
        ("en", "Officers rescued nine victims of human trafficking."),
        ("fr", "Neuf victimes de la traite d’êtres humains ont été secourues."),
        ("es", "Fueron rescatadas nueve víctimas de la trata de personas."),
        ("ar", "إنقاذ تسعة من ضحايا الاتجار بالبشر"),
        ("de", "Neun Opfer von Menschenhandel wurden befreit."),
        ("pt", "Nove vítimas do tráfico de pessoas foram resgatadas."),
        ("it", "Salvate nove vittime della tratta di esseri umani."),
        ("ru", "Освобождены девять жертв торговли людьми."),
        ("zh", "警方解救了九名人口贩运受害者。"),
    ],
)
def test_one_topic_rings_in_nine_languages(language: str, body: str) -> None:
    assert rings("~human-trafficking", body, language)
    assert rings("~organised-crime", body, language)
    assert not rings("~oil-spill", body, language)


@pytest.mark.parametrize(
    ("query", "body", "language"),
    [
        ("~human-trafficking", "Human resources handled the traffic plan.", "en"),
        ("~human-trafficking", "La traite des vaches commence à l’aube.", "fr"),
        ("~drug-trafficking", "The drug was approved for children.", "en"),
        ("~sanctions", "The referee may sanction a player.", "en"),
        ("~cholera", "La cólera de los vecinos creció.", "es"),
        ("~oil-spill", "Olive oil prices rose.", "en"),
        ("~strike", "A lightning strike hit the barn.", "en"),
    ],
)
def test_a_concept_stays_silent_on_what_only_looks_like_it(query: str, body: str, language: str) -> None:
    assert not rings(query, body, language)


SEED = Path(os.environ.get("TOCSIN_SEED", Path(__file__).parents[3] / "shared" / "seed"))


@pytest.mark.skipif(not (SEED / "release.txt").exists(), reason="the seed release is not here")
@pytest.mark.parametrize(
    ("query", "holds"),
    [
        ("terrorisme", True),
        ('~"human trafficking"', True),
        ('~"migrant smuggling"', True),
        ('~"arms trafficking"', True),
        ("football", False),
        ('~"human trafficking" AND football', False),
        ("terrorisme AND NOT ONU", False),
    ],
)
def test_the_seed_release_rings_for_what_it_is_about(query: str, holds: bool) -> None:
    assert rings(query, (SEED / "release.txt").read_text(encoding="utf-8"), "fr") is holds


def test_the_lexicon_is_read_once() -> None:
    assert load_lexicon() is LEXICON
    assert form_of("ransomware", "en").folded in {phrase for _, phrase in BY_ID["ransomware"].phrases}
