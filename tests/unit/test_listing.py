"""A page without a feed, read as one: every new link found, no old one again."""

from urllib.parse import urljoin

import pytest

from shared.domain.entry import Entry
from shared.domain.listing import ListingRule
from shared.domain.listing_novelty import ListingNovelty, judge_listing
from shared.domain.novelty import SeenItems, remember
from shared.domain.parse_feed import parse_feed
from shared.domain.polling import DocumentFacts
from tests.unit.press_pages import PAGES, PressPage, Said, drawn

AUTO = ListingRule()


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
