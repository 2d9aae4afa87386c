"""`tocsin feed …` as a person and as a script use it."""

from pathlib import Path

import pytest

from tests.services.command_line import CommandLine, command_line
from tests.services.thread_site import thread_site

RSS = "application/rss+xml"
HTML = "text/html; charset=utf-8"
FEED = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>Préfecture du Rhône</title><link>https://prefecture.example/</link>
<item><title>Un plan contre les crues</title><guid>p-1</guid></item></channel></rss>"""


@pytest.fixture
def tocsin(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> CommandLine:
    return command_line(database_url, monkeypatch, capsys)


def page_with(*links: str) -> tuple[int, str, str]:
    tags = "".join(f'<link rel="alternate" type="{RSS}" title="{link}" href="{link}">' for link in links)
    return 200, HTML, f"<!doctype html><html><head>{tags}</head><body><p>Presse</p></body></html>"


def addresses(tocsin: CommandLine) -> list[str]:
    return [feed["url"] for feed in tocsin("feed", "list", "--json").json]


def test_the_address_of_a_feed_is_added_as_it_is(tocsin: CommandLine) -> None:
    with thread_site({"/rss": (200, RSS, FEED)}) as site:
        added = tocsin("feed", "add", f"{site.url}/rss", "--json")
    assert added.status == 0
    assert added.json["url"] == f"{site.url}/rss"
    assert added.json["is_new"] is True
    assert addresses(tocsin) == [f"{site.url}/rss"]


def test_adding_what_exists_is_fine_and_prints_it(tocsin: CommandLine) -> None:
    with thread_site({"/rss": (200, RSS, FEED)}) as site:
        first = tocsin("feed", "add", f"{site.url}/rss", "--json").json
        again = tocsin("feed", "add", f"{site.url}/rss", "--json").json
    assert (again["id"], again["is_new"]) == (first["id"], False)


def test_the_one_feed_that_a_page_names_is_taken_and_said(tocsin: CommandLine) -> None:
    with thread_site({"/": page_with("/news.xml"), "/news.xml": (200, RSS, FEED)}) as site:
        added = tocsin("feed", "add", f"{site.url}/")
    assert added.status == 0
    assert f"{site.url}/news.xml" in added.out
    assert "found on" in added.out


def test_of_several_feeds_none_is_taken_off_a_terminal(tocsin: CommandLine) -> None:
    answers = {"/": page_with("/fr.xml", "/en.xml"), "/fr.xml": (200, RSS, FEED), "/en.xml": (200, RSS, FEED)}
    with thread_site(answers) as site:
        line = tocsin.refused("feed", "add", f"{site.url}/")
    assert f"{site.url}/fr.xml" in line
    assert f"{site.url}/en.xml" in line
    assert "--yes" in line
    assert addresses(tocsin) == []


def test_yes_takes_the_first_of_several_feeds(tocsin: CommandLine) -> None:
    answers = {"/": page_with("/fr.xml", "/en.xml"), "/fr.xml": (200, RSS, FEED), "/en.xml": (200, RSS, FEED)}
    with thread_site(answers) as site:
        added = tocsin("feed", "add", f"{site.url}/", "--yes", "--json").json
    assert added["url"] == f"{site.url}/fr.xml"


def test_a_named_feed_that_is_dead_is_no_choice(tocsin: CommandLine) -> None:
    with thread_site({"/": page_with("/old.xml", "/new.xml"), "/new.xml": (200, RSS, FEED)}) as site:
        added = tocsin("feed", "add", f"{site.url}/", "--json").json
    assert added["url"] == f"{site.url}/new.xml"


def test_a_page_that_names_no_feed_is_searched_at_the_usual_places(tocsin: CommandLine) -> None:
    with thread_site({"/press/": page_with(), "/rss.xml": (200, RSS, FEED)}) as site:
        added = tocsin("feed", "add", f"{site.url}/press/", "--json").json
    assert added["url"] == f"{site.url}/rss.xml"


def test_a_page_without_any_feed_is_refused_naming_page(tocsin: CommandLine) -> None:
    with thread_site({"/": page_with()}) as site:
        assert "--page" in tocsin.refused("feed", "add", f"{site.url}/")


NEWS = (
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://prefecture.example/1</loc>'
    "<news:news><news:publication><news:name>Préfecture</news:name></news:publication>"
    "<news:title>Un plan contre les crues</news:title></news:news></url></urlset>"
)


def index_of(*places: str) -> str:
    listed = "".join(f"<sitemap><loc>{place}</loc></sitemap>" for place in places)
    return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{listed}</sitemapindex>'


def test_a_sites_news_sitemap_is_found_through_robots_txt_and_a_list_of_sitemaps(tocsin: CommandLine) -> None:
    answers = {
        "/": page_with(),
        "/robots.txt": (200, "text/plain", "User-agent: *\nSitemap: /maps.xml\n"),
        "/maps.xml": (200, "text/xml", index_of("/map-pages.xml", "/map-news.xml")),
        "/map-news.xml": (200, "text/xml", NEWS),
    }
    with thread_site(answers) as site:
        added = tocsin("feed", "add", f"{site.url}/", "--json").json
        counts = tocsin("once", "--json").json
        assert "/map-pages.xml" not in site.asked
    assert added["url"] == f"{site.url}/map-news.xml"
    assert added["found"] == "1 entry, the first “Un plan contre les crues”"
    assert (counts["feeds"], counts["fetches"]) == (1, 1)


def test_a_news_sitemap_at_its_usual_place_is_found(tocsin: CommandLine) -> None:
    with thread_site({"/": page_with(), "/news-sitemap.xml": (200, "text/xml", NEWS)}) as site:
        assert tocsin("feed", "add", f"{site.url}/", "--json").json["url"] == f"{site.url}/news-sitemap.xml"


def test_a_list_of_sitemaps_is_followed_to_the_one_with_news(tocsin: CommandLine) -> None:
    answers = {
        "/maps.xml": (200, "text/xml", index_of("/a.xml", "/b.xml")),
        "/b.xml": (200, "text/xml", NEWS),
    }
    with thread_site(answers) as site:
        assert tocsin("feed", "add", f"{site.url}/maps.xml", "--json").json["url"] == f"{site.url}/b.xml"


def test_a_document_of_which_nothing_can_be_read_is_added_saying_so(tocsin: CommandLine) -> None:
    empty = "<rss version='2.0'><channel><item></item><item></item></channel></rss>"
    torn = "<rss version='2.0'><channel><item><title></channel></rss>"
    with thread_site({"/empty": (200, RSS, empty), "/torn": (200, RSS, torn)}) as site:
        added = tocsin("feed", "add", f"{site.url}/empty").out
        assert "no entry in it can be read: its 2 items are empty; check the address" in added
        assert "no entry in it can be read: not well formed" in tocsin("feed", "add", f"{site.url}/torn").out


def test_an_address_that_answers_404_is_refused_with_the_status(tocsin: CommandLine) -> None:
    with thread_site({}) as site:
        line = tocsin.refused("feed", "add", f"{site.url}/rss")
    assert "404" in line
    assert "--no-check" in line


def test_a_private_address_is_refused_naming_the_setting(
    tocsin: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOCSIN_ALLOWED_NETWORKS", "")
    with thread_site({"/rss": (200, RSS, FEED)}) as site:
        line = tocsin.refused("feed", "add", f"{site.url}/rss")
        assert site.asked == []
    assert "TOCSIN_ALLOWED_NETWORKS" in line


def test_no_check_asks_nobody(tocsin: CommandLine) -> None:
    with thread_site({}) as site:
        added = tocsin("feed", "add", "--no-check", f"{site.url}/rss", "--json").json
        assert site.asked == []
    assert added["url"] == f"{site.url}/rss"


def test_an_address_without_a_scheme_is_https(tocsin: CommandLine) -> None:
    added = tocsin("feed", "add", "--no-check", "press.example/feed", "--json").json
    assert added["url"] == "https://press.example/feed"


def test_what_is_no_web_address_is_refused(tocsin: CommandLine) -> None:
    assert "ftp://press.example/" in tocsin.refused("feed", "add", "ftp://press.example/")


def test_one_bad_address_among_several_stops_no_other(tocsin: CommandLine) -> None:
    ran = tocsin("feed", "add", "--no-check", "press.example/a", "ftp://x.example/", "press.example/b")
    assert ran.status == 1
    assert len(ran.err.splitlines()) == 1
    assert addresses(tocsin) == ["https://press.example/a", "https://press.example/b"]


def test_a_title_for_several_addresses_is_wrong_usage(tocsin: CommandLine) -> None:
    assert tocsin("feed", "add", "--title", "T", "a.example", "b.example").status == 2


def test_a_feed_is_found_by_its_title(tocsin: CommandLine) -> None:
    tocsin("feed", "add", "--no-check", "press.example/a", "--title", "Le ministère")
    shown = tocsin("feed", "show", "Le ministère", "--json").json
    assert shown["url"] == "https://press.example/a"
    assert (shown["polls"], shown["gaps"]) == ([], [])


def test_a_paused_feed_is_resumed(tocsin: CommandLine) -> None:
    tocsin("feed", "add", "--no-check", "press.example/a")
    assert tocsin("feed", "pause", "https://press.example/a", "--json").json["state"] == "paused"
    assert tocsin("feed", "resume", "https://press.example/a", "--json").json["state"] == "active"


def test_a_removed_feed_is_listed_no_more_and_comes_back_when_added(tocsin: CommandLine) -> None:
    first = tocsin("feed", "add", "--no-check", "press.example/a", "--json").json
    assert tocsin("feed", "remove", first["id"]).status == 0
    assert addresses(tocsin) == []
    assert tocsin("feed", "add", "--no-check", "press.example/a", "--json").json["id"] == first["id"]


def test_a_feed_that_nobody_knows_is_refused_naming_the_list(tocsin: CommandLine) -> None:
    assert "tocsin feed list" in tocsin.refused("feed", "show", "nothing")


def test_what_export_prints_import_takes_with_its_folders(tocsin: CommandLine, tmp_path: Path) -> None:
    listed = tmp_path / "feeds.opml"
    listed.write_text(
        '<opml version="2.0"><body><outline text="Presse"><outline text="Europe">'
        '<outline text="Conseil" type="rss" xmlUrl="https://press.example/a?x=1&amp;y=2"/>'
        "</outline></outline></body></opml>"
    )
    assert tocsin("feed", "import", str(listed), "--json").json == {"added": 1, "known": 0, "refused": []}
    exported = tocsin("feed", "export")
    listed.write_text(exported.out)
    assert tocsin("feed", "import", str(listed), "--json").json == {"added": 0, "known": 1, "refused": []}
    assert tocsin("feed", "export", "--json").json == [
        {"url": "https://press.example/a?x=1&y=2", "title": "Conseil", "folder": "Presse/Europe", "page": ""}
    ]


def test_an_opml_list_with_a_dtd_is_refused(tocsin: CommandLine, tmp_path: Path) -> None:
    listed = tmp_path / "feeds.opml"
    listed.write_text(
        '<!DOCTYPE opml [<!ENTITY a "b">]><opml><body><outline xmlUrl="x.example"/></body></opml>'
    )
    assert "DTD" in tocsin.refused("feed", "import", str(listed))


def test_a_file_that_is_not_there_is_refused(tocsin: CommandLine, tmp_path: Path) -> None:
    assert "cannot be read" in tocsin.refused("feed", "import", str(tmp_path / "none.opml"))


def test_the_list_fits_eighty_columns(tocsin: CommandLine) -> None:
    tocsin("feed", "add", "--no-check", "press.example/" + "a" * 90, "--title", "Un titre " * 20)
    assert all(len(line) <= 80 for line in tocsin("feed", "list").out.splitlines())
