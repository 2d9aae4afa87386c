"""Reading the public views as rows, for listings: keys are the views' columns."""

from collections.abc import Mapping
from typing import Any, Literal

from sqlalchemy import Connection, text

View = Literal[
    "alerts",
    "deliveries",
    "endpoints",
    "failing_bodies",
    "feed_cards",
    "feed_events",
    "feed_settings",
    "feeds",
    "fetches",
    "gaps",
    "hosts",
    "ledger",
    "matches",
    "polls",
    "releases",
    "revisions",
    "sightings",
    "subscriptions",
    "topics",
]


def list_view(
    connection: Connection,
    view: View,
    *,
    where: Mapping[str, object] | None = None,
    order: str = "1",
    most: int | None = None,
) -> list[dict[str, Any]]:
    """List rows of a view whose columns equal `where`; `order` is SQL of ours, never of a user."""
    equal = "".join(f" AND {column} = :{column}" for column in where or {})
    limit = "" if most is None else f" LIMIT {int(most)}"
    statement = f"SELECT * FROM public.{view} WHERE true{equal} ORDER BY {order}{limit}"  # noqa: S608 - names are ours
    return [dict(row) for row in connection.execute(text(statement), dict(where or {})).mappings()]
