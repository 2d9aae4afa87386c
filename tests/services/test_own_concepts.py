"""Concepts of the user's own: added one by one or from a thesaurus, and known to topics at once."""

import sys
from pathlib import Path

import pytest

from tests.services.command_line import CommandLine, command_line
from tests.services.line import Item, Line

TURTLE = """
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix : <https://thesaurus.example/c_> .
:1 a skos:Concept ; skos:prefLabel "river transport"@en, "transport fluvial"@fr .
:2 a skos:Concept ; skos:broader :1 ; skos:prefLabel "barge convoy"@en ; skos:altLabel "convoi de péniches"@fr ;
   skos:definition "Barges that are pushed together." .
:3 a skos:Concept ; skos:prefLabel "ohne Sprache" .
"""


@pytest.fixture
def tocsin(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> CommandLine:
    return command_line(database_url, monkeypatch, capsys)


def a_file(folder: Path, name: str, content: str) -> str:
    (folder / name).write_text(content, encoding="utf-8")
    return str(folder / name)


def test_a_concept_is_added_and_found_by_id_and_by_any_phrase(tocsin: CommandLine) -> None:
    phrases = ("--phrase", "en:river transport", "--phrase", "fr:transport fluvial")
    added = tocsin("concept", "add", "river-transport", *phrases, "--json").json
    assert (added["added"], added["ids"]) == (1, ["river-transport"])
    assert tocsin("concept", "show", "Transport fluvial", "--json").json["id"] == "river-transport"
    assert tocsin("topic", "add", "Rivers", '~"transport fluvial"').status == 0


def test_a_concept_that_is_there_as_it_was_is_fine(tocsin: CommandLine) -> None:
    for expected in ((1, 0, 0), (0, 0, 1)):
        done = tocsin("concept", "add", "barge", "--phrase", "en:barge convoy", "--json").json
        assert (done["added"], done["changed"], done["unchanged"]) == expected


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("terrorism", "--phrase", "en:some words"), "built-in"),
        (("two words", "--phrase", "en:some words"), "no id"),
        (("barge", "--phrase", "some words"), "no language"),
        (("barge", "--phrase", "en: "), "no phrase"),
    ],
)
def test_what_cannot_be_a_concept_is_refused(
    tocsin: CommandLine, arguments: tuple[str, ...], said: str
) -> None:
    assert said in tocsin.refused("concept", "add", *arguments)


def test_doubtful_phrases_are_taken_with_a_warning(tocsin: CommandLine) -> None:
    phrases = ("--phrase", "en:human trafficking", "--phrase", "en:the")
    done = tocsin("concept", "add", "my-traffic", *phrases, "--broader", "none", "--json").json
    assert done["added"] == 1
    said = " ".join(done["doubts"])
    assert "says human-trafficking too" in said
    assert "“the” (en) is short or common" in said
    assert "broader concept none is not there" in said


def test_a_worker_that_runs_knows_a_concept_from_the_next_release_on(line: Line, tocsin: CommandLine) -> None:
    feed = line.feed()
    line.publish(feed, Item("before", body="A barge convoy blocked the lock on Monday."))
    tocsin("concept", "add", "barge", "--phrase", "en:barge convoy", "--broader", "river")
    tocsin("concept", "add", "river", "--phrase", "en:river transport")
    tocsin("topic", "add", "Rivers", "~river", "--yes")
    line.do("UPDATE core.feeds SET next_poll_at = now()")
    line.publish(feed, Item("after", body="A barge convoy blocked the lock again."))
    tocsin("concept", "add", "barge", "--phrase", "en:pusher tug", "--broader", "river")
    line.do("UPDATE core.feeds SET next_poll_at = now()")
    line.publish(
        feed,
        Item("changed", body="Another barge convoy came by, they said."),
        Item("tug", body="A pusher tug sank near the quay, they said."),
    )

    rang = line.ask(
        "SELECT s.guid, m.evidence -> 0 ->> 'concept' FROM core.matches m "
        "JOIN core.sightings s USING (release_id) ORDER BY s.guid"
    )
    assert rang == [("after", "barge"), ("tug", "barge")]


def test_a_broader_concept_of_a_thesaurus_covers_its_narrower_ones(
    tocsin: CommandLine, tmp_path: Path
) -> None:
    done = tocsin("concept", "import", a_file(tmp_path, "rivers.ttl", TURTLE), "--json").json
    assert (done["added"], done["ids"]) == (2, ["river-transport", "barge-convoy"])
    shown = tocsin("concept", "show", "barge-convoy", "--json").json
    assert (shown["broader"], shown["definition"]) == (
        ["river-transport"],
        "Barges that are pushed together.",
    )
    text = a_file(tmp_path, "text.txt", "Péniches\n\nUn convoi de péniches est arrivé au port de la ville.\n")
    explained = tocsin("topic", "explain", "~river-transport", text, "--json").json
    assert [piece["concept"] for piece in explained["evidence"]] == ["barge-convoy"]


@pytest.mark.parametrize(("ending", "form"), [("rdf", "xml"), ("jsonld", "json-ld")])
def test_every_form_of_skos_is_read(tocsin: CommandLine, tmp_path: Path, ending: str, form: str) -> None:
    rdflib = pytest.importorskip("rdflib")
    other = rdflib.Graph().parse(data=TURTLE, format="turtle").serialize(format=form)
    assert (
        tocsin("concept", "import", a_file(tmp_path, f"rivers.{ending}", other), "--json").json["added"] == 2
    )


def test_a_table_of_concepts_has_a_column_a_language(tocsin: CommandLine, tmp_path: Path) -> None:
    table = a_file(
        tmp_path,
        "c.csv",
        "id,broader,en,fr\nbarge,River,barge convoy; push tow,\nriver,,river transport,fluvial x\n",
    )
    assert tocsin("concept", "import", table, "--json").json["added"] == 2
    shown = tocsin("concept", "show", "push tow", "--json").json
    assert (shown["id"], shown["broader"]) == ("barge", ["river"])


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", "name,en\nx,y\n", "columns"),
        ("a.ttl", "no turtle", "is no turtle"),
        ("b.csv", "id,en\n", "no concept"),
    ],
)
def test_a_file_of_no_concepts_is_refused(
    tocsin: CommandLine, tmp_path: Path, name: str, content: str, said: str
) -> None:
    assert said in tocsin.refused("concept", "import", a_file(tmp_path, name, content))


def test_without_the_extra_a_thesaurus_is_refused_naming_it(
    tocsin: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "rdflib", None)
    assert "tocsin[skos]" in tocsin.refused("concept", "import", a_file(tmp_path, "rivers.ttl", TURTLE))
