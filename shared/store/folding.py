"""Folding: what tells a story that a subscription has been told already joins the alert that told it first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, insert, text

from shared.store.stories import load_story_ids
from shared.store.tables import Alert, table_of

# A subscription and a story.
StoryKey = tuple[UUID, UUID]


@dataclass(frozen=True, slots=True)
class Heads:
    """The alert that told each story to each subscription, and the story of each release in question."""

    alerts: Mapping[StoryKey, Row[Any]]
    stories: Mapping[UUID, UUID]
    # (subscription, release) of what was told by an alert of its own: its corrections are told too.
    own: frozenset[tuple[UUID, UUID]] = frozenset()


# One that was given up or cancelled has told nobody: the next of its story rings.
_HEADS = text("""
    SELECT a.subscription_id, coalesce(r.story_id, r.id) AS story_id, a.id, a.release_id, a.message_id
    FROM core.alerts a
    JOIN core.releases r ON r.id = a.release_id
    LEFT JOIN core.messages m ON m.id = a.message_id
    WHERE a.subscription_id = ANY(:subscriptions) AND coalesce(r.story_id, r.id) = ANY(:stories)
        AND NOT a.folded AND (a.state = 'held' OR m.state IN ('pending', 'delivered', 'accepted'))
    ORDER BY a.subscription_id, coalesce(r.story_id, r.id), a.id
""")


def load_heads(connection: Connection, pairs: Sequence[tuple[UUID, UUID]]) -> Heads:
    """Load which alerts have told the stories of these (subscription, release) pairs."""
    if not pairs:
        return Heads({}, {})
    stories = load_story_ids(connection, {release for _, release in pairs})
    wanted = {"subscriptions": list({s for s, _ in pairs}), "stories": list(set(stories.values()))}
    rows = connection.execute(_HEADS, wanted).all()
    first: dict[StoryKey, Row[Any]] = {}
    for row in rows:
        first.setdefault((row.subscription_id, row.story_id), row)
    return Heads(first, stories, frozenset((row.subscription_id, row.release_id) for row in rows))


@dataclass(frozen=True, slots=True)
class Folded:
    """An alert to fold: its row, the body it keeps while its head is held, and its head; None: of this batch."""

    row: dict[str, Any]
    body: dict[str, Any]
    head: Row[Any] | None


def add_folded_alerts(connection: Connection, folded: Sequence[Folded]) -> list[UUID]:
    """Add alerts that join the one which has told their story; give the subscriptions whose head is held."""
    new = [(one.row["subscription_id"], one.row["release_id"]) for one in folded if one.head is None]
    heads = load_heads(connection, new)
    rows = []
    for one in folded:
        subscription_id, release_id = one.row["subscription_id"], one.row["release_id"]
        head = one.head or heads.alerts[subscription_id, heads.stories[release_id]]
        joined = {
            "folded": True,
            "folded_into": head.id,
            "reason": f"same story as release {head.release_id}",
        }
        waits = {"message_id": None, "state": "held", "telling": one.body}
        goes = {"message_id": head.message_id, "state": None, "telling": None}
        rows.append(one.row | joined | (goes if head.message_id else waits))
    if rows:
        connection.execute(insert(table_of(Alert)), rows)
    return [row["subscription_id"] for row in rows if row["state"] == "held"]


def tell_folded(connection: Connection, subscription_id: UUID) -> None:
    """Give held alerts that are folded the message of the one they joined."""
    connection.execute(
        text(
            "UPDATE core.alerts a SET message_id = head.message_id, state = NULL, telling = NULL "
            "FROM core.alerts head WHERE head.id = a.folded_into AND head.message_id IS NOT NULL "
            "AND a.subscription_id = :id AND a.state = 'held'"
        ),
        {"id": subscription_id},
    )


def unfold_held(connection: Connection, release_ids: Sequence[UUID]) -> None:
    """Let held alerts tell for themselves that were folded into those of releases which go."""
    connection.execute(
        text(
            "UPDATE core.alerts f SET folded = false, folded_into = NULL, reason = '' FROM core.alerts head "
            "WHERE f.folded_into = head.id AND f.state = 'held' AND head.state = 'held' "
            "AND head.release_id = ANY(:ids) AND NOT f.release_id = ANY(:ids)"
        ),
        {"ids": list(release_ids)},
    )
