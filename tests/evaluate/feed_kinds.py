"""Small documents of every kind that a feed reader meets, by family: what is well formed."""

import json
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FeedKind:
    """One document: the family it belongs to, what is special about it, and the header it came with."""

    family: str
    name: str
    document: bytes
    content_type: str = "application/xml"


NAMESPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:georss="http://www.georss.org/georss" '
    'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0" xmlns:atom="http://www.w3.org/2005/Atom" '
    'xmlns:slash="http://purl.org/rss/1.0/modules/slash/" xmlns:wfw="http://wellformedweb.org/CommentAPI/" '
    'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" xmlns:psc="http://podlove.org/simple-chapters" '
    'xmlns:thr="http://purl.org/syndication/thread/1.0" xmlns:podcast="https://podcastindex.org/namespace/1.0"'
)
ITEM = "<title>Police rescue 146 victims</title><link>https://press.example/146</link>"
LINKED = '<link href="https://press.example/146"/>'
_END = "</item></channel>"
XHTML = '<div xmlns="http://www.w3.org/1999/xhtml"><p>Twelve <b>arrests</b></p></div>'


def rss(*items: str, channel: str = "", version: str = "2.0") -> str:
    """Write an RSS document of these items."""
    body = "".join(f"<item>{item}</item>" for item in items)
    return (
        f'<rss version="{version}" {NAMESPACES}><channel><title>Press</title>{channel}{body}</channel></rss>'
    )


def atom(*entries: str, attributes: str = "", head: str = "") -> str:
    """Write an Atom 1.0 document of these entries."""
    body = "".join(f"<entry>{entry}</entry>" for entry in entries)
    return f'<feed xmlns="http://www.w3.org/2005/Atom" {attributes}><title>Press</title>{head}{body}</feed>'


def rdf(*items: str, namespace: str = "http://purl.org/rss/1.0/") -> str:
    """Write an RDF document: RSS 1.0, or 0.90 with Netscape's namespace."""
    body = "".join(
        f'<item rdf:about="https://press.example/{n}">{item}</item>' for n, item in enumerate(items)
    )
    rdf_namespace = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
    channel = "<channel><title>Press</title></channel>"
    return f'<rdf:RDF {rdf_namespace} xmlns="{namespace}" {NAMESPACES}>{channel}{body}</rdf:RDF>'


def family(
    name: str, documents: dict[str, str | bytes], content_type: str = "application/xml"
) -> Iterator[FeedKind]:
    """Name the documents of a family; text is UTF-8."""
    for kind, document in documents.items():
        yield FeedKind(name, kind, document.encode() if isinstance(document, str) else document, content_type)


def well_formed_kinds() -> list[FeedKind]:
    """List the documents that any XML or JSON reader takes."""
    return [
        *family("RSS", _rss()),
        *family("RDF", _rdf()),
        *family("Atom", _atom()),
        *family("CDF", {"channel of items": _CDF}),
        *family("addresses", _addresses()),
        *family("dates", {date: rss(f"{ITEM}<pubDate>{date}</pubDate>") for date in _DATES}),
        *family("modules", {name: rss(f"{ITEM}{item}") for name, item in _MODULES.items()}),
        *family("texts", _texts()),
        *family("languages", _languages()),
        *family("structure", _structure()),
        *family("JSON Feed", _json(), "application/feed+json"),
        *family("news sitemap", {"two with news, one without": _SITEMAP}),
    ]


def _rss() -> dict[str, str | bytes]:
    doctype = '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "rss-0.91.dtd">'
    return {
        "0.91 of Netscape": doctype + rss(ITEM, version="0.91"),
        "0.91 of UserLand": rss(ITEM, version="0.91"),
        "0.92": rss("<description>An item without a title</description>", ITEM, version="0.92"),
        "0.93": rss(f"{ITEM}<expirationDate>Fri, 08 May 2026 10:00:00 GMT</expirationDate>", version="0.93"),
        "0.94": rss(f"{ITEM}<description type='text/plain'>Twelve</description>", version="0.94"),
        "2.0": rss(f"{ITEM}<guid>https://press.example/146</guid>", ITEM.replace("146", "147")),
        "without a version": rss(ITEM).replace(' version="2.0"', ""),
        "in UserLand's namespace": rss(ITEM).replace(
            "<rss ", '<rss xmlns="http://backend.userland.com/rss2" '
        ),
        "a channel alone": f"<channel><title>Press</title><item>{ITEM}</item></channel>",
        "names in capitals": "<RSS version='0.92'><CHANNEL><ITEM><TITLE>Police</TITLE></ITEM></CHANNEL></RSS>",
        "a guid that is no address": rss(f"{ITEM}<guid isPermaLink='false'>r-146</guid>"),
        "a guid that is the address": rss("<title>Police</title><guid>https://press.example/146</guid>"),
        "only a description": rss("<description>Police rescue 146 victims of trafficking</description>"),
        "an empty item": rss("", ITEM),
        "an enclosure": rss(
            f"{ITEM}<enclosure url='https://press.example/a.jpg' type='image/jpeg' length='1'/>"
        ),
        "two categories": rss(f"{ITEM}<category domain='x'>Justice</category><category>Police</category>"),
        "a source": rss(f"{ITEM}<source url='https://other.example/feed'>Another office</source>"),
        "an author and comments": rss(f"{ITEM}<author>a@b.example (Press)</author><comments>/c</comments>"),
    }


def _rdf() -> dict[str, str | bytes]:
    return {
        "RSS 1.0": rdf(ITEM, ITEM),
        "RSS 0.90": rdf(ITEM, namespace="http://my.netscape.com/rdf/simple/0.9/"),
        "Dublin Core": rdf(f"{ITEM}<dc:date>2026-05-06T10:00:00Z</dc:date><dc:creator>Press</dc:creator>"),
        "only about": rdf("<title>Police rescue 146 victims</title>"),
        "content encoded": rdf(f"{ITEM}<content:encoded><![CDATA[<p>Twelve</p>]]></content:encoded>"),
        "a prefixed root": rdf(ITEM)
        .replace("rdf:RDF", "r:RDF")
        .replace("xmlns:rdf=", "xmlns:r=")
        .replace("rdf:about", "r:about"),
    }


def _atom() -> dict[str, str | bytes]:
    old = '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>Press</title><entry>{}</entry></feed>'
    title, prefixed = "<title>Police rescue 146 victims</title>", atom(f"<title>Police</title>{LINKED}")
    for name in ("feed", "entry", "title", "link"):
        prefixed = prefixed.replace(f"<{name}", f"<a:{name}").replace(f"</{name}", f"</a:{name}")
    return {
        "0.3": old.format(f"{title}{LINKED}<issued>2026-05-06T10:00:00Z</issued>"),
        "0.3 escaped": old.format(f"{title}<content type='text/html' mode='escaped'>&lt;p&gt;12&lt;/p&gt;</content>"),
        "0.3 base64": old.format(f"{title}<content type='text/html' mode='base64'>PHA+VHdlbHZlPC9wPg==</content>"),
        "0.3 dates": old.format(f"{title}<created>2026-05-06T09:00Z</created><modified>2026-05-07</modified>"),
        "1.0": atom(f"<id>urn:1</id>{title}{LINKED}<updated>2026-05-06T10:00:00Z</updated>"),
        "with a prefix": prefixed.replace("xmlns=", "xmlns:a="),
        "without a namespace": f"<feed><title>Press</title><entry>{title}{LINKED}</entry></feed>",
        "an HTML title": atom("<title type='html'>&lt;b&gt;Police&lt;/b&gt; &amp;amp; justice</title>"),
        "an XHTML title": atom(f"<title type='xhtml'>{XHTML}</title>"),
        "a text title with brackets": atom("<title type='text'>5 &lt; 6 and &amp;amp;</title>"),
        "XHTML content": atom(f"{title}<content type='xhtml'>{XHTML}</content>"),
        "content elsewhere": atom(f"{title}<content type='image/png' src='https://press.example/a.png'/>"),
        "base64 content": atom(f"{title}<content type='application/octet-stream'>AAEC</content>"),
        "links of every kind": atom(
            f"{title}<link rel='self' href='/feed'/><link rel='enclosure' type='image/png' href='/a.png'/>"
            "<link rel='related' href='/r'/><link rel='alternate' hreflang='fr' href='/fr'/>"
        ),
        "authors and contributors": atom(
            f"{title}<author><name>A</name><uri>/a</uri></author><contributor><name>B</name></contributor>"
        ),
        "categories": atom(f"{title}<category term='justice' label='Justice' scheme='/s'/>"),
        "the source of an entry": atom(f"{title}<source><title>Another office</title><id>urn:o</id></source>"),
        "published and updated": atom(
            f"{title}<published>2026-05-06T10:00:00+02:00</published><updated>2026-05-07T10:00:00Z</updated>"
        ),
        "a tombstone": atom(
            f"<id>urn:1</id>{title}",
            attributes='xmlns:at="http://purl.org/atompub/tombstones/1.0"',
            head='<at:deleted-entry ref="urn:0" when="2026-05-06T10:00:00Z"/>',
        ),
        "an element of no meaning before the title": atom(f"<x:title xmlns:x='urn:x'>Not this</x:title>{title}"),
    }  # fmt: skip


def _addresses() -> dict[str, str | bytes]:
    title = "<title>Police rescue 146 victims</title>"
    return {
        "relative to the document": rss(f"{title}<link>/146</link>"),
        "xml:base of the feed": atom(
            f"{title}<link href='146'/>", attributes='xml:base="https://other.example/news/"'
        ),
        "xml:base of the entry": atom(f"{title}<link xml:base='https://third.example/x/' href='146'/>"),
        "xml:base inherited and extended": atom(
            f"{title}<link xml:base='deep/' href='146'/>", attributes='xml:base="https://other.example/news/"'
        ),
        "an international host": rss(f"{title}<link>https://préfecture.example/crues</link>"),
        "an address with spaces and line ends": rss(f"{title}<link>\n https://press.example/146 \n</link>"),
        "no address that can be fetched": rss(f"{title}<link>javascript:alert(1)</link>"),
    }


_DATES = (
    "Wed, 06 May 2026 10:00:00 +0200", "Wed, 6 May 26 10:00 EST", "6 May 2026 10:00:00 GMT", "06 May 2026",
    "Wed, 31 Jun 2026 10:00:00 GMT", "Mit, 06 Mai 2026 10:00:00 +0200", "2026-05-06", "2026-05-06T10:00:00Z",
    "2026-05-06T10:00:00.123+02:00", "20260506T100000Z", "2026-126T10:00:00Z", "2026-05", "Wed May  6 10:00:00 2026",
    "2026-05-06 10:00:00", "2026년 5월 6일 오전 10:00:00", "2026-máj-6T10:00+02:00", "le lendemain de Pâques",
    "1778054400",
)  # fmt: skip
_MODULES = {
    "Dublin Core": "<dc:creator>Press</dc:creator><dc:subject>Justice</dc:subject><dc:date>2026-05-06</dc:date>",
    "Dublin Core terms": "<dcterms:created>2026-05-06T10:00:00Z</dcterms:created>",
    "content": "<description>In short.</description><content:encoded>&lt;p&gt;At length&lt;/p&gt;</content:encoded>",
    "itunes": "<itunes:author>Press</itunes:author><itunes:summary>In short</itunes:summary>",
    "media content": "<media:content url='/a.jpg' medium='image'><media:title>A picture</media:title></media:content>",
    "media group": "<media:group><media:content url='/a.mp4'/><media:thumbnail url='/a.jpg'/></media:group>",
    "media description": "<media:description>A caption</media:description><description>The text</description>",
    "georss point": "<georss:point>45.75 4.85</georss:point>",
    "georss box": "<georss:box>42.9 -71.0 43.0 -69.0</georss:box>",
    "feedburner": "<feedburner:origLink>https://press.example/original</feedburner:origLink>",
    "slash and wfw": "<slash:comments>4</slash:comments><wfw:commentRss>/c</wfw:commentRss>",
    "podlove chapters": "<psc:chapters><psc:chapter start='00:00:01.5' title='Beginning'/></psc:chapters>",
    "threading": "<thr:in-reply-to ref='urn:0'/>",
    "podcast": "<podcast:transcript url='/t.vtt' type='text/vtt'/>",
    "an atom link": "<atom:link rel='related' href='https://press.example/r'/>",
    "an unknown namespace": "<x:body xmlns:x='urn:x'><x:title>Not this</x:title></x:body>",
}  # fmt: skip


def _texts() -> dict[str, str | bytes]:
    many = "".join(f"<p>Paragraph {n} of a text that is long enough to be one.</p>" for n in range(40))
    return {
        "CDATA": rss(f"{ITEM}<description><![CDATA[<p>Twelve arrests</p>]]></description>"),
        "an end tag inside CDATA": rss(f"{ITEM}<description><![CDATA[</item></channel>]]></description>"),
        "escaped twice": rss("<title>&amp;lt;b&amp;gt;Police&amp;lt;/b&amp;gt;</title>"),
        "numeric references": rss("<title>&#8220;Police&#8221; &#x2014; 146</title>"),
        "a script": rss(
            f"{ITEM}<description>&lt;script&gt;alert(1)&lt;/script&gt;&lt;p&gt;Text&lt;/p&gt;</description>"
        ),
        "mark-up that is no text": rss(f"{ITEM}<description><p>Bare <b>mark-up</b></p></description>"),
        "two descriptions": rss(
            f"{ITEM}<description>One</description><description>Another, longer one</description>"
        ),
        "a whole release": rss(f"{ITEM}<content:encoded><![CDATA[{many}]]></content:encoded>"),
        "spaces and line ends in a title": rss("<title>\n  Police\n  rescue\t146 </title>"),
        "a title of mark-up alone": rss(
            "<title>&lt;img src='a.png'&gt;</title><description>Text</description>"
        ),
    }


def _languages() -> dict[str, str | bytes]:
    return {
        "of the feed": rss(
            "<title>La police secourt 146 victimes</title>", channel="<language>fr</language>"
        ),
        "of one entry": rss("<title>بيان صحفي</title><dc:language>ar</dc:language>"),
        "xml:lang": atom("<title xml:lang='ar'>بيان صحفي</title>", attributes='xml:lang="fr"'),
        "Chinese": rss("<title>三国警方联合行动解救受害者</title>", channel="<language>zh-cn</language>"),
    }


def _structure() -> dict[str, str | bytes]:
    return {
        "no item": rss(),
        "a comment and an instruction between": rss(ITEM).replace("<item>", "<!-- <item> --><?x <item>?><item>"),
        "items before the channel's title": rss(ITEM, channel="").replace("<title>Press</title>", "", 1),
        "an image of the channel": rss(ITEM, channel="<image><url>/l.png</url><title>Logo</title></image>"),
        "a text input": rss(ITEM, channel="<textInput><title>Search</title><link>/s</link></textInput>"),
        "the same item twice": rss(ITEM, ITEM),
        "items outside the channel": rss(ITEM).replace("<item>", "</channel><item>").replace(_END, "</item>"),
        "a style sheet": '<?xml-stylesheet href="/s.xsl" type="text/xsl"?>' + rss(ITEM),
        "an internal subset": "<!DOCTYPE rss [<!ENTITY office 'Press office'>]>" + rss("<title>&office;</title>"),
    }  # fmt: skip


def _json() -> dict[str, str | bytes]:
    item = {"id": "1", "url": "https://press.example/1", "title": "Police rescue 146 victims"}
    attached = {"attachments": [{"url": "/a.pdf", "mime_type": "application/pdf", "title": "The report"}]}
    made: dict[str, dict[str, object]] = {
        "1.0": {"version": "https://jsonfeed.org/version/1", "items": [item]},
        "1.1": {"items": [item | {"content_html": "<p>Twelve arrests</p>", "language": "en"}]},
        "plain text": {"items": [item | {"content_text": "Twelve arrests.\n\nThree countries."}]},
        "authors of the feed": {"authors": [{"name": "Press office"}], "items": [item]},
        "attachments and pictures": {
            "items": [item | attached | {"image": "/i.png", "banner_image": "/b.png"}]
        },
        "tags and dates": {
            "items": [item | {"tags": ["Justice", 3], "date_published": "2026-05-06T10:00:00-00:00"}]
        },
        "an id that is a number": {"items": [item | {"id": 146}]},
        "hubs and more pages": {"hubs": [{"type": "WebSub", "url": "/h"}], "next_url": "/2", "items": [item]},
        "an address elsewhere": {
            "items": [{"id": "1", "external_url": "https://other.example/1", "title": "Police"}]
        },
        "an item that is none": {"items": ["x", None, item]},
    }
    head = {"version": "https://jsonfeed.org/version/1.1", "title": "Press"}
    return {name: json.dumps(head | members) for name, members in made.items()}


_CDF = (
    "<CHANNEL HREF='https://press.example/'><TITLE>Press</TITLE>"
    "<ITEM HREF='https://press.example/146' LASTMOD='2026-05-06T10:00'><TITLE>Police rescue 146 victims</TITLE>"
    "<ABSTRACT>Twelve arrests</ABSTRACT></ITEM></CHANNEL>"
)
_NEWS = (
    "<url><loc>https://press.example/{0}</loc><news:news><news:publication><news:name>Press</news:name>"
    "<news:language>en</news:language></news:publication><news:publication_date>2026-05-06</news:publication_date>"
    "<news:title>Police rescue 146 victims ({0})</news:title></news:news></url>"
)
_SITEMAP = (
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">'
    f"{_NEWS.format(1)}<url><loc>https://press.example/about</loc></url>{_NEWS.format(2)}</urlset>"
)
