"""Lists of feeds as OPML 2.0, with folders as outlines of outlines."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from shared.errors import DocumentError

_DEEPEST_FOLDER = 20
_OURS = "urn:tocsin:opml"
_PAGE = f"{{{_OURS}}}page"
_UNWRITABLE = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class OpmlFeed:
    """One feed of a list; `folder` is "" or the names of its folders, outermost first, joined by "/".

    `page` says how a page without a feed is read: a `ListingRule` in one line, "" for a feed.
    """

    url: str
    title: str = ""
    folder: str = ""
    page: str = ""


def read_opml(document: bytes, name: str) -> tuple[OpmlFeed, ...]:
    """List the feeds of an OPML document in its order, each address once.

    `name` is the document's, for the error. Raises DocumentError where it is no OPML, has a DTD (whose
    entities could grow without end or name local files) or lists no feed.
    """
    # Its own parser for each document; entities are refused before any could be resolved.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(document, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise DocumentError(name, f"is no OPML list: {error}") from error
    if root.getroottree().docinfo.doctype:
        raise DocumentError(name, "has a DTD, which is not read; save the list without it")
    if _name(root) != "opml":
        raise DocumentError(name, f"is no OPML list: its root element is <{_name(root)}>, not <opml>")
    feeds: dict[str, OpmlFeed] = {}
    for feed in _feeds(root.find("body"), ()):
        feeds.setdefault(feed.url, feed)
    if not feeds:
        raise DocumentError(name, "lists no feed: no <outline> has an xmlUrl")
    return tuple(feeds.values())


def write_opml(feeds: Sequence[OpmlFeed]) -> str:
    """Write feeds as an OPML document that `read_opml` reads back the same."""
    # OPML 2.0: what the format does not define has a namespace.
    root = etree.Element(
        "opml", nsmap={"tocsin": _OURS} if any(feed.page for feed in feeds) else None, version="2.0"
    )
    etree.SubElement(etree.SubElement(root, "head"), "title").text = "Tocsin feeds"
    body = etree.SubElement(root, "body")
    folders: dict[str, Any] = {"": body}
    for feed in feeds:
        kind = "page" if feed.page else "rss"
        outline = etree.SubElement(_folder(folders, feed.folder), "outline", type=kind)
        outline.set("text", _writable(feed.title or feed.url))
        if feed.title:
            outline.set("title", _writable(feed.title))
        outline.set("xmlUrl", _writable(feed.url))
        if feed.page:
            outline.set(_PAGE, _writable(feed.page))
    return str(etree.tostring(root, pretty_print=True, encoding="unicode"))


def _feeds(element: Any, folders: tuple[str, ...]) -> Iterator[OpmlFeed]:  # noqa: ANN401 - lxml ships no types
    if element is None or len(folders) > _DEEPEST_FOLDER:
        return
    for outline in element.iterchildren("outline"):
        facts = {key.lower(): " ".join(value.split()) for key, value in outline.attrib.items()}
        title = facts.get("title") or facts.get("text", "")
        if url := facts.get("xmlurl"):
            yield OpmlFeed(url, "" if title == url else title, "/".join(folders), facts.get(_PAGE, ""))
        # A name with a "/" would come back as two folders.
        inside = (*folders, title.replace("/", "∕")) if title and not url else folders
        yield from _feeds(outline, inside)


def _folder(folders: dict[str, Any], path: str) -> Any:  # noqa: ANN401 - lxml ships no types
    if path not in folders:
        above, _, name = path.rpartition("/")
        folders[path] = etree.SubElement(_folder(folders, above), "outline", text=_writable(name))
    return folders[path]


def _writable(text: str) -> str:
    """Leave out what XML 1.0 cannot hold."""
    return _UNWRITABLE.sub("", text)


def _name(element: Any) -> str:  # noqa: ANN401 - lxml ships no types
    return str(etree.QName(element).localname).lower()
