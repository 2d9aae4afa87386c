"""`tocsin parse`: a file as the line would see it, with nothing stored."""

import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.cli.main import make_app
from tests.services.command_line import CommandLine

FEED = """<?xml version="1.0"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>Préfecture de la Moselle</title><language>fr</language>
<item><title>Crue de la Moselle : vigilance orange</title><guid isPermaLink="false">crue-1</guid>
<link>/communiques/crue-1</link><pubDate>Mon, 02 Mar 2026 08:30:00 +0100</pubDate>
<content:encoded><![CDATA[<p>METZ, le 2 mars 2026 – Le niveau de la Moselle monte depuis dimanche.</p>
<p>Les habitants des quais sont invités à la prudence.</p>]]></content:encoded></item>
<item><guid isPermaLink="false">vide</guid></item>
</channel></rss>"""
PAGE = """<!doctype html><html lang="de"><head><title>Hochwasser am Rhein</title>
<link rel="canonical" href="https://stadt.example/hochwasser"></head><body><article><h1>Hochwasser am Rhein</h1>
<p>Der Pegel in Köln steigt seit Sonntag weiter an, meldet die Feuerwehr der Stadt.</p>
<p>Die Altstadt bleibt bis Freitag für den Verkehr gesperrt, die Schulen sind geöffnet.</p>
</article></body></html>"""


@pytest.fixture
def tocsin(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


def written(folder: Path, name: str, text: str | bytes) -> str:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return str(path)


def test_a_feed_gives_its_entries_as_they_would_be_filed(tocsin: CommandLine, tmp_path: Path) -> None:
    path = written(tmp_path, "feed.xml", FEED)
    found = tocsin("parse", path, "--url", "https://moselle.example/rss", "--json").json
    assert (found["kind"], found["title"], found["language"]) == ("feed", "Préfecture de la Moselle", "fr")
    entry = found["entries"][0]
    assert entry["title"] == "Crue de la Moselle : vigilance orange"
    assert entry["url"] == "https://moselle.example/communiques/crue-1"
    assert entry["published_at"] == "2026-03-02T07:30:00+00:00"
    assert entry["text"].startswith("Le niveau de la Moselle monte")
    assert (entry["language"], entry["guid"]) == ("fr", "crue-1")
    assert entry["dateline"].startswith("METZ")


def test_a_refused_entry_is_listed_with_its_reason_beside_the_good_ones(
    tocsin: CommandLine, tmp_path: Path
) -> None:
    path = written(tmp_path, "feed.xml", FEED)
    good, refused = tocsin("parse", path, "--json").json["entries"]
    assert "refused" not in good
    assert (refused["guid"], refused["refused"]) == ("vide", "the entry has neither a title nor a text")


def test_a_page_gives_its_text(tocsin: CommandLine, tmp_path: Path) -> None:
    found = tocsin("parse", written(tmp_path, "page.html", PAGE), "--json").json
    assert (found["kind"], found["title"]) == ("page", "Hochwasser am Rhein")
    assert (found["url"], found["language"]) == ("https://stadt.example/hochwasser", "de")
    assert found["text"].startswith("Der Pegel in Köln")


def test_a_page_without_an_html_element_is_a_page(tocsin: CommandLine, tmp_path: Path) -> None:
    bare = PAGE.replace('<html lang="de">', "").replace("</html>", "")
    assert tocsin("parse", written(tmp_path, "saved", bare), "--json").json["kind"] == "page"


def test_a_listing_for_people_fits_the_terminal(tocsin: CommandLine, tmp_path: Path) -> None:
    for path in (written(tmp_path, "feed.xml", FEED), written(tmp_path, "page.html", PAGE)):
        ran = tocsin("parse", path)
        assert ran.status == 0
        assert max(map(len, ran.out.splitlines())) <= 80
    assert "neither a title nor a text" in tocsin("parse", str(tmp_path / "feed.xml")).out


def test_standard_input_is_read_for_a_dash() -> None:
    ran = CliRunner().invoke(make_app("parse"), ["parse", "-", "--json"], input=FEED)
    assert len(json.loads(ran.stdout)["entries"]) == 2


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (b"Crue de la Moselle", "plain text"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"<note><to>x</to></note>", "<note>"),
        (b"<html><body></body></html>", "no text"),
        (bytes(range(256)), "not a feed"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line(
    tocsin: CommandLine, tmp_path: Path, content: bytes, told: str
) -> None:
    assert told in tocsin.refused("parse", written(tmp_path, "document", content))


def test_a_missing_file_is_refused_in_one_line(tocsin: CommandLine, tmp_path: Path) -> None:
    assert "cannot be read" in tocsin.refused("parse", str(tmp_path / "nothing.xml"))


def corpus() -> Path | None:
    named = os.environ.get("TOCSIN_CORPUS")
    folder = Path(named) if named else Path(__file__).parents[3] / "shared" / "corpus"
    return folder / "feeds" if (folder / "feeds").is_dir() else None


@pytest.mark.skipif(corpus() is None, reason="TOCSIN_CORPUS names no folder with feeds")
def test_every_real_feed_is_read_or_refused_and_none_ends_in_a_crash(tocsin: CommandLine) -> None:
    folder = corpus()
    assert folder is not None
    for path in sorted(folder.iterdir()):
        ran = tocsin("parse", str(path), "--json")
        assert ran.status in {0, 1}, path.name
        assert ran.json["kind"] == "feed" if ran.status == 0 else ran.err.count("\n") == 1, path.name
