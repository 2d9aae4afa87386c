"""Pages of a public view, the newest row first, each with the cursor of the next: the HTTP API's listings."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Connection, text

from shared.errors import RefusedError

PagedView = Literal["alerts", "deliveries", "endpoints", "feeds", "releases", "subscriptions", "topics"]

# What orders a view: an offset would read again all that it passes over, and slip when a row comes in between.
_BY_ID = (("id", "uuid"),)
_ORDERS: dict[str, tuple[tuple[str, str], ...]] = {
    "deliveries": (("started_at", "timestamptz"), ("message_id", "uuid")),
}
_KINDS: dict[str, Callable[[str], UUID | datetime]] = {"uuid": UUID, "timestamptz": datetime.fromisoformat}
_BEGINS: dict[str, str] = {"releases": "first_seen_at", "deliveries": "started_at"}


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a view; `next` is the cursor that goes on after them, None at the end."""

    items: list[dict[str, Any]]
    next: str | None


def load_page(
    connection: Connection,
    view: PagedView,
    *,
    where: Mapping[str, object],
    since: datetime | None = None,
    after: str | None = None,
    most: int,
) -> Page:
    """Load at most `most` rows of a view whose columns equal `where`; what is None there is not asked for.

    `since` counts by when a row was made, or a release first seen. Raises RefusedError where `after` is no
    cursor of this view.
    """
    order = _ORDERS.get(view, _BY_ID)
    asked = {column: value for column, value in where.items() if value is not None}
    conditions = ["true", *(f"{column} = :{column}" for column in asked)]
    values: dict[str, object] = dict(asked)
    if since is not None:
        conditions.append(f"{_BEGINS.get(view, 'created_at')} >= :since")
        values["since"] = since
    if after is not None:
        values |= {f"after_{n}": key for n, key in enumerate(_read_cursor(after, order))}
        keys = ", ".join(f"CAST(:after_{n} AS {kind})" for n, (_, kind) in enumerate(order))
        conditions.append(f"({', '.join(column for column, _ in order)}) < ({keys})")
    backwards = ", ".join(f"{column} DESC" for column, _ in order)
    statement = (
        f"SELECT * FROM public.{view} WHERE {' AND '.join(conditions)} ORDER BY {backwards} LIMIT :most"  # noqa: S608 - names are ours
    )
    rows = connection.execute(text(statement), values | {"most": most + 1}).mappings().all()
    items = [dict(row) for row in rows[:most]]
    more = len(rows) > most
    return Page(items, _cursor([items[-1][column] for column, _ in order]) if more else None)


def _cursor(keys: list[object]) -> str:
    return urlsafe_b64encode(json.dumps([str(key) for key in keys]).encode()).decode().rstrip("=")


def _read_cursor(cursor: str, order: tuple[tuple[str, str], ...]) -> list[UUID | datetime]:
    try:
        keys = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return [_KINDS[kind](key) for (_, kind), key in zip(order, keys, strict=True)]
    except (ValueError, TypeError, AttributeError) as error:
        raise RefusedError(
            "cursor", "is none that this listing gave; ask without it to begin at the newest"
        ) from error
