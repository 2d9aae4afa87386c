"""From the address that a person gives to the feeds behind it: the address itself, or what its page names."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from services.cli.found_feed import FoundFeed
from shared.clock import now
from shared.domain.feeds.discovery import find_feed_links, is_web_page, usual_places
from shared.domain.feeds.entry import Entry, ParsedFeed
from shared.domain.feeds.listing import Listing, ListingRule, NoListing, read_listing
from shared.domain.feeds.parse_feed import parse_feed
from shared.domain.feeds.sitemap_discovery import (
    MOST_SITEMAPS,
    index_sitemaps,
    is_sitemap_index,
    robots_address,
    robots_sitemaps,
    usual_sitemaps,
)
from shared.domain.polling.polling import judge_answer
from shared.domain.web.answer import Answered
from shared.domain.web.url import masked_url
from shared.errors import DocumentError, RefusedError
from shared.http import FetchRequest, GuardedClient, fetch

_PATIENCE_SECONDS = 15.0
_MOST_CHECKED = 10
_MOST_IN_AN_INDEX = 4
_TITLE_SHOWN = 60
_NEXT_STEPS = {
    "guarded": "name its network in TOCSIN_ALLOWED_NETWORKS if it is yours",
    "dns": "check the spelling of the host",
    "gone": "look for the feed's new address",
    "client_error": "check the address, or add it as it is with --no-check",
}


@dataclass(frozen=True, slots=True)
class _Refused:
    """No feed there; `stop` where the site asks not to be asked further."""

    reason: str
    stop: bool = False


async def find_feeds(client: GuardedClient, url: str) -> tuple[FoundFeed, ...]:
    """List the feeds behind an address, the best first: itself, else those of the page that it is.

    Raises RefusedError where there is none, with what was there instead and the next step.
    """
    answer = await _get(client, url)
    if isinstance(answer, _Refused):
        raise RefusedError(masked_url(url), answer.reason)
    content_type = answer.headers.get("content-type")
    feed = _read(url, answer)
    if isinstance(feed, FoundFeed):
        return (feed,)
    if is_sitemap_index(answer.body, content_type):
        found = await _follow(client, index_sitemaps(answer.body, answer.url, content_type))
    elif is_web_page(answer.body, content_type):
        found = await _of_page(client, answer)
    else:
        found = []
    if not found:
        raise RefusedError(masked_url(url), _no_feed(answer, feed))
    return tuple(replace(one, page=url) for one in found)


async def _of_page(client: GuardedClient, page: Answered) -> list[FoundFeed]:
    """Look where a page says, then at the usual places, then for a sitemap of news."""
    links = find_feed_links(page.body, page.url, page.headers.get("content-type"))[:_MOST_CHECKED]
    titles = {link.url: link.title for link in links}
    named = await _check(client, list(titles))
    if named:
        return [replace(one, title=titles[one.url] or one.title) for one in named]
    return await _check(client, usual_places(page.url), most=1) or await _sitemap(client, page.url)


def _no_feed(answer: Answered, refused: _Refused) -> str:
    if not is_web_page(answer.body, answer.headers.get("content-type")):
        return refused.reason
    return "is a page that names no feed; give the feed's own address, or read the page itself with --page"


async def _sitemap(client: GuardedClient, url: str) -> list[FoundFeed]:
    robots = await _get(client, robots_address(url))
    if isinstance(robots, _Refused):
        return [] if robots.stop else await _follow(client, usual_sitemaps(url))
    named = robots_sitemaps(robots.body, robots.url)
    return await _follow(client, dict.fromkeys((*named, *usual_sitemaps(url))))


async def _follow(client: GuardedClient, urls: Iterable[str], *, deeper: bool = True) -> list[FoundFeed]:
    """Give the first news sitemap among these addresses, or in a list of sitemaps that one of them is."""
    for url in islice(urls, MOST_SITEMAPS if deeper else _MOST_IN_AN_INDEX):
        answer = await _get(client, url)
        feed = answer if isinstance(answer, _Refused) else _read(url, answer)
        if isinstance(feed, FoundFeed):
            return [feed]
        if feed.stop:
            break
        if deeper and isinstance(answer, Answered) and is_sitemap_index(answer.body):
            inside = await _follow(client, index_sitemaps(answer.body, answer.url), deeper=False)
            if inside:
                return inside
    return []


async def _check(client: GuardedClient, urls: Sequence[str], most: int = _MOST_CHECKED) -> list[FoundFeed]:
    """Keep the addresses that answer with a feed, asked one after another until there are enough."""
    found: list[FoundFeed] = []
    for url in urls:
        answer = await _get(client, url)
        feed = answer if isinstance(answer, _Refused) else _read(url, answer)
        if isinstance(feed, FoundFeed):
            found.append(feed)
        elif feed.stop:
            break
        if len(found) == most:
            break
    return found


async def _get(client: GuardedClient, url: str) -> Answered | _Refused:
    answer = await fetch(client, FetchRequest(url, timeout_seconds=_PATIENCE_SECONDS))
    judged = judge_answer(answer, now(), conditional=False)
    if isinstance(answer, Answered) and judged is None:
        return answer
    assert judged is not None  # noqa: S101 - judge_answer is None for an answer with a body only
    step = _NEXT_STEPS.get(judged.outcome, "try again later, or add the address as it is with --no-check")
    stop = judged.outcome in {"rate_limited", "bot_wall"}
    return _Refused(f"cannot be read: {judged.detail}; {step}", stop)


def _read(url: str, answer: Answered) -> FoundFeed | _Refused:
    try:
        parsed = parse_feed(answer.body, answer.url, answer.headers.get("content-type") or None)
    except DocumentError as error:
        return _Refused(error.reason)
    return FoundFeed(url, parsed.title, answer.own_network, rule="", said=_found_in(parsed))


def _found_in(feed: ParsedFeed) -> str:
    """Say what a document holds; one without an entry that can be read is polled all the same, and watched."""
    readable = [entry for entry in feed.entries if entry != Entry()]
    if readable:
        count = "1 entry" if len(readable) == 1 else f"{len(readable)} entries"
        words = f"{count}, the first “{readable[0].title[:_TITLE_SHOWN]}”"
        return f"{words}; {feed.detail}" if feed.detail else words
    if feed.well_formed and not feed.entries:
        return "no entry is in it yet"
    why = feed.detail or f"its {len(feed.entries)} items are empty"
    return f"no entry in it can be read: {why}; check the address, or tell the publisher"


async def find_page(client: GuardedClient, url: str, rule: ListingRule) -> tuple[FoundFeed, Listing]:
    """Find the list of a page; raises RefusedError where there is none, with the next step."""
    answer = await _get(client, url)
    if isinstance(answer, _Refused):
        raise RefusedError(masked_url(url), answer.reason)
    if isinstance(_read(url, answer), FoundFeed):
        raise RefusedError(masked_url(url), "is a feed; add it without --page")
    content_type = answer.headers.get("content-type") or None
    listing = read_listing(answer.body, answer.url, content_type, rule)
    if isinstance(listing, NoListing):
        raise RefusedError(masked_url(url), f"cannot be read as a page: {listing.reason}")
    said = (
        f"a page that lists {len(listing.blocks)} links, the first “{listing.blocks[0].title[:_TITLE_SHOWN]}”"
    )
    return FoundFeed(url, listing.title, answer.own_network, rule=str(rule), said=said), listing
