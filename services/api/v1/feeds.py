"""`/v1/feeds`: the addresses that are polled."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from services.api.listing import After, Listing, Most, Row, list_page, load_row
from shared.domain.feeds.listing import rule_from_text
from shared.domain.web.address import Network, lies_in, literal_address
from shared.domain.web.feed_address import web_url
from shared.domain.web.url import host_of
from shared.store.catalog import list_view
from shared.store.database import Database
from shared.store.feeds import NewFeed, add_feeds, find_feed, mark_feed, mark_feed_removed


class FeedToAdd(BaseModel):
    """An address, taken as it is: `tocsin feed add` finds the feeds of a site, and tries a page before it takes it."""

    url: str
    title: str = ""
    quiet: bool = Field(default=False, description="What the first document holds does not ring.")
    page: str | None = Field(
        default=None,
        description="A page without a feed: `auto` takes the links of its list as entries, "
        "`css: SELECTOR` or `xpath: EXPRESSION` those that are selected; `` reads a known page as a feed.",
    )


class FeedChange(BaseModel):
    """What to change of a feed."""

    state: Literal["active", "paused"]


def feed_routes(database: Database, allowed_networks: tuple[Network, ...]) -> APIRouter:
    """Make the routes."""
    router = APIRouter(prefix="/feeds", tags=["feeds"])

    @router.get("", summary="List the feeds")
    def list_feeds(
        state: Annotated[Literal["active", "paused", "gone"] | None, Query()] = None,
        cursor: After = None,
        limit: Most = 50,
    ) -> Listing:
        with database.begin() as transaction:
            return list_page(transaction, "feeds", where={"state": state}, after=cursor, most=limit)

    @router.post("", status_code=201, summary="Watch a feed; the same address again is the same feed")
    def add(feed: FeedToAdd) -> Row:
        url = web_url(feed.url)
        # Read before it is kept: a rule that cannot be obeyed is refused here and not by each poll.
        rule = rule_from_text(feed.page or "")
        page = None if feed.page is None else str(rule or "")
        address = literal_address(host_of(url))
        own = address is not None and lies_in(address, allowed_networks)
        new = NewFeed(url, host_of(url), feed.title, starts_quiet=feed.quiet, own_network=own, page=page)
        with database.begin() as transaction:
            ((feed_id, is_new),) = add_feeds(transaction, [new])
            return load_row(transaction, "feeds", feed_id, "feed") | {"is_new": is_new}

    @router.get("/{feed}", summary="Show a feed with its last polls and its gaps")
    def show(feed: UUID) -> Row:
        with database.begin() as transaction:
            row = load_row(transaction, "feeds", feed, "feed")
            where = {"feed_id": feed}
            polls = list_view(transaction, "polls", where=where, order="started_at DESC", most=10)
            gaps = list_view(transaction, "gaps", where=where, order="to_at DESC", most=10)
        return row | {"polls": polls, "gaps": gaps}

    @router.patch("/{feed}", summary="Pause a feed, or poll it again")
    def change(feed: UUID, change: FeedChange) -> Row:
        with database.begin() as transaction:
            mark_feed(transaction, find_feed(transaction, str(feed)), change.state)
            return load_row(transaction, "feeds", feed, "feed")

    @router.delete("/{feed}", status_code=204, summary="Stop watching a feed; its releases stay")
    def remove(feed: UUID) -> None:
        with database.begin() as transaction:
            mark_feed_removed(transaction, find_feed(transaction, str(feed)))

    return router
