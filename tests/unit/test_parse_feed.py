"""Feed documents become entries: every format, any charset, and the good beside the broken."""

import json
from datetime import UTC, datetime

import pytest

from shared.domain.feeds.entry import Entry, Media, ParsedFeed
from shared.domain.feeds.parse_feed import parse_feed
from shared.errors import DocumentError

URL = "https://presse.example.org/feeds/releases.xml"
NAMESPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:psc="http://podlove.org/simple-chapters" '
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
)


def rss(*items: str, channel: str = "") -> bytes:
    body = "".join(f"<item>{item}</item>" for item in items)
    head = f'<rss version="2.0" {NAMESPACES}><channel><title>Presse</title>{channel}'
    return f"{head}{body}</channel></rss>".encode()


def atom(*entries: str, attributes: str = "") -> bytes:
    body = "".join(f"<entry>{entry}</entry>" for entry in entries)
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom" {attributes}><title>Presse</title>{body}</feed>'.encode()
    )


def json_feed(*items: object, **members: object) -> bytes:
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Presse", "items": list(items), **members}
    return json.dumps(feed).encode()


def only_entry(document: bytes, content_type: str | None = None) -> Entry:
    (entry,) = parse_feed(document, URL, content_type).entries
    return entry


def refusal(document: bytes) -> str:
    with pytest.raises(DocumentError) as caught:
        parse_feed(document, URL)
    assert caught.value.subject == URL
    return caught.value.reason


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        (b"<rss version='0.91'><channel><item><title>Mitteilung</title></item></channel></rss>", "rss091u"),
        (b"<rss version='0.92'><channel><item><title>Mitteilung</title></item></channel></rss>", "rss092"),
        (rss("<title>Mitteilung</title>"), "rss20"),
        (
            b"<r:RDF xmlns:r='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'>%s</r:RDF>"
            % b"<item r:about='urn:1'><title>Mitteilung</title></item>",
            "rss10",
        ),
        (
            b"<feed version='0.3' xmlns='http://purl.org/atom/ns#'><entry><title>Mitteilung</title></entry></feed>",
            "atom03",
        ),
        (atom("<title>Mitteilung</title>"), "atom10"),
        (json_feed({"id": "1", "title": "Mitteilung"}), "json11"),
    ],
)
def test_every_format_is_read(document: bytes, kind: str) -> None:
    feed = parse_feed(document, URL)
    assert (feed.kind, [entry.title for entry in feed.entries]) == (kind, ["Mitteilung"])


def test_an_rss_item_is_read_with_all_that_it_holds() -> None:
    entry = only_entry(
        rss(
            "<guid isPermaLink='false'>r-17</guid><link>/releases/17</link>"
            "<title>Trafic : 12 arrestations</title>"
            "<pubDate>Mon, 06 May 2024 10:00:00 +0200</pubDate><dc:creator>Service de presse</dc:creator>"
            "<dc:language>fr</dc:language><category>Justice</category><category>Justice</category>"
            "<description>En bref.</description>"
            "<content:encoded>&lt;p&gt;Le texte entier.&lt;/p&gt;</content:encoded>"
            "<enclosure url='/photo.jpg' type='image/jpeg' length='1'/>"
            "<media:content url='https://cdn.example.org/film.mp4' medium='video'/>"
        )
    )
    assert entry == Entry(
        guid="r-17",
        url="https://presse.example.org/releases/17",
        title="Trafic : 12 arrestations",
        content="<p>Le texte entier.</p>",
        summary="En bref.",
        published_text="Mon, 06 May 2024 10:00:00 +0200",
        published_at=datetime(2024, 5, 6, 8, tzinfo=UTC),
        language="fr",
        author="Service de presse",
        tags=("Justice",),
        media=(
            Media("https://cdn.example.org/film.mp4", "video"),
            Media("https://presse.example.org/photo.jpg", "image"),
        ),
    )


def test_the_feed_itself_is_described() -> None:
    feed = parse_feed(rss(channel="<link>https://presse.example.org/</link><language>fr-CA</language>"), URL)
    assert feed == ParsedFeed(
        kind="rss20", title="Presse", url="https://presse.example.org/", language="fr-CA"
    )


def test_an_empty_item_is_an_entry_too() -> None:
    assert parse_feed(rss("", "<title>Second</title>"), URL).entries == (Entry(), Entry(title="Second"))


def test_relative_addresses_start_at_xml_base_before_the_documents_own() -> None:
    with_base = atom("<link href='17'/>", attributes='xml:base="https://www.example.org/news/"')
    assert only_entry(with_base).url == "https://www.example.org/news/17"
    assert only_entry(atom("<link href='17'/>")).url == "https://presse.example.org/feeds/17"


@pytest.mark.parametrize("link", ["javascript:alert(1)", "mailto:presse@example.org", "http://[broken"])
def test_a_link_that_cannot_be_fetched_is_no_address(link: str) -> None:
    assert only_entry(rss(f"<guid isPermaLink='false'>1</guid><link>{link}</link>")).url is None


def test_the_first_description_is_the_summary_and_plain_captions_are_no_content() -> None:
    entry = only_entry(
        rss(
            "<description>The longer first paragraph.</description>"
            "<media:description>A van</media:description>"
        )
    )
    assert (entry.summary, entry.content) == ("The longer first paragraph.", "")


def test_a_content_alone_is_not_repeated_as_summary() -> None:
    entry = only_entry(rss("<content:encoded>&lt;p&gt;Tout&lt;/p&gt;</content:encoded>"))
    assert (entry.summary, entry.content) == ("", "<p>Tout</p>")


def test_plain_text_becomes_html() -> None:
    entry = only_entry(atom("<content type='text'>Profit &lt; loss\n\nSecond paragraph</content>"))
    assert entry.content == "<p>Profit &lt; loss</p><p>Second paragraph</p>"


def test_html_that_is_declared_as_text_stays_html() -> None:
    entry = only_entry(atom("<summary>&lt;p&gt;Une saisie&lt;/p&gt;</summary>"))
    assert entry.summary == "<p>Une saisie</p>"


def test_what_breaks_the_reader_around_the_items_spoils_none_of_them() -> None:
    feed = parse_feed(
        rss("<title>Un</title>", "<title>Deux</title>", channel="<image><url>/l.png</url></width></image>"),
        URL,
    )
    assert [entry.title for entry in feed.entries] == ["Un", "Deux"]
    assert "what stands around the entries cannot be read" in feed.detail


def test_a_title_is_one_line_without_markup() -> None:
    titles = rss(
        "<title>&lt;b&gt;Caf&amp;eacute;&lt;/b&gt; &amp;amp;\n Bar</title>", "<title>5 &lt; 6 > 4</title>"
    )
    assert [entry.title for entry in parse_feed(titles, URL).entries] == ["Café & Bar", "5 < 6 > 4"]


def test_a_missing_date_falls_back_to_the_update() -> None:
    entry = only_entry(atom("<updated>2024-05-06T10:00:00+02:00</updated>"))
    eight = datetime(2024, 5, 6, 8, tzinfo=UTC)
    assert (entry.published_text, entry.published_at, entry.updated_at) == (
        "2024-05-06T10:00:00+02:00",
        eight,
        eight,
    )


def test_an_unreadable_date_is_kept_as_written() -> None:
    entry = only_entry(rss("<pubDate>le lendemain de Pâques</pubDate>"))
    assert (entry.published_text, entry.published_at) == ("le lendemain de Pâques", None)


def test_an_entrys_own_language_goes_before_the_feeds() -> None:
    entries = parse_feed(
        atom("<title xml:lang='ar'>بيان</title>", "<title>x</title>", attributes='xml:lang="fr"'), URL
    )
    assert [entry.language for entry in entries.entries] == ["ar", "fr"]


@pytest.mark.parametrize("charset", ["windows-1251", "koi8-r", "utf-16", "gb18030", "shift_jis", "utf-8-sig"])
def test_the_declared_charset_is_honoured(charset: str) -> None:
    name = charset.removesuffix("-sig")
    feed = "<rss><channel><item><title>Отчёт</title></item></channel></rss>"
    text = f"<?xml version='1.0' encoding='{name}'?>{feed}"
    assert only_entry(text.encode(charset)).title == "Отчёт"


def test_the_charset_of_the_header_is_honoured() -> None:
    document = "<rss version='2.0'><channel><item><title>Отчёт</title></item></channel></rss>".encode(
        "cp1251"
    )
    assert only_entry(document, "text/xml; charset=windows-1251").title == "Отчёт"


def test_utf_8_is_recognised_under_a_wrong_header() -> None:
    assert only_entry(rss("<title>Отчёт</title>"), "text/xml; charset=ISO-8859-1").title == "Отчёт"


def test_one_bad_byte_does_not_spoil_the_other_titles() -> None:
    feed = parse_feed(
        rss("<title>B\xe4d</title>".encode().decode(), "<title>Отчёт</title>").replace(b"\xc3\xa4", b"\xe4"),
        URL,
    )
    assert feed.entries[1].title == "Отчёт"
    assert not feed.well_formed
    assert "charset" in feed.detail


def test_control_characters_are_left_out() -> None:
    feed = parse_feed(rss("<title>Bulle\x0btin</title>"), URL)
    assert (feed.entries[0].title, feed.well_formed) == ("Bulletin", True)


def test_a_document_that_is_not_well_formed_is_read_and_said_to_be() -> None:
    feed = parse_feed(rss("<title>Police & justice&nbsp;</title>", "<title>Second</title>"), URL)
    assert [entry.title for entry in feed.entries] == ["Police & justice", "Second"]
    assert not feed.well_formed
    assert feed.detail.startswith("not well formed")


def test_an_entry_that_breaks_the_reader_leaves_the_others_whole() -> None:
    breaking = "<title>Broken</title><psc:chapters><psc:chapter title='no start'/></psc:chapters>"
    feed = parse_feed(rss("<title>One</title>", breaking, "<title>Three</title>"), URL)
    assert [entry.title for entry in feed.entries] == ["One", "", "Three"]
    assert "one entry cannot be read" in feed.detail


def test_a_document_is_never_taken_for_a_file_or_an_address() -> None:
    assert "plain text" in refusal(b"/etc/hostname")
    assert "plain text" in refusal(b"http://127.0.0.1:1/feed")


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \n", "empty"),
        (b"<!DOCTYPE html><html><head><title>News</title></head></html>", "web page"),
        (b"<html xmlns:a='http://www.w3.org/2005/Atom'><entry>no entry of a feed</entry></html>", "web page"),
        (b"Service unavailable", "plain text"),
        (b'{"error": "not found"}', "not a JSON Feed"),
        (b'{"items": [', "cannot be read"),
        (b"[" * 100_000, "cannot be read"),
        (b"\x1f\x8b\x08\x00rest", "gzip"),
        (b"%PDF-1.7", "PDF"),
        (b"<opml version='2.0'><body/></opml>", "OPML"),
        (b"<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'/>", "sitemap"),
        (b"<note>remember</note>", "<note>"),
    ],
)
def test_what_is_no_feed_is_refused_with_what_it_is(document: bytes, words: str) -> None:
    assert words in refusal(document)


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (rss(*[""] * 20_001), "items"),
        (b"<rss version='2.0'><channel>" + b"<a/>" * 500_001, "tags"),
        (b"<rss version='2.0'><channel><item " + b"a='1' " * 10_000 + b"/></channel></rss>", "tag longer"),
    ],
)
def test_a_document_that_would_take_minutes_is_refused(document: bytes, words: str) -> None:
    assert words in refusal(document)


def test_a_json_item_is_read_with_all_that_it_holds() -> None:
    item = {
        "id": 17, "url": "/r/17", "title": "بيان صحفي", "content_text": "Un & deux", "summary": "Bref",
        "date_published": "2024-05-06T10:00:00+02:00", "date_modified": "2024-05-07T10:00:00Z",
        "language": "ar",
        "authors": [{"name": "Presse"}, {"url": "x"}], "tags": ["Justice", 3], "image": "a.png",
        "attachments": [{"url": "b.mp3", "mime_type": "audio/mpeg", "title": "Ton"}, {"title": "x"}],
    }  # fmt: skip
    assert only_entry(json_feed(item)) == Entry(
        guid="17",
        url="https://presse.example.org/r/17",
        title="بيان صحفي",
        content="<p>Un &amp; deux</p>",
        summary="<p>Bref</p>",
        published_text="2024-05-06T10:00:00+02:00",
        published_at=datetime(2024, 5, 6, 8, tzinfo=UTC),
        updated_at=datetime(2024, 5, 7, 10, tzinfo=UTC),
        language="ar",
        author="Presse",
        tags=("Justice",),
        media=(
            Media("https://presse.example.org/feeds/a.png"),
            Media("https://presse.example.org/feeds/b.mp3", "audio", "Ton"),
        ),
    )


def test_json_items_that_are_no_objects_are_no_entries() -> None:
    assert len(parse_feed(json_feed({"id": "1"}, "two", None, {}), URL).entries) == 2


def test_what_the_database_cannot_hold_is_left_out_of_json_texts() -> None:
    assert only_entry(json_feed({"id": "1", "title": "a\x00b\ud800c"})).title == "abc"


def test_the_fraction_of_a_second_in_an_iso_date_is_kept() -> None:
    document = (
        b"<feed xmlns='http://www.w3.org/2005/Atom'><title>t</title><entry><id>a</id><title>x</title>"
        b"<published>2026-03-03T10:00:00.456+01:00</published></entry></feed>"
    )

    (entry,) = parse_feed(document, "https://press.example/feed").entries

    assert entry.published_at == datetime(2026, 3, 3, 9, 0, 0, 456_000, tzinfo=UTC)


def test_the_authors_of_a_json_feed_are_those_of_its_items_that_name_none() -> None:
    feed = parse_feed(
        json_feed({"id": "1"}, {"id": "2", "authors": [{"name": "Ana"}]}, authors=[{"name": "Press office"}]),
        URL,
    )
    assert [entry.author for entry in feed.entries] == ["Press office", "Ana"]
