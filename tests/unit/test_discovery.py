from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.feeds.discovery import FeedLink, find_feed_links, is_web_page, usual_places

SITE = "https://ville.example/presse/"


def page(head: str = "", body: str = "") -> bytes:
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode()


def link(href: str, kind: str = "application/rss+xml", title: str = "", rel: str = "alternate") -> str:
    return f'<link rel="{rel}" type="{kind}" title="{title}" href="{href}">'


def found(head: str = "", body: str = "") -> list[str]:
    return [link.url for link in find_feed_links(page(head, body), SITE)]


def test_declared_feeds_are_listed_in_the_pages_order_with_their_titles() -> None:
    head = link("/b.xml", title="Actualités") + link("a.atom", "application/atom+xml")
    assert find_feed_links(page(head), SITE) == (
        FeedLink("https://ville.example/b.xml", "Actualités"),
        FeedLink("https://ville.example/presse/a.atom"),
    )


def test_rss_atom_and_json_feeds_are_feeds_however_their_type_is_written() -> None:
    kinds = ("Application/RSS+XML", "application/atom+xml; charset=utf-8", "application/feed+json")
    head = "".join(link(f"/{number}", kind) for number, kind in enumerate(kinds))
    assert found(head) == [f"https://ville.example/{number}" for number in range(3)]


def test_translations_styles_and_embeds_are_no_feeds() -> None:
    head = (
        '<link rel="alternate" hreflang="de" href="/de/">'
        + link("/style.css", "text/css", rel="alternate stylesheet")
        + link("/oembed?url=1", "application/json+oembed")
        + link("/wp-json/wp/v2/pages/5", "application/json", title="JSON")
    )
    assert found(head) == []


def test_a_loosely_typed_link_is_a_feed_where_its_address_says_so() -> None:
    assert found(link("/flux.php?id=1", "text/xml", title="Flux RSS")) != []
    assert found(link("/feed.json", "application/json") + link("/rss/", "application/xml")) == [
        "https://ville.example/rss/"
    ]


def test_addresses_start_where_the_base_element_says() -> None:
    assert found('<base href="/en/">' + link("news.xml")) == ["https://ville.example/en/news.xml"]


def test_an_address_named_twice_is_listed_once_and_the_page_itself_never() -> None:
    assert found(link("/a.xml") + link("/a.xml") + link("/presse/")) == ["https://ville.example/a.xml"]


def test_feeds_of_comments_come_last() -> None:
    head = link("/comments/feed/", title="Comments Feed") + link("/feed/", title="News")
    assert found(head) == ["https://ville.example/feed/", "https://ville.example/comments/feed/"]


def test_only_web_addresses_are_listed() -> None:
    assert found(link("javascript:alert(1)") + link("file:///etc/passwd") + link("http://[x/")) == []


def test_without_declared_feeds_the_links_that_look_like_feeds_are_listed() -> None:
    body = '<a href="/rss.xml">Flux RSS</a> <a href="/presse/rss">RSS</a> <a href="/contact">Contact</a>'
    assert found(body=body) == ["https://ville.example/rss.xml", "https://ville.example/presse/rss"]


def test_declared_feeds_make_other_links_uninteresting() -> None:
    assert found(link("/a.xml"), '<a href="/rss.xml">RSS</a>') == ["https://ville.example/a.xml"]


def test_the_usual_places_are_under_the_page_first_then_at_the_root() -> None:
    places = usual_places("https://ville.example/presse?x=1")
    assert places[:2] == ("https://ville.example/presse/feed", "https://ville.example/presse/rss")
    assert "https://ville.example/index.xml" in places
    assert len(usual_places("https://ville.example")) == 6


def test_a_page_is_known_by_its_root_or_its_content_type() -> None:
    assert is_web_page(page())
    assert is_web_page(b"<p>Presse</p>", "text/html; charset=utf-8")
    assert not is_web_page(b'<?xml version="1.0"?><rss version="2.0"/>', "text/html")
    assert not is_web_page(b"Bonjour", "text/plain")


@settings(max_examples=50)
@given(st.binary(max_size=400))
def test_no_bytes_stop_the_search(document: bytes) -> None:
    for address in find_feed_links(b"<html><head>" + document, SITE):
        assert address.url.startswith(("http://", "https://"))
