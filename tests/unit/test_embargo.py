"""Embargo lines, in the languages and forms that releases use."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from shared.domain.alerts.payload import ReleaseFacts, Telling, TopicFacts, build_payload
from shared.domain.language.zones_of_time import zone_offset
from shared.domain.releases.article import separate
from shared.domain.releases.embargo import is_release_line, read_embargo

NOW = datetime(2024, 2, 20, 9, tzinfo=UTC)
NEWS = "The bank lowers its rate for the first time in three years."


def until(line: str, language: str = "en") -> str:
    found = read_embargo("The rate falls", [line, NEWS], language, NOW)
    return f"{found:%m-%d %H:%M}" if found else ""


@pytest.mark.parametrize(
    ("line", "language", "expected"),
    [
        ("EMBARGOED UNTIL 10:00 GMT, 3 March 2024", "en", "03-03 10:00"),
        ("Under embargo until Tuesday 5 March 2024, 00.01 (London time)", "en", "03-05 00:01"),
        ("STRICTLY EMBARGOED until 00:01 hrs BST on Wednesday 3 July 2024", "en", "07-02 23:01"),
        ("Not for publication before 3 March, 10am CET", "en", "03-03 09:00"),
        ("EMBARGO: 0001 GMT Monday March 4, 2024", "en", "03-04 00:01"),
        ("Embargoed for release until 2 p.m. ET, March 12, 2024", "en", "03-12 18:00"),
        ("Embargoed until 12 noon, 6 March 2024", "en", "03-06 12:00"),
        ("Sous embargo jusqu’au 3 mars 2024 à 10 h 30 (heure de Paris)", "fr", "03-03 09:30"),
        ("Embargo : mardi 5 mars 2024, 6h", "fr", "03-05 06:00"),
        ("Sperrfrist: 3. Juli 2024, 10.30 Uhr (MESZ)", "de", "07-03 08:30"),
        ("Embargado hasta el 3 de marzo de 2024 a las 10:00 h (CET)", "es", "03-03 09:00"),
        ("Embargo fino alle ore 12.00 del 3 marzo 2024", "it", "03-03 12:00"),
        ("Sob embargo até às 10h00 de 3 de março de 2024 (hora de Brasília)", "pt", "03-03 13:00"),
        ("Onder embargo tot 3 maart 2024, 10.00 uur", "nl", "03-03 10:00"),
        ("Эмбарго до 10:00 (МСК) 3 марта 2024 года", "ru", "03-03 07:00"),
        ("محظور النشر حتى الساعة 10:00 صباحا بتوقيت غرينتش 3 مارس 2024", "ar", "03-03 10:00"),
        ("新闻禁发期至2024年3月3日下午2时（北京时间）", "zh", "03-03 06:00"),
    ],
)
def test_an_embargo_is_read_with_its_day_time_and_zone(line: str, language: str, expected: str) -> None:
    assert until(line, language) == expected


@pytest.mark.parametrize(
    "line",
    [
        "For immediate release", "FOR IMMEDIATE RELEASE – 3 March 2024", "Pour diffusion immédiate",
        "Zur sofortigen Veröffentlichung", "Para publicación inmediata", "Для немедленной публикации", "即时发布",
    ],
)  # fmt: skip
def test_for_immediate_release_is_no_embargo_and_no_news(line: str) -> None:
    assert until(line) == ""
    assert is_release_line(line)


@pytest.mark.parametrize(
    "line",
    [
        "The arms embargo until March was lifted on 3 March 2024.",
        "Embargo on oil: the ministers meet on 3 March 2024.",
        "Embargoed until the minister has spoken",
    ],
)
def test_an_embargo_that_is_told_of_or_names_no_day_is_none(line: str) -> None:
    assert until(line) == ""


def test_an_embargo_line_is_no_date_line() -> None:
    article = separate(("Embargo: 3 March 2024", NEWS), "The rate falls", "en")
    assert article.date_line is None
    assert article.lines[0] == "Embargo: 3 March 2024"


def test_summer_time_is_kept_where_the_zone_keeps_it() -> None:
    days = (date(2024, 3, 30), date(2024, 3, 31))
    assert [zone_offset("heure de Paris", day) for day in days] == [timedelta(hours=1), timedelta(hours=2)]


def test_an_alert_tells_the_embargo_of_its_release() -> None:
    until = datetime(2024, 3, 3, 10, tzinfo=UTC)
    release = ReleaseFacts("1", None, "The rate falls", "", "en", "", "The bank", NOW, 1, until)
    topic = TopicFacts("2", "Rates", "rate", 1)
    body = build_payload(Telling("release.published", NOW, topic, release, (), ""), 1)
    assert json.loads(body)["data"]["release"]["embargo_until"] == "2024-03-03T10:00:00.000Z"
