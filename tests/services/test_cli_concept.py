"""`tocsin concept …`: what a concept finds, seen before it is watched."""

import pytest

from tests.services.command_line import CommandLine, command_line


@pytest.fixture
def tocsin(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> CommandLine:
    return command_line(database_url, monkeypatch, capsys)


def test_the_list_says_what_each_concept_means(tocsin: CommandLine) -> None:
    listed = tocsin("concept", "list", "--json").json
    (trafficking,) = [each for each in listed if each["id"] == "human-trafficking"]
    assert "exploit" in trafficking["definition"]
    assert trafficking["broader"] == ["organised-crime"]


def test_the_list_is_searched_in_any_language(tocsin: CommandLine) -> None:
    listed = tocsin("concept", "list", "traite des êtres", "--json").json
    assert [each["id"] for each in listed] == ["human-trafficking"]


def test_a_word_that_no_concept_has_says_how_to_see_all(tocsin: CommandLine) -> None:
    assert "`tocsin concept list` shows all" in " ".join(tocsin("concept", "list", "zyzzyva").out.split())


def test_a_concept_is_shown_by_id_or_phrase_with_its_phrases_by_language(tocsin: CommandLine) -> None:
    shown = tocsin("concept", "show", "Crime organisé", "--json").json
    assert shown["id"] == "organised-crime"
    assert "human-trafficking" in shown["narrower"]
    assert {"phrase": "crime organisé", "needs": [], "forbids": [], "inflects": True} in shown["phrases"][
        "fr"
    ]


def test_a_person_sees_the_phrases_line_by_line(tocsin: CommandLine) -> None:
    lines = tocsin("concept", "show", "~human-trafficking").out.splitlines()
    assert lines[0].startswith("~human-trafficking: ")
    assert any(line.startswith("  es  trata de personas, ") for line in lines)


def test_an_unknown_concept_is_refused_with_the_nearest(tocsin: CommandLine) -> None:
    assert "did you mean human-trafficking?" in tocsin.refused("concept", "show", "human-traficking")
