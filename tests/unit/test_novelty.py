"""What is new in a document, whether it overlaps with the last one, and what a feed remembers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.feeds.parse_feed import parse_feed
from shared.domain.polling.novelty import ItemDigest, Novelty, SeenItems, judge_novelty, remember
from shared.errors import DocumentError

URL = "https://presse.example.org/feed"


def item(number: int, text: str = "texte") -> str:
    guid, title = f"<guid>https://presse.example.org/{number}</guid>", f"<title>Communiqué {number}</title>"
    return f"<item>{guid}{title}<description>{text}</description></item>"


def rss(*items: str, root: str = 'version="2.0"') -> bytes:
    return f"<rss {root}><channel><title>Presse</title>\n{''.join(items)}\n</channel></rss>".encode()


def judge(document: bytes, seen: SeenItems | None = None, *, trust_guids: bool = True) -> Novelty:
    return judge_novelty(document, URL, None, seen or SeenItems(), trust_guids)


def after(document: bytes) -> SeenItems:
    return remember(SeenItems(), judge(document))


def test_everything_is_new_on_a_first_poll_and_the_document_stays_as_it_is() -> None:
    document = rss(item(1), item(2))
    novelty = judge(document)
    assert (novelty.new, novelty.overlap, novelty.document, novelty.positions) == ((0, 1), 0, document, None)


def test_nothing_is_new_in_the_same_document() -> None:
    novelty = judge(rss(item(1), item(2)), after(rss(item(1), item(2))))
    assert (novelty.new, novelty.overlap) == ((), 2)


def test_only_the_new_item_stays_in_the_document() -> None:
    novelty = judge(rss(item(3), item(2)), after(rss(item(2), item(1))))
    assert (novelty.new, novelty.overlap, novelty.positions) == ((0,), 1, None)
    assert [entry.title for entry in parse_feed(novelty.document, URL).entries] == ["Communiqué 3"]
    assert "Communiqué 2".encode() not in novelty.document


def test_an_item_whose_words_change_is_new_and_overlaps_by_its_guid() -> None:
    seen = after(rss(item(1, "douze arrestations")))
    changed = rss(item(1, "treize arrestations"))
    assert (judge(changed, seen).new, judge(changed, seen).overlap) == ((0,), 1)
    assert judge(changed, seen, trust_guids=False).overlap == 0


def test_a_guid_that_changes_at_every_fetch_makes_nothing_new_once_it_is_not_trusted() -> None:
    def page(guid: str) -> bytes:
        return rss(*(item(n).replace(f"/{n}</guid>", f"/{guid}{n}</guid>") for n in (1, 2, 3)))

    assert judge(page("b"), after(page("a"))).new == (0, 1, 2)
    seen = remember(SeenItems(), judge(page("a"), trust_guids=False))
    again = judge(page("b"), seen, trust_guids=False)
    assert (again.new, again.overlap) == ((), 3)


def test_a_guid_of_all_items_hides_none_once_it_is_not_trusted() -> None:
    document = rss(item(1), item(2, "autre")).replace(b"/2</guid>", b"/1</guid>")
    assert judge(document, trust_guids=False).new == (0, 1)


@pytest.mark.parametrize("tag", ["pubDate", "dc:date"])
def test_a_date_that_moves_makes_nothing_new_once_it_is_not_trusted(tag: str) -> None:
    def at(hour: int) -> bytes:
        dated = item(1).replace("</item>", f"<{tag}>2026-03-02T{hour:02}:00:00Z</{tag}></item>")
        return rss(dated, root='version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"')

    def judged(hour: int, seen: SeenItems) -> Novelty:
        return judge_novelty(at(hour), URL, None, seen, trust_dates=False)

    assert judge(at(9), after(at(8))).new == (0,)
    assert judged(9, remember(SeenItems(), judged(8, SeenItems()))).new == ()


def test_what_is_not_trusted_is_left_out_of_json_and_of_documents_read_whole_too() -> None:
    head = b'{"version": "https://jsonfeed.org/version/1.1", "title": "Presse", "items": ['
    loose = "<item><guid isPermaLink='false'>{}</guid><title>a &nbsp; b</title></item>"
    for first, second in (
        (head + b'{"id": "1", "title": "a"}]}', head + b'{"id": "2", "title": "a"}]}'),
        (rss(loose.format(1)), rss(loose.format(2))),
    ):
        seen = remember(SeenItems(), judge(first, trust_guids=False))
        assert judge(second, seen, trust_guids=False).new == ()


def test_the_same_item_twice_is_new_twice() -> None:
    assert judge(rss(item(1), item(1))).new == (0, 1)


def test_an_items_digest_does_not_depend_on_the_items_beside_it() -> None:
    assert judge(rss(item(1), item(2))).items[0] == judge(rss(item(7), item(1))).items[1]


def test_the_key_is_the_guid_else_the_link_else_the_title() -> None:
    title, link, guid = "<title>Avis</title>", "<link>https://presse.example.org/a</link>", "<guid>g</guid>"
    keys = [judge(rss(f"<item>{fields}</item>")).items[0].key for fields in (
        title, title + link, link, link + guid, guid, title + "<x>1</x>")]  # fmt: skip
    assert keys[0] == keys[5]
    assert keys[1] == keys[2]
    assert keys[3] == keys[4]
    assert len(set(keys)) == 3


def test_a_reduced_document_is_read_right_whatever_the_header_says() -> None:
    seen = after(rss(item(1)))
    document = rss(item(1), item(2, "Отчёт")).decode().encode("utf-16")
    novelty = judge(document, seen)
    (entry,) = parse_feed(novelty.document, URL, "text/xml; charset=iso-8859-1").entries
    assert entry.summary == "Отчёт"


@pytest.mark.parametrize(
    "document",
    [
        b"<!DOCTYPE rss [<!ENTITY x 'y'>]>" + rss(item(1), item(2)),
        rss(item(1), item(2, "a &nbsp; b")),
        rss(item(1), item(2, "one <title>two</title>")),
        rss(item(1), item(2, "<item/>")),
        rss(item(1), item(2) + "<wrapper>" + item(3) + "</wrapper>"),
        rss(item(1), item(2)) + b"<more/>",
        rss(item(1), "<item><dc:title xmlns:dc='https://elsewhere.example.org/'>x</dc:title></item>"),
        rss(item(1), item(2)).replace("é".encode(), b"\xe9", 1),
    ],
)
def test_a_document_that_cannot_be_cut_safely_goes_on_whole_with_the_new_positions(document: bytes) -> None:
    first = judge(document)
    assert first.parsed is not None
    novelty = judge(document, SeenItems(first.items[:1], 1))
    assert novelty.document == document
    assert novelty.positions == novelty.new == tuple(range(1, len(first.items)))


@pytest.mark.parametrize(
    "text",
    [
        "<![CDATA[</item><item>]]>",
        "<!-- </item> -->",
        "<![CDATA[<p>douze</p>]]>",
        "&lt;/item&gt;",
    ],
)
def test_what_only_looks_like_an_items_end_does_not_mislead_the_scan(text: str) -> None:
    document = rss(item(1, text), item(2, text), item(3, text))
    novelty = judge(document, after(rss(item(2, text))))
    assert (novelty.new, novelty.parsed) == ((0, 2), None)
    assert len(parse_feed(novelty.document, URL).entries) == 2


def test_only_the_new_items_stay_in_a_json_feed() -> None:
    head = b'{"version": "https://jsonfeed.org/version/1.1", "title": "Presse", "items": ['
    seen = remember(SeenItems(), judge(head + b'{"id": "1", "title": "a"}]}'))
    novelty = judge(head + b'{"title": "a", "id": "1"}, {"id": "2", "title": "b"}]}', seen)
    assert (novelty.new, novelty.overlap) == ((1,), 1)
    assert [entry.title for entry in parse_feed(novelty.document, URL).entries] == ["b"]


def test_what_is_no_feed_is_refused() -> None:
    with pytest.raises(DocumentError, match="web page"):
        judge(b"<!doctype html><html></html>")


def test_a_feed_without_items_has_nothing_new() -> None:
    novelty = judge(rss())
    assert (novelty.items, novelty.new) == ((), ())


def test_a_feed_remembers_items_that_left_its_document() -> None:
    seen = remember(after(rss(item(1))), judge(rss(item(2))))
    assert judge(rss(item(1)), seen).new == ()


def test_a_feeds_memory_is_bounded() -> None:
    seen = SeenItems()
    for start in range(0, 1000, 10):
        document = rss(*(item(number) for number in range(start, start + 10)))
        seen = remember(seen, judge(document, seen))
    assert len(seen.items) == 200
    assert seen.last_items == 10
    assert judge(document, seen).new == ()


digests = st.builds(ItemDigest, st.binary(min_size=8, max_size=8), st.binary(min_size=8, max_size=8))


@given(st.lists(digests, max_size=20), st.integers(0, 20_000))
def test_what_was_seen_comes_back_from_its_bytes(items: list[ItemDigest], last: int) -> None:
    seen = SeenItems(tuple(items), last)
    assert SeenItems.from_bytes(seen.to_bytes()) == seen


def test_no_bytes_are_a_feed_that_was_never_polled() -> None:
    assert SeenItems.from_bytes(b"") == SeenItems()
