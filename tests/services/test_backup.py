"""`tocsin backup` and `tocsin restore`: what was there is there again, and the line goes on from it."""

from pathlib import Path

import pytest
from standardwebhooks import Webhook

from tests.services.command_line import CommandLine, command_line
from tests.services.line import Item, Line
from tests.services.thread_site import thread_site

KEY = "k" * 40


@pytest.fixture
def tocsin(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> CommandLine:
    return command_line(database_url, monkeypatch, capsys)


def beat(line: Line, seconds_ago: int) -> None:
    line.do(
        "INSERT INTO core.heartbeats VALUES ('ingest', 'other:1', now() - make_interval(secs => :ago))",
        ago=seconds_ago,
    )


def test_a_restored_line_goes_on_where_the_backup_was_made(
    line: Line, tocsin: CommandLine, tmp_path: Path
) -> None:
    line.subscribe("terrorism")
    feed = line.feed()
    line.publish(feed, Item("one"), Item("two"))
    cursor = line.ask("SELECT etag, seen_items, item_count FROM core.feeds")
    assert tocsin("backup", str(tmp_path / "it.dump"), "--json").json["releases"] == 2
    line.publish(feed, Item("three"))
    restored = tocsin("restore", str(tmp_path / "it.dump"), "--yes", "--json").json
    assert (restored["feeds"], restored["releases"], restored["alerts"]) == (1, 2, 2)
    assert line.ask("SELECT etag, seen_items, item_count FROM core.feeds") == cursor

    line.publish(feed, Item("one"), Item("two"), Item("four"))
    assert line.one("SELECT count(*) FROM releases") == 3
    assert line.ask("SELECT sequence FROM alerts ORDER BY sequence") == [(1,), (2,), (3,)]
    assert line.one("SELECT missing FROM ledger") == 0


def test_after_a_restore_the_reader_reads_and_writes_nothing(
    line: Line, tocsin: CommandLine, tmp_path: Path
) -> None:
    line.publish(line.feed(), Item("one"))
    tocsin("backup", str(tmp_path / "it.dump"))
    assert tocsin("restore", str(tmp_path / "it.dump"), "--yes").status == 0
    assert tocsin("sql", "select count(*) from releases", "--json").json == [{"count": 1}]
    assert tocsin("sql", "delete from releases").status == 1


def test_nothing_is_restored_beside_what_runs(line: Line, tocsin: CommandLine, tmp_path: Path) -> None:
    tocsin("backup", str(tmp_path / "it.dump"))
    beat(line, seconds_ago=3)
    assert "ingest ran within 30 s" in tocsin.refused("restore", str(tmp_path / "it.dump"), "--yes")
    line.do("UPDATE core.heartbeats SET beat_at = now() - interval '1 minute'")
    assert tocsin("restore", str(tmp_path / "it.dump"), "--yes").status == 0


def test_what_is_there_is_not_replaced_unasked(line: Line, tocsin: CommandLine, tmp_path: Path) -> None:
    line.publish(line.feed(), Item("one"))
    tocsin("backup", str(tmp_path / "it.dump"))
    assert "replaces 1 feeds, 1 releases" in tocsin.refused("restore", str(tmp_path / "it.dump"))


def sealed_backup(tocsin: CommandLine, monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    """Make a backup with one endpoint, whose secret is sealed."""
    monkeypatch.setenv("TOCSIN_SECRET_KEY", KEY)
    tocsin("topic", "add", "crues", "crues OR inondation")
    tocsin("subscribe", "crues", "https://desk.example/hook", "--no-verify")
    said = tocsin("backup", str(file)).out
    assert "secrets of 1 endpoints in it are sealed: keep TOCSIN_SECRET_KEY" in said


@pytest.mark.parametrize("key", ["", "o" * 40])
def test_a_backup_that_the_key_does_not_open_is_refused_before_anything_is_replaced(
    line: Line, tocsin: CommandLine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, key: str
) -> None:
    sealed_backup(tocsin, monkeypatch, tmp_path / "it.dump")
    line.publish(line.feed(), Item("one"))
    monkeypatch.setenv("TOCSIN_SECRET_KEY", key)
    refused = tocsin.refused("restore", str(tmp_path / "it.dump"), "--yes")
    assert "does not open 1 secrets of endpoints" in refused
    assert line.one("SELECT count(*) FROM releases") == 1


def test_with_its_key_a_backup_rings_again(
    tocsin: CommandLine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    sealed_backup(tocsin, monkeypatch, tmp_path / "it.dump")
    monkeypatch.setenv("TOCSIN_SECRET_KEY", f"{'n' * 40},{KEY}")
    assert tocsin("restore", str(tmp_path / "it.dump"), "--yes").status == 0
    monkeypatch.setenv("TOCSIN_SECRET_KEY", "n" * 40)
    assert tocsin("endpoint", "rotate", "https://desk.example/hook", "--json").status == 0


def test_where_the_key_is_lost_an_endpoint_rings_with_a_new_secret(
    line: Line, tocsin: CommandLine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with thread_site({"/hook": (204, "text/plain", "")}) as site:
        sealed_backup(tocsin, monkeypatch, tmp_path / "it.dump")
        line.do("UPDATE core.endpoints SET url = :url", url=f"{site.url}/hook")
        tocsin("backup", str(tmp_path / "it.dump"))
        monkeypatch.setenv("TOCSIN_SECRET_KEY", "o" * 40)
        assert tocsin("restore", str(tmp_path / "it.dump"), "--yes", "--without-key").status == 0
        made = tocsin("endpoint", "rotate", f"{site.url}/hook", "--hours", "0", "--json").json
        tocsin("subscription", "test", tocsin("subscription", "list", "--json").json[0]["id"])
        Webhook(made["secret"]).verify(site.posted[-1].body, site.posted[-1].headers)


def test_a_file_that_is_no_backup_changes_nothing(line: Line, tocsin: CommandLine, tmp_path: Path) -> None:
    line.publish(line.feed(), Item("one"))
    (tmp_path / "no.dump").write_text("not a backup")
    assert "pg_restore" in tocsin.refused("restore", str(tmp_path / "no.dump"), "--yes")
    assert line.one("SELECT count(*) FROM releases") == 1
