"""How every listing is asked for and answered: some rows, the newest first, and the cursor of the next."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel

from shared.clock import now
from shared.domain.since import parse_since
from shared.errors import NotFoundError
from shared.store.catalog import View, list_view
from shared.store.database import Transaction
from shared.store.pages import Page, PagedView, load_page

Most = Annotated[int, Query(ge=1, le=200, alias="limit", description="So many rows at most.")]
After = Annotated[str | None, Query(alias="cursor", description="`next` of the page before.")]
Since = Annotated[str | None, Query(description="How far back: 90m, 12h, 30d, 4w or a date.")]

Row = dict[str, Any]


class Listing(BaseModel):
    """A page: rows with the names of the SQL view's columns; `next` is null on the last one."""

    items: list[Row]
    next: str | None


def list_page(
    transaction: Transaction,
    view: PagedView,
    *,
    where: Mapping[str, object] | None = None,
    since: str | None = None,
    after: str | None,
    most: int,
) -> Listing:
    """Answer one page of a view."""
    page = load_page(transaction, view, where=where or {}, since=begin_of(since), after=after, most=most)
    return as_listing(page)


def as_listing(page: Page) -> Listing:
    """Give a page as the API answers it."""
    return Listing(items=page.items, next=page.next)


def begin_of(since: str | None) -> datetime | None:
    """Give the instant that `since` names, None where nothing is asked for."""
    return parse_since(since, now()) if since else None


def load_row(transaction: Transaction, view: View, row_id: object, what: str) -> Row:
    """Load one row by its id; raises NotFoundError naming `what` there is none of."""
    rows = list_view(transaction, view, where={"id": row_id})
    if not rows:
        raise NotFoundError(str(row_id), f"no {what} has this id")
    return rows[0]
