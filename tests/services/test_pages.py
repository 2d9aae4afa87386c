"""A press office without a feed, from `feed add --page` to its releases."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.services.command_line import CommandLine, command_line
from tests.services.thread_site import thread_site
from tests.unit.press_pages import PAGES, PressPage, drawn

HTML = "text/html; charset=utf-8"
RSS = "<rss version='2.0'><channel><title>Presse</title><item><title>Un</title></item></channel></rss>"


@pytest.fixture
def tocsin(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> CommandLine:
    return command_line(database_url, monkeypatch, capsys)


def page_called(name: str) -> PressPage:
    return next(page for page in PAGES if page.name == name)


class Office:
    """A press office whose page is drawn anew; every release has a page of its own."""

    def __init__(self, page: PressPage, base: str, answers: dict[str, tuple[int, str, str]]) -> None:
        self.page, self.answers = page, answers
        self.url = base + page.url.removeprefix("https://www.ministry.example")
        for said in page.said:
            text = (
                f"<h1>{said.title}</h1><p>{said.title}. {said.teaser}</p>"
                + "<p>And so on, at length.</p>" * 3
            )
            answers[said.path] = (200, HTML, f"<html><body><main>{text}</main></body></html>")

    def shows(self, said: slice, *, rebuilt: bool = False) -> None:
        self.answers_with(drawn(self.page, self.page.said[said], rebuilt=rebuilt).decode())

    def answers_with(self, html: str) -> None:
        self.answers["/" + self.url.split("/", 3)[3]] = (200, HTML, html)


@contextmanager
def office(name: str) -> Iterator[Office]:
    answers: dict[str, tuple[int, str, str]] = {}
    with thread_site(answers) as site:
        yield Office(page_called(name), site.url, answers)


def titles(tocsin: CommandLine) -> set[str]:
    return {row["title"] for row in tocsin("sql", "SELECT title FROM releases", "--format", "json").json}


def last_poll(tocsin: CommandLine, url: str) -> dict[str, str]:
    poll: dict[str, str] = tocsin("feed", "show", url, "--json").json["polls"][0]
    return poll


def test_new_links_become_releases_with_the_text_of_their_pages(tocsin: CommandLine) -> None:
    with office("div soup") as press:
        press.shows(slice(4, None))
        added = tocsin("feed", "add", press.url, "--page", "--yes", "--json").json
        first = tocsin("once", "--json").json
        press.shows(slice(2, 10))
        second = tocsin("once", "--json").json
        press.shows(slice(1, 9), rebuilt=True)
        third = tocsin("once", "--json").json
        poll = last_poll(tocsin, press.url)
    assert (added["kind"], added["page"]) == ("page", "auto")
    assert [counts["releases_new"] for counts in (first, second, third)] == [8, 2, 1]
    assert titles(tocsin) == {said.title for said in press.page.said[1:]}
    (texts,) = tocsin("sql", "SELECT DISTINCT text_source AS from FROM releases", "--format", "json").json
    assert texts == {"from": "page"}
    assert poll["outcome"] == "changed"
    assert "1 new of 8 entries; the layout has changed" in poll["detail"]


def test_off_a_terminal_the_links_are_shown_and_the_flag_is_named(tocsin: CommandLine) -> None:
    with office("table of dates") as press:
        press.shows(slice(0, 8))
        line = tocsin.refused("feed", "add", press.url, "--page")
    assert "lists 8 links: 28 May 2026: Police rescue 146 victims" in line
    assert "--yes" in line
    assert tocsin("feed", "list", "--json").json == []


def test_a_selector_says_exactly_which_links(tocsin: CommandLine) -> None:
    with office("news with most read") as press:
        press.shows(slice(0, 8))
        tocsin("feed", "add", press.url, "--page", "--css", ".col-3 ol a")
        assert tocsin("once", "--json").json["releases_new"] == 5
        exported = tocsin("feed", "export").out
    assert 'type="page"' in exported
    assert 'tocsin:page="css: .col-3 ol a"' in exported


def test_an_exported_page_is_imported_as_one(tocsin: CommandLine, tmp_path: Path) -> None:
    with office("cards") as press:
        press.shows(slice(0, 8))
        tocsin("feed", "add", press.url, "--page", "--xpath", "//section/a")
        exported = tocsin("feed", "export").out
        tocsin("feed", "remove", press.url)
    listed = tmp_path / "list.opml"
    listed.write_text(exported.replace("/newsroom", "/newsroom/other"), encoding="utf-8")
    tocsin("feed", "import", str(listed))
    assert [feed["page"] for feed in tocsin("feed", "list", "--json").json] == ["xpath: //section/a"]


def test_a_page_without_its_list_fails_in_words_and_is_kept(tocsin: CommandLine) -> None:
    with office("cards") as press:
        press.shows(slice(0, 8))
        tocsin("feed", "add", press.url, "--page", "--yes")
        tocsin("once")
        press.answers_with("<html><body><h1>We are rebuilding our site</h1><p>Back soon.</p></body></html>")
        assert tocsin("once", "--json").json["failed"] == 1
        poll = last_poll(tocsin, press.url)
        body = tocsin("feed", "show", press.url, "--json").json["failing_body"]
        press.shows(slice(0, 8))
        again = tocsin("once", "--json").json
    assert poll["outcome"] == "broken"
    assert "--css" in poll["detail"]
    assert "We are rebuilding our site" in body["start"]
    assert (again["failed"], again["releases_new"]) == (0, 0)


def test_an_error_pages_own_links_are_no_releases(tocsin: CommandLine) -> None:
    item = "<li><a href='/help/topic-{}'>How to find what you were looking for, part {}</a></li>"
    links = "".join(item.format(n, n) for n in range(9))
    with office("cards") as press:
        press.shows(slice(0, 8))
        tocsin("feed", "add", press.url, "--page", "--yes")
        tocsin("once")
        press.answers_with(f"<html><body><h1>Page not found</h1><ul>{links}</ul></body></html>")
        assert tocsin("once", "--json").json["releases_new"] == 0
        poll = last_poll(tocsin, press.url)
    assert poll["outcome"] == "broken"
    assert "add it again with --page" in poll["detail"]


def test_a_feed_is_not_read_as_a_page_nor_a_page_without_links(tocsin: CommandLine) -> None:
    answers = {"/feed": (200, "application/rss+xml", RSS), "/": (200, HTML, "<html><p>Welcome</p></html>")}
    with thread_site(answers) as site:
        assert "add it without --page" in tocsin.refused("feed", "add", f"{site.url}/feed", "--page", "--yes")
        assert "--css" in tocsin.refused("feed", "add", f"{site.url}/", "--page", "--yes")


@pytest.mark.parametrize(
    ("arguments", "said"), [(("--css", "li >> a"), "no CSS selector"), (("--xpath", "//li["), "no XPath")]
)
def test_a_selector_that_is_none_is_refused(
    tocsin: CommandLine, arguments: tuple[str, ...], said: str
) -> None:
    assert said in tocsin.refused("feed", "add", "https://press.example/", "--page", *arguments)
