"""`tocsin topic starter`: seven topics to begin with."""

import pytest

from tests.services.command_line import CommandLine, command_line


@pytest.fixture
def tocsin(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> CommandLine:
    return command_line(database_url, monkeypatch, capsys)


def test_off_a_terminal_the_starters_are_added_with_yes_only(tocsin: CommandLine) -> None:
    assert "--yes adds them" in tocsin.refused("topic", "starter")
    assert len(tocsin("topic", "starter", "--yes", "--json").json["added"]) == 7
    assert len(tocsin("topic", "list", "--json").json) == 7


def test_again_they_change_nothing_and_an_edited_one_stays_as_it_is(tocsin: CommandLine) -> None:
    tocsin("topic", "starter", "--yes")
    tocsin("topic", "edit", "Borders", "~border-control", "--yes")

    again = tocsin("topic", "starter", "--json").json

    assert (again["added"], len(again["kept"])) == ([], 7)
    (borders,) = [each for each in tocsin("topic", "list", "--json").json if each["name"] == "Borders"]
    assert borders["query"] == "~border-control"
