"""Writes the demo's feeds (RSS 2.0, Atom) and pages (HTML) as text."""

from datetime import datetime
from email.utils import format_datetime
from html import escape

from services.demo.programme import DemoFeed, FeedItem, demo_feeds
from services.demo.releases import DemoRelease

RSS_NAMESPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:dcterms="http://purl.org/dc/terms/" xmlns:atom="http://www.w3.org/2005/Atom"'
)
MEDIA_TYPES = {"rss": "application/rss+xml", "atom": "application/atom+xml"}


def feed_document(feed: DemoFeed, items: tuple[FeedItem, ...], base: str) -> str:
    """Write a feed as XML; `base` (scheme and host, no slash at the end) makes its links absolute."""
    writer = _rss_document if feed.kind == "rss" else _atom_document
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + writer(feed, items, base)


def release_page(item: FeedItem, base: str) -> str:
    """Write the HTML page of a release."""
    release = item.release
    head = (
        f'<title>{escape(release.title)}</title><link rel="canonical" href="{escape(base + release.path)}">'
    )
    dates = (
        f'<p><time datetime="{_precise(item.published_at)}">{item.published_at:%Y-%m-%d %H:%M} UTC</time></p>'
    )
    article = f"<article><h1>{escape(release.title)}</h1>{dates}{_paragraphs(release)}</article>"
    return _page(release.language, head, f"<header>{escape(release.office)}</header><main>{article}</main>")


def index_page(base: str) -> str:
    """Write the page that lists the feeds, for people and for feed discovery."""
    feeds = demo_feeds()
    links = "".join(
        f'<link rel="alternate" type="{MEDIA_TYPES[feed.kind]}" title="{escape(feed.title)}"'
        f' href="{escape(base + feed.path)}">'
        for feed in feeds
    )
    rows = "".join(f'<li><a href="{escape(feed.path)}">{escape(feed.title)}</a></li>' for feed in feeds)
    return _page("en", f"<title>Press office</title>{links}", f"<h1>Press office</h1><ul>{rows}</ul>")


def _page(language: str, head: str, body: str) -> str:
    direction = "rtl" if language == "ar" else "ltr"
    return (
        f'<!doctype html><html lang="{language}" dir="{direction}"><head><meta charset="utf-8">{head}</head>'
        f"<body>{body}</body></html>"
    )


def _rss_document(feed: DemoFeed, items: tuple[FeedItem, ...], base: str) -> str:
    language = f"<language>{feed.language}</language>" if feed.language else ""
    return (
        f'<rss version="2.0" {RSS_NAMESPACES}><channel><title>{escape(feed.title)}</title>'
        f"<link>{escape(base)}/</link><description>{escape(feed.title)}</description>{language}"
        f'<atom:link rel="self" type="application/rss+xml" href="{escape(base + feed.path)}"/>\n'
        + "".join(_rss_item(item, base) for item in items)
        + "</channel></rss>\n"
    )


def _rss_item(item: FeedItem, base: str) -> str:
    release = item.release
    # RSS dates have whole seconds (RFC 822); the Dublin Core dates beside it carry the milliseconds.
    dates = (
        f"<pubDate>{format_datetime(item.published_at.replace(microsecond=0), usegmt=True)}</pubDate>"
        f"<dcterms:issued>{_precise(item.published_at)}</dcterms:issued>"
        f"<dc:date>{_precise(item.published_at)}</dc:date>"
    )
    if item.updated_at != item.published_at:
        dates += f"<dcterms:modified>{_precise(item.updated_at)}</dcterms:modified>"
    return (
        f"<item><title>{escape(release.title)}</title><link>{escape(_link(item, base))}</link>"
        f'<guid isPermaLink="false">{escape(item.guid)}</guid>{dates}'
        f"<dc:creator>{escape(release.office)}</dc:creator><dc:language>{release.language}</dc:language>"
        f"<description>{escape(release.paragraphs[0])}</description>"
        f"<content:encoded><![CDATA[{_paragraphs(release)}]]></content:encoded></item>\n"
    )


def _atom_document(feed: DemoFeed, items: tuple[FeedItem, ...], base: str) -> str:
    updated = max((item.updated_at for item in items), default=None)
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{feed.language}">'
        f"<title>{escape(feed.title)}</title>"
        f'<id>{escape(base + feed.path)}</id><link rel="self" href="{escape(base + feed.path)}"/>'
        f'<link rel="alternate" type="text/html" href="{escape(base)}/"/>'
        + (f"<updated>{_precise(updated)}</updated>\n" if updated else "\n")
        + "".join(_atom_entry(item, base) for item in items)
        + "</feed>\n"
    )


def _atom_entry(item: FeedItem, base: str) -> str:
    release = item.release
    return (
        f"<entry><title>{escape(release.title)}</title><id>{escape(item.guid)}</id>"
        f'<link rel="alternate" type="text/html" href="{escape(_link(item, base))}"/>'
        f"<published>{_precise(item.published_at)}</published><updated>{_precise(item.updated_at)}</updated>"
        f"<author><name>{escape(release.office)}</name></author><summary>{escape(release.paragraphs[0])}</summary>"
        f'<content type="html">{escape(_paragraphs(release))}</content></entry>\n'
    )


def _link(item: FeedItem, base: str) -> str:
    page = base + item.release.path
    return (
        f"{page}?utm_source=coastal-wire&utm_medium=rss&utm_campaign={item.guid.lower()}"
        if item.copied
        else page
    )


def _paragraphs(release: DemoRelease) -> str:
    return "".join(f"<p>{escape(text, quote=False)}</p>" for text in release.paragraphs)


def _precise(instant: datetime) -> str:
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")
