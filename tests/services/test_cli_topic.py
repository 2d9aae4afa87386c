"""`tocsin topic …`: what is watched, tried on the archive before it rings."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from shared.clock import now
from shared.store.database import Database, open_database
from tests.services.command_line import CommandLine, command_line
from tests.store.archive import store_release


@pytest.fixture
def tocsin(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> CommandLine:
    return command_line(database_url, monkeypatch, capsys)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = open_database(database_url, connections=1)
    yield database
    database.close()


def names(tocsin: CommandLine) -> list[str]:
    return [topic["name"] for topic in tocsin("topic", "list", "--json").json]


def test_an_added_topic_is_said_back_in_words(tocsin: CommandLine) -> None:
    added = tocsin("topic", "add", "Crues", "crue AND -title:exercice")
    assert added.status == 0
    assert "crue in any form" in added.out
    assert "not exercice in any form in the title" in " ".join(added.out.split())


def test_the_same_topic_again_is_fine_and_prints_it(tocsin: CommandLine) -> None:
    first = tocsin("topic", "add", "Crues", "crue", "--json").json
    again = tocsin("topic", "add", "Crues", "crue", "--json").json
    assert (again["id"], again["is_new"], again["version"]) == (first["id"], False, 1)


def test_a_name_that_has_another_query_is_refused_naming_edit(tocsin: CommandLine) -> None:
    tocsin("topic", "add", "Crues", "crue")
    assert "tocsin topic edit" in tocsin.refused("topic", "add", "Crues", "inondation")


def test_a_query_that_does_not_parse_is_refused_with_its_column(tocsin: CommandLine) -> None:
    assert "column 9: " in tocsin.refused("topic", "add", "Crues", "crue OR (inondation")
    assert names(tocsin) == []


def test_two_dashes_end_the_options_before_a_query(tocsin: CommandLine) -> None:
    assert tocsin("topic", "add", "Ports", "--", "-grève port").status == 0


def test_a_name_that_is_an_id_is_refused(tocsin: CommandLine) -> None:
    assert "name" in tocsin.refused("topic", "add", "01a20cf9-897a-7366-9ce1-fc1ab29d1102", "crue")


def test_an_edit_makes_the_next_version(tocsin: CommandLine) -> None:
    tocsin("topic", "add", "Crues", "crue")
    edited = tocsin("topic", "edit", "Crues", "crue OR inondation", "--json").json
    assert (edited["query"], edited["version"]) == ("crue OR inondation", 2)


def test_an_edit_with_the_same_query_keeps_the_version(tocsin: CommandLine) -> None:
    tocsin("topic", "add", "Crues", "crue")
    assert tocsin("topic", "edit", "Crues", "crue", "--json").json["version"] == 1


def test_a_removed_topic_takes_its_subscriptions_along(tocsin: CommandLine) -> None:
    tocsin("topic", "add", "Crues", "crue")
    tocsin("subscribe", "Crues", "https://hooks.example/", "--no-verify")
    assert tocsin("topic", "remove", "Crues").status == 0
    assert names(tocsin) == []
    assert tocsin("subscription", "list", "--json").json == []


def test_the_name_of_a_removed_topic_is_free_again(tocsin: CommandLine) -> None:
    tocsin("topic", "add", "Crues", "crue")
    tocsin("topic", "remove", "Crues")
    assert tocsin("topic", "add", "Crues", "inondation").status == 0


def test_a_trial_lists_the_stored_releases_that_match_with_evidence(
    tocsin: CommandLine, database: Database
) -> None:
    flood = store_release(database, "Crue de la Loire", "Le préfet évacue deux communes inondées.")
    store_release(database, "Nouveau pont", "Le pont ouvre en mai.")
    tried = tocsin("topic", "test", "crue AND commune", "--json").json
    assert tried["releases"] == [str(flood)]
    assert tried["read"] == 2
    (hit,) = tried["hits"]
    assert [(piece["clause"], piece["text"]) for piece in hit["evidence"]] == [
        ("crue", "Crue"),
        ("commune", "communes"),
    ]


def test_a_trial_reads_no_further_back_than_asked(tocsin: CommandLine, database: Database) -> None:
    store_release(database, "Crue ancienne", "Une crue.", seen_at=now() - timedelta(days=3))
    recent = store_release(database, "Crue récente", "Une crue.", seen_at=now() - timedelta(hours=3))
    assert tocsin("topic", "test", "crue", "--since", "1d", "--json").json["releases"] == [str(recent)]


def test_a_trial_reads_an_archive_of_many_batches_newest_first(
    tocsin: CommandLine, database: Database
) -> None:
    start = now() - timedelta(hours=1)
    stored = [
        str(store_release(database, f"Crue {n}", "La crue.", seen_at=start + timedelta(seconds=n // 2)))
        for n in range(450)
    ]
    tried = tocsin("topic", "test", "crue", "--json").json["releases"]
    assert sorted(tried) == sorted(stored)
    assert tried[0] in stored[-2:]


def test_a_time_that_is_none_is_refused(tocsin: CommandLine) -> None:
    assert "30d" in tocsin.refused("topic", "test", "crue", "--since", "yesterday")


def test_a_trial_says_how_often_where_from_and_because_of_what(
    tocsin: CommandLine, database: Database
) -> None:
    for day in range(4):
        store_release(database, f"Crue {day}", "La crue.", seen_at=now() - timedelta(days=day, hours=1))
    store_release(database, "Flood", "A flood.", language="en", seen_at=now() - timedelta(days=3, hours=2))
    tried = tocsin("topic", "test", "crue OR flood", "--json").json
    assert tried["languages"] == {"fr": 4, "en": 1}
    assert tried["clauses"] == {"crue": 4, "flood": 1}
    forecast = tried["forecast"]
    assert (forecast["days"], forecast["median"], forecast["worst"]) == (3, 1.0, 1)
    said = tocsin("topic", "test", "crue OR flood").out
    assert "1 alerts a day" in said
    assert "clauses     crue 4, flood 1" in said


def test_a_trial_shows_ten_examples_and_counts_the_rest(tocsin: CommandLine, database: Database) -> None:
    for number in range(12):
        store_release(database, f"Crue {number}", "La crue.")
    said = tocsin("topic", "test", "crue").out
    assert said.count("Crue ") == 10
    assert "and 2 more" in said


def test_adding_a_topic_says_how_often_it_will_ring(tocsin: CommandLine, database: Database) -> None:
    assert "no releases are stored yet" in tocsin("topic", "add", "Ports", "port").out
    store_release(database, "Crue", "La crue.")
    assert "1 alerts a day" in tocsin("topic", "add", "Crues", "crue").out
    assert tocsin("topic", "add", "Crues", "crue", "--json").json["forecast"]["median"] == 1.0


def test_a_topic_of_more_than_thirty_alerts_a_day_needs_yes(tocsin: CommandLine, database: Database) -> None:
    for number in range(40):
        store_release(database, f"Communiqué {number}", "Le préfet communique.")
    assert "40 alerts a day" in tocsin.refused("topic", "add", "Tout", "préfet")
    assert tocsin("topic", "add", "Tout", "préfet", "--yes").status == 0
    assert tocsin("topic", "add", "Tout", "préfet").status == 0


def test_an_edit_shows_what_it_gains_loses_and_keeps(tocsin: CommandLine, database: Database) -> None:
    both = store_release(database, "Crue et orage", "Une crue, un orage.")
    flood = store_release(database, "Crue", "Une crue.")
    storm = store_release(database, "Orage", "Un orage.")
    tocsin("topic", "add", "Eaux", "crue")
    edited = tocsin("topic", "edit", "Eaux", "orage", "--json").json
    assert edited["difference"] == {"gained": [str(storm)], "lost": [str(flood)], "kept": 1}
    assert str(both) not in json.dumps(edited["difference"])
    assert "gained 1, lost 1, kept 1" in tocsin("topic", "edit", "Eaux", "crue").out


def test_a_topic_that_rings_for_most_of_the_archive_needs_yes(
    tocsin: CommandLine, database: Database
) -> None:
    for number in range(100):
        store_release(database, f"Communiqué {number}", "Le préfet communique.")
    assert "--yes" in tocsin.refused("topic", "add", "Tout", "préfet")
    assert names(tocsin) == []
    assert tocsin("topic", "add", "Tout", "préfet", "--yes").status == 0


def test_a_text_file_is_explained_clause_by_clause(tocsin: CommandLine, tmp_path: Path) -> None:
    text = tmp_path / "release.txt"
    text.write_text("Crue de la Loire\n\nLe préfet évacue deux communes.\n", encoding="utf-8")
    explained = tocsin("topic", "explain", "crue AND -préfet", str(text), "--json").json
    assert explained["matches"] is False
    clauses = [(one["clause"], one["holds"], one["unwanted"]) for one in explained["clauses"]]
    assert clauses == [("crue", True, False), ("préfet", True, True)]
    assert explained["nearest_miss"] == "`crue` is there, `préfet` is there, and is excluded"


def test_a_concept_of_the_lexicon_is_watched_in_every_language(tocsin: CommandLine, tmp_path: Path) -> None:
    text = tmp_path / "release.txt"
    text.write_text("Coup de filet\n\nLa police démantèle un réseau de traite d’êtres humains.\n")
    added = tocsin("topic", "add", "Traite", '~"human trafficking"', "--yes", "--json").json
    explained = tocsin("topic", "explain", "~human-trafficking", str(text), "--json").json
    assert "human-trafficking" in added["understood"]
    assert "traite d’êtres humains" in {piece["text"] for piece in explained["evidence"]}


def test_a_stored_release_is_explained_by_its_id(tocsin: CommandLine, database: Database) -> None:
    release = store_release(database, "Crue de la Loire", "Le préfet évacue.")
    explained = tocsin("topic", "explain", "crue", str(release))
    assert explained.out.startswith("Matches: Crue de la Loire")


def test_a_page_is_explained_by_the_text_that_it_holds(tocsin: CommandLine, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    article = "<p>" + "Le préfet évacue deux communes au bord de la Loire après trois jours de pluie. " * 3
    page.write_text(f"<html><body><nav>port</nav><h1>Crue</h1><article>{article}</article></body></html>")
    assert tocsin("topic", "explain", "évacuer AND -port", str(page), "--json").json["matches"] is True


def test_a_feed_is_no_text_to_explain(tocsin: CommandLine, tmp_path: Path) -> None:
    feed = tmp_path / "feed.xml"
    feed.write_text("<rss version='2.0'><channel><title>Presse</title></channel></rss>")
    assert "is a feed" in tocsin.refused("topic", "explain", "crue", str(feed))


def test_a_file_that_is_not_there_cannot_be_explained(tocsin: CommandLine, tmp_path: Path) -> None:
    assert "cannot be read" in tocsin.refused("topic", "explain", "crue", str(tmp_path / "none"))


TOLD_LATER = (
    *("--digest", "08:30", "--zone", "Europe/Paris", "--quiet", "22:00-07:00", "--ttl", "36h"),
    *("--per", "story"),
)


def test_an_import_makes_subscriptions_tell_when_the_exported_ones_did(
    tocsin: CommandLine, tmp_path: Path
) -> None:
    tocsin("topic", "add", "Crues", "crue")
    tocsin("subscribe", "Crues", "https://hooks.example/", "--no-verify", *TOLD_LATER)
    listed = tmp_path / "topics.yaml"
    listed.write_text(tocsin("topic", "export").out, encoding="utf-8")
    before = tocsin("subscription", "list", "--json").json[0]
    tocsin("topic", "remove", "Crues")
    tocsin("topic", "import", str(listed))
    after = tocsin("subscription", "list", "--json").json[0]
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {"id", "topic_id", "created_at"}
    assert (after["digest_at"], after["ttl_seconds"], after["per"]) == ("08:30", 36 * 3600, "story")


def test_what_export_prints_import_takes_and_again_changes_nothing(
    tocsin: CommandLine, tmp_path: Path
) -> None:
    tocsin("topic", "add", "Crues", 'crue OR "montée des eaux"')
    tocsin("topic", "add", "Häfen", "Hafen*")
    tocsin("subscribe", "Crues", "https://hooks.example/?key=1", "--no-verify")
    tocsin("subscribe", "Häfen", "https://hooks.example/?key=1", "--no-verify", *TOLD_LATER)
    exported = tocsin("topic", "export")
    listed = tmp_path / "topics.yaml"
    listed.write_text(exported.out, encoding="utf-8")
    again = tocsin("topic", "import", str(listed), "--json").json
    assert again == {"topics_added": 0, "topics_edited": 0, "subscriptions_added": 0, "secrets": []}
    assert tocsin("topic", "export").out == exported.out
    assert "whsec_" not in exported.out


HOOK, OPS = "https://hooks.example/?key=1", "https://ops.example/"
SET = ("--concurrency", "2", "--rate", "5", "--fallback", OPS, "--heartbeat", "1d")


def test_an_export_takes_what_is_set_for_endpoints_along(tocsin: CommandLine, tmp_path: Path) -> None:
    tocsin("topic", "add", "Crues", "crue")
    for url in (HOOK, OPS):
        tocsin("subscribe", "Crues", url, "--no-verify")
    plain = tocsin("topic", "export").out
    tocsin("endpoint", "edit", HOOK, *SET)
    exported = tocsin("topic", "export").out
    assert exported == plain + (
        f"endpoints:\n- url: {HOOK}\n  concurrency: 2\n  rate: 5.0\n  fallback: {OPS}\n  heartbeat: 1d\n"
    )
    listed = tmp_path / "topics.yaml"
    listed.write_text(exported, encoding="utf-8")
    tocsin(
        "endpoint",
        "edit",
        HOOK,
        "--concurrency",
        "4",
        "--rate",
        "0",
        "--fallback",
        "none",
        "--heartbeat",
        "none",
    )
    tocsin("topic", "import", str(listed))
    assert tocsin("topic", "export").out == exported


def test_what_a_file_does_not_say_of_an_endpoint_stays_and_an_unknown_fallback_is_made(
    tocsin: CommandLine, tmp_path: Path
) -> None:
    tocsin("topic", "add", "Crues", "crue")
    tocsin("subscribe", "Crues", HOOK, "--no-verify")
    tocsin("endpoint", "edit", HOOK, "--concurrency", "2")
    listed = tmp_path / "topics.yaml"
    listed.write_text(json.dumps({"topics": [], "endpoints": [{"url": HOOK, "fallback": OPS}]}))
    done = tocsin("topic", "import", str(listed), "--json").json
    assert [one["url"] for one in done["secrets"]] == [OPS]
    endpoint = tocsin("endpoint", "show", HOOK, "--json").json
    assert (endpoint["concurrency"], endpoint["fallback_id"] is None) == (2, False)


def test_an_import_adds_edits_and_prints_new_secrets_once(tocsin: CommandLine, tmp_path: Path) -> None:
    tocsin("topic", "add", "Crues", "crue")
    listed = tmp_path / "topics.yaml"
    topics = [
        {"name": "Crues", "query": "crue OR inondation"},
        {"name": "Ports", "query": "port", "subscriptions": [{"url": "https://hooks.example/"}]},
    ]
    listed.write_text(json.dumps({"topics": topics}))
    done = tocsin("topic", "import", str(listed), "--json").json
    assert (done["topics_added"], done["topics_edited"], done["subscriptions_added"]) == (1, 1, 1)
    assert [one["url"] for one in done["secrets"]] == ["https://hooks.example/"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("topics: [", "YAML"),
        ("- 1", "topics"),
        ("topics: [{name: A, query: '(', }]", "column"),
        ("topics: [{name: A}]", "query"),
        ("topics: [{name: A, query: crue, subscriptions: [{url: 'https://a.example', quiet: x}]}]", "quiet"),
        ("topics: [{name: A, query: crue, subscriptions: [{url: 'ftp://x.example'}]}]", "ftp://x.example"),
        ("topics: []\nendpoints: [{url: 'https://a.example', rate: -1}]", "endpoints.0.rate"),
        ("topics: []\nendpoints: [{url: 'https://a.example', heartbeat: often}]", "often"),
        (
            "topics: []\nendpoints: [{url: 'https://a.example', fallback: 'https://a.example'}]",
            "its own failures",
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_whole(
    tocsin: CommandLine, tmp_path: Path, content: str, said: str
) -> None:
    listed = tmp_path / "topics.yaml"
    listed.write_text(content)
    assert said in tocsin.refused("topic", "import", str(listed))
    assert names(tocsin) == []


def test_a_topic_is_tried_and_explained_by_its_name(tocsin: CommandLine, database: Database) -> None:
    release = store_release(database, "Crue : la commune évacue", "La crue de la Moselle monte.")
    tocsin("topic", "add", "Eaux", "crue AND commune")
    assert tocsin("topic", "test", "Eaux", "--json").json["releases"] == [str(release)]
    assert tocsin("topic", "explain", "Eaux", str(release), "--json").json["matches"] is True
