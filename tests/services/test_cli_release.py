"""`tocsin release …`: what is stored, in which versions, from where."""

from datetime import timedelta
from uuid import uuid4

import pytest

from shared.clock import now
from shared.store.database import open_database
from tests.services.command_line import CommandLine, command_line
from tests.services.line import Item, Line
from tests.store.archive import store_release

TRIAL = Item("a", body="Four men stand trial for terrorism in the harbour city, the prosecutor said.")
CORRECTED = Item("a", body="Five men stand trial for terrorism in the harbour city, the prosecutor said.")


@pytest.fixture
def tocsin(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> CommandLine:
    return command_line(database_url, monkeypatch, capsys)


def test_releases_are_listed_newest_first_by_language_and_time(
    tocsin: CommandLine, database_url: str
) -> None:
    database = open_database(database_url, connections=1)
    crue = store_release(database, "Crue de la Moselle", "Le niveau monte.")
    flut = store_release(database, "Hochwasser am Rhein", "Der Pegel steigt.", language="de")
    old = store_release(database, "Exercice", "Fin.", seen_at=now() - timedelta(days=20))
    database.close()
    assert [row["id"] for row in tocsin("release", "list", "--json").json] == [str(flut), str(crue)]
    assert [row["id"] for row in tocsin("release", "list", "--language", "de", "--json").json] == [str(flut)]
    assert len(tocsin("release", "list", "--since", "30d", "--json").json) == 3
    shown = tocsin("release", "list", "--since", "30d", "--most", "2")
    assert str(crue) in shown.out
    assert str(old) not in shown.out
    assert max(map(len, shown.out.splitlines())) <= 80
    assert "--most 4" in shown.err


def test_an_empty_archive_names_the_next_step(tocsin: CommandLine) -> None:
    assert "tocsin feed list" in tocsin("release", "list").out


def test_a_release_is_shown_with_revisions_sightings_and_matches(tocsin: CommandLine, line: Line) -> None:
    line.subscribe("terrorism", name="Trials")
    feed = line.feed()
    line.publish(feed, TRIAL)
    line.publish(feed, CORRECTED)
    release_id = str(line.one("SELECT id FROM releases"))
    row = tocsin("release", "show", release_id, "--json").json
    assert row["body"].startswith("Five men")
    assert [revision["revision"] for revision in row["revisions"]] == [1, 2]
    assert row["revisions"][1]["changes"]["body"] == [{"from": "Four", "to": "Five"}]
    assert [sighting["reason"] for sighting in row["sightings"]] == ["first"]
    assert [(match["topic"], match["matched"]) for match in row["matches"]] == [
        ("Trials", "terrorism"),
        ("Trials", "terrorism"),
    ]


def test_a_release_reads_well_in_a_narrow_window(tocsin: CommandLine, line: Line) -> None:
    feed = line.feed()
    line.publish(feed, TRIAL)
    line.publish(feed, CORRECTED)
    ran = tocsin("release", "show", str(line.one("SELECT id FROM releases")))
    assert ran.status == 0
    assert max(map(len, ran.out.splitlines())) <= 80
    assert "“Four” → “Five”" in ran.out
    assert "Harbour police" in ran.out


def test_an_unknown_release_is_refused_with_the_next_step(tocsin: CommandLine) -> None:
    assert "tocsin release list" in tocsin.refused("release", "show", str(uuid4()))
    assert "tocsin release list" in tocsin.refused("release", "show", "the-last-one")
