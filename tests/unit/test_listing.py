"""A page without a feed, read as one: every new link found, no old one again."""

from urllib.parse import urljoin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.feeds.entry import Entry
from shared.domain.feeds.listing import ListingRule
from shared.domain.feeds.parse_feed import parse_feed
from shared.domain.polling.listing_novelty import ListingNovelty, judge_listing
from shared.domain.polling.novelty import SeenItems, remember
from shared.domain.polling.polling import DocumentFacts
from tests.unit.press_pages import PAGES, PressPage, Said, drawn

AUTO = ListingRule()
PIECES = (
    "<a href='/x/1'>One two three</a>", "<a href='/x/2'><img alt='Four five six'></a>", "<a href='?page=2'>2</a>",
    "<a href='http://[broken'>x</a>", "<a href='//'>", "<li>", "</li>", "<dl><dt>6 May 2026</dt>", "<dd>", "<td>",
    "<h2>", "</h2>", "<p>", "</div>", "<div class='nav'>", "<nav>", "</nav>", "<time datetime='x'>", "<base href='/'>",
    "text", "\x00", "\ud800", "&#0;", "<!--", "-->", "<![CDATA[", "<svg><a href='/y'>", "<template>", "<form>",
)  # fmt: skip


class Watched:
    """A page polled again and again, its memory carried by hand."""

    def __init__(self, url: str, rule: ListingRule = AUTO) -> None:
        self.url, self.rule = url, rule
        self.seen, self.layout, self.note = SeenItems(), "", ""

    def judge(self, html: bytes) -> ListingNovelty | DocumentFacts:
        return judge_listing(html, self.url, "text/html", self.rule, self.seen, self.layout)

    def poll(self, html: bytes) -> tuple[Entry, ...]:
        """Give the entries that are new, as the worker reads them."""
        judged = self.judge(html)
        assert isinstance(judged, ListingNovelty), judged
        self.seen = remember(self.seen, judged.novelty, all_that_fit=True)
        self.layout, self.note = judged.layout, judged.note
        entries = parse_feed(judged.novelty.document, self.url).entries
        assert len(entries) == len(judged.novelty.new)
        return entries


def addresses(page: PressPage, said: tuple[Said, ...]) -> list[str]:
    return [urljoin(page.url, one.path) for one in said]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_new_link_is_found_and_no_old_one_again(page: PressPage) -> None:
    watched, said = Watched(page.url), page.said
    polls = [
        ("the first document", drawn(page, said[4:]), said[4:]),
        ("the same again", drawn(page, said[4:]), ()),
        ("two more above", drawn(page, said[2:10]), said[2:4]),
        ("one more, in its new layout", drawn(page, said[1:9], rebuilt=True), said[1:2]),
        ("one more, and old ones again", drawn(page, said, rebuilt=True), said[:1]),
    ]
    found = [(when, [entry.url for entry in watched.poll(html)]) for when, html, _ in polls]
    assert found == [(when, addresses(page, new)) for when, _, new in polls]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_an_entry_has_its_title_its_date_and_its_teaser(page: PressPage) -> None:
    entries = Watched(page.url).poll(drawn(page, page.said))
    assert [entry.title for entry in entries] == [said.title for said in page.said]
    assert [entry.published_text or "" for entry in entries] == [said.date for said in page.said]
    if page.teased:
        assert all(said.teaser in entry.summary for said, entry in zip(page.said, entries, strict=True))


def site(body: str, *, head: str = "") -> bytes:
    return f"<html><head>{head}</head><body>{body}</body></html>".encode()


def listed(numbers: range, block: str) -> str:
    """Repeat a block; {n} is its number, {title} a title of its own, {date} a day."""
    return "".join(
        block.format(n=n, title=f"Statement number {n} of the press office", date=f"2026/05/{n:02}")
        for n in numbers
    )


def found(body: str, rule: ListingRule = AUTO) -> list[str]:
    entries = Watched("https://office.example/news/", rule).poll(site(body))
    return [(entry.url or "").removeprefix("https://office.example") for entry in entries]


ITEM = "<li><a href='/news/{n}'>{title}</a> {date}</li>"


def test_a_block_of_its_own_header_each_is_no_site_header() -> None:
    blocks = listed(range(1, 7), "<div><header><h2><a href='/news/{n}'>{title}</a></h2></header></div>")
    assert found(blocks) == [f"/news/{n}" for n in range(1, 7)]


def test_a_page_inside_a_form_is_read() -> None:
    assert len(found(f"<form action='/'><h1>News</h1><ul>{listed(range(1, 7), ITEM)}</ul></form>")) == 6


def test_a_wrapper_named_after_its_layout_is_no_sidebar() -> None:
    assert len(found(f"<div class='page sidebar-left'><ul>{listed(range(1, 7), ITEM)}</ul></div>")) == 6


def test_links_of_several_folders_in_one_list_are_all_taken() -> None:
    places = ["justice/a", "justice/b", "trade/c", "health/d-e", "14"]
    items = "".join(
        f"<li><h3><a href='/{place}'>A statement about {place} today</a></h3></li>" for place in places
    )
    assert found(f"<ul>{items}</ul>") == [f"/{place}" for place in places]


def test_a_selected_block_stands_for_the_link_in_its_heading() -> None:
    block = "<div class='x'><a href='/tag/{n}'>Tag</a><h4><a href='/news/{n}'>{title}</a></h4></div>"
    rule = ListingRule("css", "div.x")
    assert found(listed(range(1, 3), block), rule) == ["/news/1", "/news/2"]


def test_addresses_start_at_the_base_of_the_page() -> None:
    html = site(f"<ul>{listed(range(1, 5), ITEM.replace('/news/', ''))}</ul>", head="<base href='/archive/'>")
    entries = Watched("https://office.example/news/").poll(html)
    assert entries[0].url == "https://office.example/archive/1"


def test_a_changed_title_or_teaser_is_no_new_entry() -> None:
    watched = Watched("https://office.example/news/")
    watched.poll(site(f"<ul>{listed(range(1, 7), ITEM)}</ul>"))
    assert (
        watched.poll(site(f"<ul>{listed(range(1, 7), ITEM.replace('{title}', 'Corrected: {title}'))}</ul>"))
        == ()
    )


def test_the_same_titles_at_other_addresses_are_not_new() -> None:
    watched = Watched("https://office.example/news/")
    watched.poll(site(f"<ul>{listed(range(2, 8), ITEM)}</ul>"))
    moved = ITEM.replace("/news/{n}", "/en/press/statement-{n};jsessionid=4F")
    entries = watched.poll(site(f"<ul>{listed(range(1, 8), moved)}</ul>"))
    assert [entry.title for entry in entries] == ["Statement number 1 of the press office"]
    assert "6 were known by their titles" in watched.note


def test_www_scheme_and_a_closing_slash_make_no_other_address() -> None:
    watched = Watched("http://office.example/news/")
    watched.poll(site(f"<ul>{listed(range(1, 7), ITEM)}</ul>"))
    watched.url = "https://www.office.example/news/"
    assert watched.poll(site(f"<ul>{listed(range(1, 7), ITEM.replace('{n}', '{n}/'))}</ul>")) == ()


def test_a_list_that_turned_over_completely_in_the_same_layout_is_believed() -> None:
    watched = Watched("https://office.example/news/")
    watched.poll(site(f"<ul>{listed(range(1, 7), ITEM)}</ul>"))
    assert len(watched.poll(site(f"<ul>{listed(range(11, 17), ITEM)}</ul>"))) == 6


def test_a_page_with_nothing_known_in_another_layout_is_not_believed() -> None:
    watched = Watched("https://office.example/news/")
    watched.poll(site(f"<ul>{listed(range(1, 7), ITEM)}</ul>"))
    other = (
        "<div><h2><a href='/help/topics/{n}/how-to-find-it'>How to find what you look for {n}</a></h2></div>"
    )
    judged = watched.judge(site(listed(range(1, 7), other)))
    assert isinstance(judged, DocumentFacts)
    assert judged.fault == "broken"


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        (b"", "not_a_feed"),
        (b"<rss><channel><item><title>x</title></item></channel></rss>", "not_a_feed"),
        (b'{"version": "https://jsonfeed.org/version/1.1", "items": []}', "not_a_feed"),
        (site("<p>Nothing here yet.</p>"), "broken"),
        (site("<nav><a href='/a'>About the office and its people</a></nav>"), "broken"),
    ],
    ids=["nothing", "an RSS feed", "a JSON Feed", "no link", "navigation alone"],
)
def test_what_is_no_list_has_its_outcome_and_its_words(document: bytes, fault: str) -> None:
    judged = Watched("https://office.example/news/").judge(document)
    assert isinstance(judged, DocumentFacts)
    assert judged.fault == fault
    assert judged.reason


@settings(max_examples=60)
@given(st.lists(st.sampled_from(PIECES), max_size=40))
def test_no_page_raises(pieces: list[str]) -> None:
    judged = Watched("https://office.example/").judge("".join(pieces).encode("utf-8", "surrogatepass"))
    assert isinstance(judged, ListingNovelty) or judged.fault
