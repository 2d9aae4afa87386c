"""The demo's press office: what its releases say and what its feeds hold at an instant."""

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from itertools import combinations, pairwise

import pytest

from services.demo.documents import feed_document, index_page, release_page
from services.demo.programme import (
    WINDOW,
    DemoFeed,
    FeedItem,
    Programme,
    demo_feed_urls,
    demo_feeds,
    find_release,
    held_items,
)
from services.demo.releases import DEMO_TOPICS, DemoRelease, write_release
from services.demo.texts import LANGUAGES, OfficeTexts, office_texts

OPENED = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
OFFICES = range(len(LANGUAGES))
OWN_FEEDS, WIRE = demo_feeds()[:-1], demo_feeds()[-1]


def programme(every_seconds: float = 3.0, seed: int = 7) -> Programme:
    return Programme(seed, every_seconds, OPENED)


def after(seconds: float) -> datetime:
    return OPENED + timedelta(seconds=seconds)


def held(feed: DemoFeed, seconds: float) -> tuple[FeedItem, ...]:
    return held_items(programme(), feed, after(seconds))


def corrected_items(seconds: float) -> list[tuple[DemoFeed, FeedItem]]:
    items = ((feed, item) for feed in OWN_FEEDS for item in held(feed, seconds))
    return [(feed, item) for feed, item in items if item.updated_at > item.published_at]


def folded(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(c))


def alternatives(query: str) -> list[list[str]]:
    """Split a demo topic at its top: for each side of an OR, the words that must all be there."""
    positive = re.sub(r"\s+NOT\s.*|[()]", "", query)
    return [
        [folded(quoted or word) for quoted, word in re.findall(r'"([^"]+)"|(\w+)', side) if word != "AND"]
        for side in positive.split(" OR ")
    ]


def rings(query: str, release: DemoRelease) -> bool:
    told = folded(" ".join((release.title, *release.paragraphs[:-1])))
    return any(all(words in told for words in side) for side in alternatives(query))


def shingles(release: DemoRelease) -> set[tuple[str, ...]]:
    words = " ".join(release.paragraphs[:-1]).split()
    return set(zip(words, words[1:], words[2:], words[3:], strict=False))


@pytest.mark.parametrize("texts", office_texts(), ids=LANGUAGES)
def test_every_office_has_twelve_stories_each_with_a_lead_for_every_title(texts: OfficeTexts) -> None:
    assert len(texts.stories) == 12
    assert all(len(story.titles) == len(story.leads) == 2 for story in texts.stories)


@pytest.mark.parametrize("texts", office_texts(), ids=LANGUAGES)
def test_every_lead_carries_the_figure_that_a_correction_changes(texts: OfficeTexts) -> None:
    assert [lead for story in texts.stories for lead in story.leads if "{n}" not in lead] == []


@pytest.mark.parametrize("office", OFFICES)
def test_twelve_releases_in_a_turn_tell_twelve_stories_of_four_to_six_paragraphs(office: int) -> None:
    releases = [write_release(7, office, number) for number in range(120, 132)]
    assert len({release.paragraphs[0] for release in releases}) == 12
    assert all(5 <= len(release.paragraphs) <= 6 for release in releases)
    assert not [release for release in releases if "{" in " ".join(release.paragraphs)]


@pytest.mark.parametrize("office", OFFICES)
def test_releases_of_one_hour_are_too_different_to_pass_for_copies(office: int) -> None:
    texts = [shingles(write_release(7, office, number)) for number in range(500, 560)]
    assert max(len(a & b) / len(a | b) for a, b in combinations(texts, 2)) < 0.6


def test_the_same_seed_and_number_give_the_same_words_and_another_seed_others() -> None:
    assert write_release(7, 1, 40) == write_release(7, 1, 40)
    assert write_release(7, 1, 40).paragraphs != write_release(8, 1, 40).paragraphs


@pytest.mark.parametrize("office", OFFICES)
def test_a_correction_keeps_the_page_and_changes_the_figure_with_a_word_of_explanation(office: int) -> None:
    first, second = write_release(7, office, 40), write_release(7, office, 40, corrected=True)
    assert first.path == second.path
    assert first.paragraphs[0] != second.paragraphs[0]
    assert len(second.paragraphs) == len(first.paragraphs) + 1


@pytest.mark.parametrize("office", OFFICES)
@pytest.mark.parametrize(("name", "query"), DEMO_TOPICS)
def test_every_demo_topic_rings_on_releases_of_every_language(name: str, query: str, office: int) -> None:
    turn = [write_release(7, office, number) for number in range(24)]
    assert sum(rings(query, release) for release in turn) >= 4, name


@pytest.mark.parametrize("office", OFFICES)
def test_every_release_rings_some_demo_topic(office: int) -> None:
    silent = [
        release.title
        for release in (write_release(7, office, number) for number in range(24))
        if not any(rings(query, release) for _, query in DEMO_TOPICS)
    ]
    assert silent == []


@pytest.mark.parametrize("feed", demo_feeds(), ids=lambda feed: feed.path)
def test_a_feed_holds_a_few_items_when_the_office_opens(feed: DemoFeed) -> None:
    assert 2 <= len(held(feed, 0)) <= 6


@pytest.mark.parametrize("feed", demo_feeds(), ids=lambda feed: feed.path)
def test_a_feed_keeps_its_last_twenty_items_newest_first(feed: DemoFeed) -> None:
    items = held(feed, 3600)
    assert len(items) == WINDOW
    assert all(newer.published_at > older.published_at for newer, older in pairwise(items))
    assert len({item.guid for item in items}) == WINDOW


@pytest.mark.parametrize("feed", demo_feeds(), ids=lambda feed: feed.path)
def test_nothing_is_published_before_its_instant(feed: DemoFeed) -> None:
    for second in range(0, 120, 5):
        assert all(item.updated_at <= after(second) for item in held(feed, second))


def test_a_release_does_not_change_between_two_looks_unless_it_is_corrected() -> None:
    earlier = {item.guid: item for feed in OWN_FEEDS for item in held(feed, 60)}
    for feed in OWN_FEEDS:
        for item in held(feed, 90):
            if item.guid in earlier and item.updated_at == item.published_at:
                assert item == earlier[item.guid]


def test_something_new_comes_at_nearly_every_step() -> None:
    documents = [tuple(held(feed, 3.0 * step) for feed in demo_feeds()) for step in range(40)]
    assert all(older != newer for older, newer in pairwise(documents))


def test_a_correction_has_the_same_guid_other_words_and_a_newer_update() -> None:
    feed, after_it = corrected_items(300)[0]
    before = (after_it.updated_at - OPENED).total_seconds() - 0.001
    before_it = next(item for item in held(feed, before) if item.guid == after_it.guid)
    assert before_it.published_at == after_it.published_at
    assert before_it.updated_at < after_it.updated_at
    assert before_it.release.paragraphs != after_it.release.paragraphs


def test_the_wire_repeats_a_release_later_under_its_own_guid() -> None:
    originals = {item.release.path: item for feed in OWN_FEEDS for item in held(feed, 300)}
    copies = [item for item in held(WIRE, 300) if item.release.path in originals]
    assert copies
    for copy in copies:
        original = originals[copy.release.path]
        assert copy.guid != original.guid
        assert copy.published_at > original.published_at


def test_a_copy_is_never_changed_by_a_later_correction() -> None:
    first = {item.guid: item for item in held(WIRE, 60)}
    later = {item.guid: item for item in held(WIRE, 240)}
    assert all(later[guid] == item for guid, item in first.items() if guid in later)


def test_an_office_that_opens_again_later_goes_on_with_new_releases() -> None:
    again = Programme(7, 3.0, after(600))
    before = {item.guid for item in held(OWN_FEEDS[0], 0)}
    assert before.isdisjoint(item.guid for item in held_items(again, OWN_FEEDS[0], after(600)))


def test_a_page_is_found_while_its_feed_holds_it() -> None:
    item = held(OWN_FEEDS[3], 60)[0]
    assert find_release(programme(), item.release.path, after(60)) == item
    assert find_release(programme(), item.release.path, after(7200)) is None
    assert find_release(programme(), "/coastal-wire/none", after(60)) is None


def test_a_document_says_the_same_at_two_instants_between_which_nothing_happened() -> None:
    feed = OWN_FEEDS[0]
    changed = max(item.updated_at for item in held(feed, 60))
    texts = {
        feed_document(
            feed, held_items(programme(), feed, changed + timedelta(seconds=wait)), "http://demo.test"
        )
        for wait in (0, 1)
    }
    assert len(texts) == 1


def test_the_wire_links_to_the_office_page_with_tracking_parameters() -> None:
    items = held(WIRE, 60)
    text = feed_document(WIRE, items, "http://demo.test")
    assert f"http://demo.test{items[0].release.path}?utm_source=coastal-wire&amp;utm_medium=rss" in text


def test_an_arabic_page_reads_from_right_to_left_and_names_its_address() -> None:
    item = held(OWN_FEEDS[3], 60)[0]
    page = release_page(item, "http://demo.test")
    assert '<html lang="ar" dir="rtl">' in page
    assert f'<link rel="canonical" href="http://demo.test{item.release.path}">' in page
    assert item.release.title in page


def test_the_front_page_and_the_list_name_all_five_feeds() -> None:
    urls = demo_feed_urls("http://demo.test/")
    page = index_page("http://demo.test")
    assert len(urls) == 5
    assert all(f'href="{url}"' in page for url in urls)
