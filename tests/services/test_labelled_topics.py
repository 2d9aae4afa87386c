"""Topics on releases labelled by hand: the figures that the lexicon holds on the half it was tuned with."""

from typing import get_args

import pytest

from tests.evaluate.labelled_releases import (
    HALVES,
    SET_LANGUAGES,
    Half,
    LabelledRelease,
    Quality,
    load_releases,
    load_topics,
    measure,
)

FIRST_LANGUAGES = ("en", "fr", "es", "ar")


@pytest.fixture(scope="module")
def tuning() -> dict[str, Quality]:
    return measure("tuning")


def test_sixty_topics_or_more_are_watched() -> None:
    assert len(load_topics()) >= 60


@pytest.mark.parametrize("half", HALVES)
def test_a_half_has_120_releases_or_more(half: Half) -> None:
    assert len(list(load_releases(half))) >= 120


@pytest.mark.parametrize("half", get_args(Half))
def test_every_label_is_a_topic_that_is_watched(half: Half) -> None:
    releases = list(load_releases(half))
    assert releases
    assert {topic for release in releases for topic in release.about} <= load_topics().keys()


@pytest.mark.parametrize("language", SET_LANGUAGES)
def test_topics_find_what_they_are_about_and_little_else(language: str, tuning: dict[str, Quality]) -> None:
    recall, precision = (0.95, 0.97) if language in FIRST_LANGUAGES else (0.9, 0.9)
    assert tuning[language].recall >= recall
    assert tuning[language].precision >= precision


def test_boilerplate_is_told_apart_as_the_line_does_it() -> None:
    lines = ("A ship sank off the coast.", "The crew is safe.", "About Seaward", "Seaward fights corruption.")
    zones = LabelledRelease("en", "Ship sinks", lines, frozenset()).as_text().zones
    assert [zone.kind for zone in zones] == ["lead", "body", "boilerplate"]
