import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.feeds.opml import OpmlFeed, read_opml, write_opml
from shared.errors import DocumentError


def opml(body: str, before: str = "") -> bytes:
    return f'<?xml version="1.0"?>{before}<opml version="1.0"><head/><body>{body}</body></opml>'.encode()


def test_feeds_are_listed_with_their_folders() -> None:
    body = (
        '<outline text="Presse"><outline text="Europa"><outline title="Rat" xmlUrl="https://a.example/"/>'
        '</outline><outline text="Ville" xmlUrl="https://b.example/"/></outline>'
        '<outline xmlUrl="https://c.example/"/>'
    )
    assert read_opml(opml(body), "list") == (
        OpmlFeed("https://a.example/", "Rat", "Presse/Europa"),
        OpmlFeed("https://b.example/", "Ville", "Presse"),
        OpmlFeed("https://c.example/"),
    )


def test_attributes_are_read_in_any_case_and_an_address_once() -> None:
    body = '<outline text="A" xmlURL="https://a.example/"/><outline text="B" xmlUrl="https://a.example/"/>'
    assert read_opml(opml(body), "list") == (OpmlFeed("https://a.example/", "A"),)


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (b"", "no OPML"),
        (b"feeds", "no OPML"),
        (b"<rss/>", "<rss>"),
        (opml('<outline text="empty"/>'), "no feed"),
        (
            opml("<outline xmlUrl='https://a.example/'/>", "<!DOCTYPE opml [<!ENTITY f 'x'>]>"),
            "DTD",
        ),
    ],
)
def test_what_is_no_list_of_feeds_is_refused(document: bytes, said: str) -> None:
    with pytest.raises(DocumentError, match=said):
        read_opml(document, "list")


def test_entities_that_grow_are_refused_before_they_do() -> None:
    entities = '<!ENTITY a0 "x">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    with pytest.raises(DocumentError):
        read_opml(opml('<outline xmlUrl="&a11;"/>', f"<!DOCTYPE opml [{entities}]>"), "list")


WORDS = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="/"), max_size=12).map(
    lambda text: " ".join("".join(c for c in text if c.isprintable()).split())
)
FEEDS = st.builds(
    OpmlFeed,
    url=st.integers(0, 10_000).map(lambda n: f'https://press.example/?a={n}&b=<"é>'),
    title=WORDS,
    folder=st.lists(WORDS.filter(bool), max_size=3).map("/".join),
)


@settings(max_examples=50)
@given(st.lists(FEEDS, min_size=1, max_size=8, unique_by=lambda feed: feed.url))
def test_what_is_written_is_read_back_the_same(feeds: list[OpmlFeed]) -> None:
    key = repr
    assert sorted(read_opml(write_opml(feeds).encode(), "list"), key=key) == sorted(feeds, key=key)
