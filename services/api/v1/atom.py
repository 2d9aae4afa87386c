"""`/v1/topics/{id}/feed.atom`: what a topic rang for, for whoever reads feeds (RFC 4287)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response
from lxml import etree

from services.api.listing import Row, load_row
from shared.store.database import Database
from shared.store.listings import list_rung

_ATOM = "http://www.w3.org/2005/Atom"
_ENTRIES = 50


def atom_routes(database: Database) -> APIRouter:
    """Make the route."""
    router = APIRouter(prefix="/topics", tags=["topics"])

    @router.get(
        "/{topic}/feed.atom",
        summary="The last fifty releases that a topic rang for, as an Atom feed",
        response_class=Response,
        responses={200: {"content": {"application/atom+xml": {}}}},
    )
    def feed(topic: UUID) -> Response:
        with database.begin() as transaction:
            row = load_row(transaction, "topics", topic, "topic")
            rung = list_rung(transaction, topic, most=_ENTRIES)
        return Response(write_atom(row, rung), media_type="application/atom+xml")

    return router


def write_atom(topic: Row, rung: Sequence[dict[str, Any]]) -> bytes:
    """Write the feed: an entry a release, its id the release's own, updated when it last rang."""
    updated = max((row["matched_at"] for row in rung), default=topic["created_at"])
    feed = etree.Element(f"{{{_ATOM}}}feed", nsmap={None: _ATOM})
    _add(feed, "id", f"urn:uuid:{topic['id']}")
    _add(feed, "title", f"Tocsin: {topic['name']}")
    _add(feed, "subtitle", topic["query"])
    _add(feed, "updated", _instant(updated))
    for row in rung:
        _add_entry(feed, row)
    return bytes(etree.tostring(feed, encoding="utf-8", xml_declaration=True))


def _add_entry(feed: etree._Element, row: dict[str, Any]) -> None:
    entry = etree.SubElement(feed, f"{{{_ATOM}}}entry")
    _add(entry, "id", f"urn:uuid:{row['id']}")
    _add(entry, "title", row["title"])
    if row["url"]:
        etree.SubElement(entry, f"{{{_ATOM}}}link", {"rel": "alternate", "href": row["url"]})
    _add(entry, "updated", _instant(row["matched_at"]))
    _add(entry, "published", _instant(row["published_at"]))
    _add(entry, "summary", row["snippet"])
    author = etree.SubElement(entry, f"{{{_ATOM}}}author")
    _add(author, "name", row["publisher"] or "unknown")


def _add(parent: etree._Element, name: str, words: str) -> None:
    # Control characters may not stand in XML 1.0, and a stranger's title may hold them.
    etree.SubElement(parent, f"{{{_ATOM}}}{name}").text = "".join(c for c in words if c >= " " or c in "\t\n")


def _instant(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
