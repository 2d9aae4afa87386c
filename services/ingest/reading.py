"""Hop 3: what a document that was fetched holds, and whether it is a feed's at all."""

from dataclasses import dataclass
from hashlib import blake2b

from shared.domain.feeds.entry import Entry, ParsedFeed
from shared.domain.feeds.error_item import error_item, may_hold_error_item
from shared.domain.feeds.listing import ListingRule, rule_from_text
from shared.domain.feeds.parse_feed import parse_feed
from shared.domain.polling.freshness import NO_HINTS, FeedHints, read_hints
from shared.domain.polling.listing_novelty import judge_listing
from shared.domain.polling.novelty import Novelty, SeenItems, judge_novelty
from shared.domain.polling.polling import DocumentFacts
from shared.domain.web.answer import Answered
from shared.errors import DocumentError
from shared.store.feeds import FeedToPoll


@dataclass(frozen=True, slots=True)
class Reading:
    """A document that was read: what is new in it, the digest of its bytes, and what it asks.

    `layout` is how the list of a page looks, `note` what a person should know of its change.
    """

    facts: DocumentFacts
    body_digest: bytes
    novelty: Novelty | None = None
    hints: FeedHints = NO_HINTS
    layout: str = ""
    note: str = ""


def read_document(feed: FeedToPoll, answer: Answered) -> Reading:
    """Read an answer's body against what the feed has shown so far; costs milliseconds of this thread."""
    digest = blake2b(answer.body, digest_size=16).digest()
    if digest == feed.body_digest:
        facts = DocumentFacts(same_bytes=True, entries=feed.item_count)
        return Reading(facts, digest, layout=feed.page_layout)
    content_type = answer.headers.get("content-type") or None
    seen = SeenItems.from_bytes(feed.seen_items)
    if rule := rule_from_text(feed.page):
        return _read_page(answer, content_type, rule, seen, feed.page_layout, digest)
    try:
        novelty = judge_novelty(
            answer.body, answer.url, content_type, seen, feed.trusts_guids, feed.trusts_dates
        )
        fault = _fault(answer, content_type, novelty)
    except DocumentError as error:
        fault = DocumentFacts(fault="not_a_feed", reason=error.reason)
    if fault:
        return Reading(fault, digest)
    facts = DocumentFacts(entries=len(novelty.items), new=len(novelty.new))
    return Reading(facts, digest, novelty, read_hints(answer.body))


def _read_page(
    answer: Answered,
    content_type: str | None,
    rule: ListingRule,
    seen: SeenItems,
    layout: str,
    digest: bytes,
) -> Reading:
    judged = judge_listing(answer.body, answer.url, content_type, rule, seen, layout)
    if isinstance(judged, DocumentFacts):
        return Reading(judged, digest)
    novelty = judged.novelty
    facts = DocumentFacts(entries=len(novelty.items), new=len(novelty.new))
    return Reading(facts, digest, novelty, layout=judged.layout, note=judged.note)


def _fault(answer: Answered, content_type: str | None, novelty: Novelty) -> DocumentFacts | None:
    parsed = novelty.parsed
    if parsed is None and novelty.new and may_hold_error_item(answer.body, len(novelty.items)):
        parsed = parse_feed(answer.body, answer.url, content_type)
    if parsed is None:
        return None
    if words := error_item(parsed.entries):
        return DocumentFacts(fault="error_item", reason=words, entries=len(parsed.entries))
    if _unreadable(parsed):
        return DocumentFacts(fault="broken", reason=parsed.detail or "no entry could be read")
    return None


def _unreadable(parsed: ParsedFeed) -> bool:
    return not parsed.well_formed and all(entry == Entry() for entry in parsed.entries)
