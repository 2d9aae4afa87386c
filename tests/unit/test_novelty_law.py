"""The law: parsing the reduced document gives exactly those entries of the whole document that are new."""

import json
import os
import random
from pathlib import Path

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from shared.domain.feeds.entry import Entry
from shared.domain.feeds.parse_feed import parse_feed
from shared.domain.polling.novelty import SeenItems, judge_novelty
from shared.errors import DocumentError

pytestmark = pytest.mark.thorough

URL = "https://presse.example.org/feeds/releases"

XHTML = "xmlns='http://www.w3.org/1999/xhtml'"
MEDIA = "xmlns:media='http://search.yahoo.com/mrss/'"
TEXTS = st.sampled_from(
    [
        "Police rescue 146 victims",
        "La Commission présente un plan",
        "النيابة العامة تعلن نتائج التحقيق",
        "警察解救一百四十六名受害者",
        "Über die Grenzen &amp; zurück",
        "a &lt;b&gt;bold&lt;/b&gt; claim",
        "<![CDATA[<p>Twelve arrests</p>]]>",
        "<![CDATA[</item></entry> stands in the text]]>",
        "<!-- an editor's note: <item> -->noted",
        "&#8220;quoted&#8221;",
        " spaced \n out ",
        "",
    ]
)
# Mark-up inside a text, and elements that feedparser has a meaning for: the roads by which its state leaks.
ODD = st.sampled_from(
    [
        "<description>one <title>two</title> three</description>",
        "<description>plain <div xml:lang='fr'>dans un bloc</div></description>",
        f"<content type='xhtml'><div {XHTML}><p>one <b>two</b></p></div></content>",
        f"<content type='xhtml'><div {XHTML}><picture><source src='a'/></picture></div></content>",
        f"<content type='xhtml'><body {XHTML}>a body</body></content>",
        f"<title type='xhtml'><div {XHTML}>one <i xml:lang='fr'>deux</i></div></title>",
        "<content type='xhtml'><body>a body</body></content>",
        "<summary type='xhtml'><p>bare</p></summary>",
        "<content type='application/xml'><entry><title>inside</title></entry></content>",
        "<source><title>Another feed</title><id>urn:x</id><updated>2024-01-01T00:00:00Z</updated></source>",
        "<source url='https://other.example.org/feed'>Other</source>",
        "<image><url>a.jpg</url><title>picture</title></image>",
        "<image><description>a &lt;b&gt;picture&lt;/b&gt;</description></image>",
        "<textinput><name>q</name></textinput>",
        "<item><title>nested</title></item>",
        "<channel><title>nested</title></channel>",
        "<x:title xmlns:x='http://purl.org/dc/elements/1.1/'>late prefix</x:title>",
        "<x:title xmlns:x='https://unknown.example.org/'>late and unknown</x:title>",
        "<dc:title xmlns:dc='https://unknown.example.org/'>a taken prefix</dc:title>",
        f"<media:group {MEDIA}><media:content url='a.jpg'><media:title/></media:content></media:group>",
        "<atom:link xmlns:atom='http://www.w3.org/2005/Atom' rel='related' href='r'/>",
        "<author><name>Press office</name><email>press@example.org</email></author>",
        "<dc:language>fr</dc:language>",
        "<language>ar</language>",
        "<category term='trafficking'/><category>Police</category>",
        "<enclosure url='photo.jpg' type='image/jpeg' length='1'/>",
        "<unknown a='1'>text<unknown>more</unknown></unknown>",
        "<updated>2024-05-06T10:00:00+02:00</updated>",
        "<chapters xmlns='http://podlove.org/simple-chapters'><chapter title='it breaks'/></chapters>",
        "<svg xmlns='http://www.w3.org/2000/svg'><title>drawing</title></svg>",
        "<Title>in capitals</Title>",
        "&nbsp;",
    ]
)
FIELDS = st.one_of(
    st.builds("<title>{}</title>".format, TEXTS),
    st.builds("<description>{}</description>".format, TEXTS),
    st.builds("<summary type='html'>{}</summary>".format, TEXTS),
    st.builds("<content:encoded>{}</content:encoded>".format, TEXTS),
    st.builds("<guid isPermaLink='false'>release-{}</guid>".format, st.integers(1, 4)),
    st.builds("<id>tag:example.org,2024:{}</id>".format, st.integers(1, 4)),
    st.builds("<link>releases/{}</link>".format, st.integers(1, 4)),
    st.builds("<link rel='alternate' href='/releases/{}'/>".format, st.integers(1, 4)),
    st.just("<pubDate>Mon, 06 May 2024 10:00:00 +0200</pubDate>"),
    st.just("<pubDate>yesterday</pubDate>"),
    ODD,
)
ATTRIBUTES = st.sampled_from(
    [
        "",
        "",
        " xml:lang='fr'",
        ' xml:base="https://base.example.org/a/"',
        " rdf:about='urn:r:1'",
        " a='>'",
        "\n",
    ]
)
BETWEEN = st.sampled_from(
    ["\n", "", "<!-- <item>not one</item> -->", "<?note <item> ?>", "<pubDate>now</pubDate>", "&amp;",
     "<title>The feed's own</title>", "<image><url>logo.png</url><title>Logo</title></image>",
     "<content>feed level</content>", "<itunes:summary>of the feed</itunes:summary>",
     "<description>of the feed</description>", "<language>de</language>",
     "<items><rdf:Seq><rdf:li/></rdf:Seq></items>"]
)  # fmt: skip
NAMESPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
)
DOCTYPE = "<!DOCTYPE rss [<!ENTITY nbsp '&#160;'>]>"
SHAPES = st.sampled_from(
    [
        ("", f'<rss version="2.0" {NAMESPACES}><channel>', "item", "</channel></rss>"),
        ("", f'<rss version="0.92" {NAMESPACES} xml:lang="en"><channel>', "ITEM", "</channel></rss>"),
        ("", f'<feed xmlns="http://www.w3.org/2005/Atom" {NAMESPACES} xml:base="/a/b">', "entry", "</feed>"),
        ("", f'<feed version="0.3" xmlns="http://purl.org/atom/ns#" {NAMESPACES}>', "entry", "</feed>"),
        ("", f"<feed {NAMESPACES}>", "entry", "</feed>"),
        ("", f'<a:feed xmlns:a="http://www.w3.org/2005/Atom" {NAMESPACES}>', "a:entry", "</a:feed>"),
        ("", f'<rdf:RDF xmlns="http://purl.org/rss/1.0/" {NAMESPACES}>', "item", "</rdf:RDF>"),
        ("", f"<rdf:RDF {NAMESPACES}>", "item", "</rdf:RDF>"),
        (DOCTYPE, f"<rss {NAMESPACES}><channel>", "item", "</channel></rss>"),
        ("", f"<rss {NAMESPACES}><wrapper>", "item", "</wrapper></rss>"),
        ("", f"<rss {NAMESPACES}><channel>", "item", ""),
    ]
)  # fmt: skip


@st.composite
def xml_feeds(draw: st.DrawFn) -> bytes:
    before, opening, name, closing = draw(SHAPES)
    charset = draw(st.sampled_from(["utf-8", "utf-8", "utf-8-sig", "utf-16", "gb18030"]))
    parts = ["" if charset != "gb18030" else "<?xml version='1.0' encoding='gb18030'?>", before, opening]
    for _ in range(draw(st.integers(0, 5))):
        fields = draw(st.lists(FIELDS, max_size=4))
        attributes = draw(ATTRIBUTES)
        item = f"<{name}{attributes}>{''.join(fields)}</{name}>" if fields else f"<{name}{attributes}/>"
        parts += [draw(BETWEEN), item]
        if draw(st.integers(0, 5)) == 0:
            parts.append(item)
    return "".join([*parts, draw(BETWEEN), closing]).encode(charset)


@st.composite
def json_feeds(draw: st.DrawFn) -> bytes:
    names = st.sampled_from(
        ["id", "url", "title", "content_html", "content_text", "summary", "date_published"]
    )
    values = st.one_of(
        TEXTS, st.integers(1, 3), st.none(), st.just("2024-05-06T10:00:00Z"), st.just("\ud800\x00")
    )
    items = draw(
        st.lists(st.one_of(st.dictionaries(names, values, max_size=4), st.just("no object")), max_size=5)
    )
    version = draw(st.sampled_from(["https://jsonfeed.org/version/1.1", "https://jsonfeed.org/version/1"]))
    return json.dumps({"version": version, "title": "Presse", "language": "fr", "items": items}).encode()


def entries_of(document: bytes) -> tuple[Entry, ...]:
    try:
        return parse_feed(document, URL).entries
    except DocumentError:
        reject()


def check_law(
    document: bytes, whole: tuple[Entry, ...], choice: random.Random, header: str | None = None
) -> None:
    first = judge_novelty(document, URL, header, SeenItems())
    assert len(first.items) == len(whole)
    assert first.new == tuple(range(len(whole)))
    for share in (0.0, 0.3, 0.7, 1.0):
        seen = SeenItems(tuple(item for item in first.items if choice.random() < share), len(whole))
        novelty = judge_novelty(document, URL, header, seen)
        content_type = header if novelty.document == document else "text/xml; charset=iso-8859-1"
        entries = parse_feed(novelty.document, URL, content_type).entries
        read = (
            entries
            if novelty.positions is None
            else tuple(entries[position] for position in novelty.positions)
        )
        assert read == tuple(whole[position] for position in novelty.new)
        assert [item.content in seen.contents for item in novelty.items].count(False) == len(novelty.new)


@settings(max_examples=150)
@given(document=xml_feeds(), choice=st.randoms(use_true_random=False))
def test_the_reduced_xml_document_holds_exactly_the_new_entries(
    document: bytes, choice: random.Random
) -> None:
    check_law(document, entries_of(document), choice)


@settings(max_examples=40)
@given(document=json_feeds(), choice=st.randoms(use_true_random=False))
def test_the_reduced_json_document_holds_exactly_the_new_entries(
    document: bytes, choice: random.Random
) -> None:
    check_law(document, entries_of(document), choice)


def corpus() -> list[Path]:
    root = Path(os.environ.get("TOCSIN_CORPUS", Path(__file__).parents[3] / "shared" / "corpus"))
    return (
        sorted(path for path in root.rglob("*") if path.is_file() and path.suffix != ".md")
        if root.is_dir()
        else []
    )


@pytest.mark.skipif(not corpus(), reason="no corpus of real feeds here: set TOCSIN_CORPUS")
@pytest.mark.parametrize("path", corpus(), ids=lambda path: path.name)
def test_the_law_holds_for_a_real_feed(path: Path) -> None:
    document = path.read_bytes()
    try:
        whole = parse_feed(document, URL).entries
    except DocumentError:
        pytest.skip("this file is no feed")
    check_law(document, whole, random.Random(path.name))
