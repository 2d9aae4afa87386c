"""What happened to feeds: written down once in the transaction that made it true, with its messages."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from shared.domain.alerts.feed_events import EVERY_EVENT, FeedEvent, build_event_payload
from shared.store.database import read_clock
from shared.store.messages import NewMessage, add_messages


@dataclass(frozen=True, slots=True)
class Happened:
    """An event, and to which feed; of a language's silence it is None and `language` names it."""

    event: FeedEvent
    feed_id: UUID | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class _Listener:
    subscription_id: UUID
    endpoint_id: UUID
    event: str
    format: str


_ADD = text("""
    INSERT INTO core.feed_events (feed_id, language, type, about, at, detail, figures)
    VALUES (:feed_id, :language, :type, :about, :at, :detail, CAST(:figures AS jsonb))
    ON CONFLICT DO NOTHING
""")

# Held until the transaction ends: whoever is told, and no hole in what is counted.
_LISTENERS = text("""
    SELECT id, endpoint_id, event, format FROM core.subscriptions
    WHERE event = ANY(:events) AND removed_at IS NULL ORDER BY id FOR UPDATE
""")


def record_feed_events(connection: Connection, happened: Sequence[Happened]) -> list[Happened]:
    """Write events down with a message to each who subscribed; give those that were not written down before.

    The last statements of their transaction: subscriptions are locked here. The sweep rings for the messages.
    """
    fresh = [one for one in happened if _add(connection, one)]
    if not fresh:
        return []
    listeners = _load_listeners(connection, {one.event.type for one in fresh})
    owed = [
        (one, listener)
        for one in fresh
        for listener in listeners
        if listener.event in (EVERY_EVENT, one.event.type)
    ]
    if owed:
        _add_messages(connection, owed)
    return fresh


def _add(connection: Connection, one: Happened) -> bool:
    event = one.event
    row = {
        "feed_id": one.feed_id,
        "language": one.language,
        "type": event.type,
        "about": event.about,
        "at": event.at,
        "detail": event.detail,
        "figures": json.dumps(dict(event.figures)),
    }
    return connection.execute(_ADD, row).rowcount == 1


def _load_listeners(connection: Connection, types: set[str]) -> list[_Listener]:
    rows = connection.execute(_LISTENERS, {"events": [EVERY_EVENT, *types]})
    return [_Listener(row.id, row.endpoint_id, row.event, row.format) for row in rows]


def _add_messages(connection: Connection, owed: Sequence[tuple[Happened, _Listener]]) -> None:
    feeds = _load_feeds(connection, {one.feed_id for one, _ in owed if one.feed_id})
    messages = [
        NewMessage(
            listener.subscription_id,
            listener.endpoint_id,
            one.event.type,
            listener.format,
            partial(build_event_payload, one.event, feeds.get(one.feed_id)),
        )
        for one, listener in owed
    ]
    add_messages(connection, messages, read_clock(connection))


def _load_feeds(connection: Connection, ids: set[UUID]) -> Mapping[UUID | None, dict[str, Any]]:
    rows = connection.execute(
        text("SELECT id, core.masked_url(url) AS url, title FROM core.feeds WHERE id = ANY(:ids)"),
        {"ids": sorted(ids)},
    )
    return {row.id: {"id": str(row.id), "url": row.url, "title": row.title} for row in rows}
