"""Which links of a listing page were never seen, and a document that holds only these.

On a page the link is what identifies an entry: titles and teasers are edited, shortened and moved about there,
and the release's own page tells what it says. The new links are written as a JSON Feed, so that the rest of the
line reads them as it reads any feed's, and exactly those that this poll found (docs/adr/0009).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shared.domain.feeds.document_kind import has_feed_root
from shared.domain.feeds.json_feed import is_json
from shared.domain.feeds.listing import Listing, ListingRule, NoListing, read_listing
from shared.domain.feeds.listing_blocks import Block
from shared.domain.feeds.listing_words import count_words
from shared.domain.polling.novelty import ItemDigest, Novelty, SeenItems, digest
from shared.domain.polling.polling import DocumentFacts

# Fewer words ("Press release", "Weekly update") are said of many releases.
_IDENTIFYING_WORDS = 4
_AT = " at "


@dataclass(frozen=True, slots=True)
class ListingNovelty:
    """What is new on a page; `layout` is how its list looks now, `note` what a person should know of a change."""

    novelty: Novelty
    layout: str = ""
    note: str = ""


def judge_listing(
    document: bytes,
    url: str,
    content_type: str | None,
    rule: ListingRule,
    seen: SeenItems,
    known_layout: str = "",
) -> ListingNovelty | DocumentFacts:
    """Find the links of a page that were never seen, or what is wrong with it.

    `known_layout` is the layout that the last good poll found. A page that shares neither a link nor a title,
    neither its layout nor the shape of its addresses with the last one is not believed: an error page has
    links too.
    """
    if is_json(document) or has_feed_root(document):
        return DocumentFacts(
            fault="not_a_feed", reason="this is a feed and no page any more; add it again without --page"
        )
    keys = seen.keys
    listing = read_listing(document, url, content_type, rule, lambda address: _key(address) in keys)
    if isinstance(listing, NoListing):
        return DocumentFacts(fault="broken" if listing.is_page else "not_a_feed", reason=listing.reason)
    items = tuple(map(_item, listing.blocks))
    relocated = bool(seen.items) and not any(item.key in keys for item in items)
    titles = seen.contents if relocated else frozenset()
    new = tuple(n for n, item in enumerate(items) if item.key not in keys and item.content not in titles)
    overlap = len(items) - len(new)
    if seen.last_items and not overlap and _is_another_page(listing, known_layout):
        return DocumentFacts(fault="broken", reason=_strange(listing, known_layout))
    text = _as_feed(listing, url, [listing.blocks[position] for position in new])
    novelty = Novelty(items, new, overlap, text)
    note = _note(listing, known_layout, overlap, relocated=relocated and overlap > 0)
    return ListingNovelty(novelty, _look(listing), note)


def _item(block: Block) -> ItemDigest:
    key, title = _key(block.link.address), block.title.casefold()
    return ItemDigest(key, digest(title.encode()) if count_words(title) >= _IDENTIFYING_WORDS else key)


def _key(address: str) -> bytes:
    return digest(address.encode("utf-8", "replace"))


def _look(listing: Listing) -> str:
    return f"{listing.layout}{_AT}{listing.shape}" if listing.layout else ""


def _has_changed(listing: Listing, known_layout: str) -> bool:
    return bool(known_layout and listing.layout) and known_layout.partition(_AT)[0] not in listing.layouts


def _is_another_page(listing: Listing, known_layout: str) -> bool:
    return _has_changed(listing, known_layout) and known_layout.partition(_AT)[2] != listing.shape


def _strange(listing: Listing, known_layout: str) -> str:
    return (
        f"none of its {len(listing.blocks)} links or titles is known, and both its layout and its addresses have "
        f"changed (was {known_layout}, is {_look(listing)}): if it is right, add it again with --page"
    )


def _note(listing: Listing, known_layout: str, overlap: int, *, relocated: bool) -> str:
    parts = []
    if _has_changed(listing, known_layout):
        was = known_layout.partition(_AT)[0]
        parts.append(
            f"the layout has changed (was {was}, is {listing.layout}): {overlap} of {len(listing.blocks)} links known"
        )
    if relocated:
        parts.append(f"the addresses of its links have changed: {overlap} were known by their titles")
    return "; ".join(parts)


def _as_feed(listing: Listing, url: str, blocks: Sequence[Block]) -> bytes:
    feed: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": listing.title,
        "home_page_url": url,
        "items": [_as_item(block) for block in blocks],
    }
    if listing.language:
        feed["language"] = listing.language
    return json.dumps(feed, ensure_ascii=False).encode("utf-8", "replace")


def _as_item(block: Block) -> dict[str, str]:
    item = {
        "url": block.link.url,
        "title": block.title,
        "summary": block.summary,
        "date_published": block.date,
    }
    return {name: value for name, value in item.items() if value}
