"""Looking at the addresses that a person gives, and asking what cannot be decided for them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from services.cli.asking import choose, confirm, on_terminal, stderr, watching_progress
from services.cli.fitting import printable
from services.cli.found_feed import FoundFeed
from shared.domain.feeds.listing import Listing, ListingRule
from shared.domain.feeds.listing_blocks import Block
from shared.domain.web.address import Network, lies_in, literal_address
from shared.domain.web.url import host_of, masked_url
from shared.errors import RefusedError
from shared.settings import Settings

_BLOCKS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Wish:
    """How an address is to be taken: looked at or not, asked about or not, as a feed or by a page's rule."""

    check: bool = True
    yes: bool = False
    rule: ListingRule | None = None


def look_at(url: str, settings: Settings, wish: Wish) -> FoundFeed:
    """Give the one feed or page behind an address that the person wants; raises TocsinError where there is none."""
    if not wish.check:
        own = lies_in_own_network(url, settings.allowed_networks)
        return FoundFeed(url, own_network=own, rule=str(wish.rule) if wish.rule else None)
    return _page(url, settings, wish, wish.rule) if wish.rule else _feed(url, settings, wish)


def lies_in_own_network(url: str, networks: Sequence[Network]) -> bool:
    """Tell whether an address names a place in the operator's own networks by its number."""
    address = literal_address(host_of(url))
    return address is not None and lies_in(address, networks)


def _feed(url: str, settings: Settings, wish: Wish) -> FoundFeed:
    # Parsing and asking cost half a second to import; the other commands do neither.
    from services.cli.discover import find_feeds  # noqa: PLC0415 - lazily, as above
    from shared.http import open_client  # noqa: PLC0415 - lazily, as above

    async def look() -> tuple[FoundFeed, ...]:
        async with open_client(
            settings.allowed_networks, proxy=settings.proxy or None, contact=settings.contact
        ) as client:
            return await find_feeds(client, url)

    with watching_progress(f"Looking at {masked_url(url)}"):
        found = asyncio.run(look())
    if wish.yes:
        return found[0]
    options = [f"{masked_url(feed.url)} {feed.title}".strip() for feed in found]
    return found[choose(masked_url(url), "feeds", options, flag="--yes takes the first")]


def _page(url: str, settings: Settings, wish: Wish, rule: ListingRule) -> FoundFeed:
    from services.cli.discover import find_page  # noqa: PLC0415 - lazily, as above
    from shared.http import open_client  # noqa: PLC0415 - lazily, as above

    async def look() -> tuple[FoundFeed, Listing]:
        async with open_client(
            settings.allowed_networks, proxy=settings.proxy or None, contact=settings.contact
        ) as client:
            return await find_page(client, url, rule)

    with watching_progress(f"Looking at {masked_url(url)}"):
        page, listing = asyncio.run(look())
    # A selector says exactly what is meant; what was found by itself is shown first.
    if rule.kind == "auto" and not wish.yes:
        _ask(url, listing)
    return page


def _ask(url: str, listing: Listing) -> None:
    count = len(listing.blocks)
    if not on_terminal():
        first = "; ".join(map(_in_words, listing.blocks[:3]))
        raise RefusedError(
            masked_url(url),
            f"lists {count} links: {first} …; --yes takes them, --css SELECTOR or --xpath EXPRESSION names others",
        )
    for block in listing.blocks[:_BLOCKS_SHOWN]:
        stderr.print(f"  {printable(_in_words(block))}", markup=False)
    if count > _BLOCKS_SHOWN:
        stderr.print(f"  … and {count - _BLOCKS_SHOWN} more")
    confirm(f"{count} links look like releases", "Watch this list?", flag="--yes takes them")


def _in_words(block: Block) -> str:
    date = f"{block.date}: " if block.date else ""
    return f"{date}{block.title[:100]} {masked_url(block.link.url)}"
