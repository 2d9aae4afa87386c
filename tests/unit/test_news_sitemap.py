"""Google News sitemaps: read as feeds, and cut to what is new."""

from datetime import UTC, datetime

import pytest

from shared.domain.feeds.entry import Entry, Media
from shared.domain.feeds.parse_feed import parse_feed
from shared.domain.polling.novelty import SeenItems, judge_novelty, remember
from shared.errors import DocumentError

URL = "https://presse.example.org/news-sitemap.xml"
NAMESPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" '
    'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
)


def url(number: int, title: str = "Un plan contre les crues", more: str = "") -> str:
    return (
        f"<url><loc>https://presse.example.org/{number}</loc><news:news><news:publication>"
        "<news:name>Préfecture du Rhône</news:name><news:language>fr</news:language></news:publication>"
        f"<news:publication_date>2026-05-0{number}T10:00:00+02:00</news:publication_date>"
        f"<news:title>{title}</news:title></news:news>{more}</url>"
    )


def sitemap(*urls: str) -> bytes:
    return f"<?xml version='1.0' encoding='UTF-8'?><urlset {NAMESPACES}>{''.join(urls)}</urlset>".encode()


def test_a_news_sitemap_is_read_with_all_that_it_holds() -> None:
    picture = (
        "<image:image><image:loc>/a.jpg</image:loc><image:caption>Le Rhône</image:caption></image:image>"
    )
    feed = parse_feed(sitemap(url(1, "Crues &amp; digues", picture)), URL)
    assert (feed.kind, feed.title, feed.language) == ("newssitemap", "Préfecture du Rhône", "fr")
    assert feed.entries == (
        Entry(
            guid="https://presse.example.org/1",
            url="https://presse.example.org/1",
            title="Crues & digues",
            published_text="2026-05-01T10:00:00+02:00",
            published_at=datetime(2026, 5, 1, 8, tzinfo=UTC),
            language="fr",
            media=(Media("https://presse.example.org/a.jpg", caption="Le Rhône"),),
        ),
    )


def test_addresses_without_news_are_no_entries() -> None:
    plain = "<url><loc>https://presse.example.org/contact</loc></url>"
    assert len(parse_feed(sitemap(plain, url(1), plain), URL).entries) == 1


def test_a_sitemap_of_no_news_is_no_feed() -> None:
    with pytest.raises(DocumentError, match="sitemap without news"):
        parse_feed(b"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'/>", URL)


def test_a_broken_sitemap_is_read_as_far_as_it_goes() -> None:
    broken = sitemap(url(1), url(2)).replace(b"</urlset>", b"<url><loc>http")
    feed = parse_feed(broken, URL)
    assert [entry.url for entry in feed.entries] == [
        "https://presse.example.org/1",
        "https://presse.example.org/2",
    ]
    assert not feed.well_formed


@pytest.mark.parametrize("prolog", ["", "<!DOCTYPE urlset>"], ids=["cut", "whole, for its DTD"])
def test_only_what_is_new_goes_on(prolog: str) -> None:
    def document(*urls: str) -> bytes:
        return sitemap(*urls).replace(b"<urlset", f"{prolog}<urlset".encode(), 1)

    first = judge_novelty(document(url(1), url(2)), URL, None, SeenItems())
    seen = remember(SeenItems(), first)
    second = judge_novelty(document(url(3), url(1, "Un plan revu"), url(2)), URL, "text/xml", seen)
    assert (second.new, second.overlap) == ((0, 1), 2)
    entries = parse_feed(second.document, URL, "text/xml; charset=latin1").entries
    kept = entries if second.positions is None else [entries[position] for position in second.positions]
    whole = parse_feed(document(url(3), url(1, "Un plan revu"), url(2)), URL).entries
    assert tuple(kept) == whole[:2]
    assert (second.positions is None) == (not prolog)


def test_a_new_lastmod_alone_is_nothing_new() -> None:
    seen = remember(SeenItems(), judge_novelty(sitemap(url(1)), URL, None, SeenItems()))
    touched = sitemap(url(1, more="<lastmod>2026-05-09</lastmod>"))
    assert judge_novelty(touched, URL, None, seen).new == ()
