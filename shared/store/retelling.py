"""Telling anew what a message was to tell that is cancelled for another release's sake: it was erased."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, bindparam, text
from sqlalchemy.dialects.postgresql import JSON

from shared.domain.alerts.payload import (
    Changes,
    ReleaseEvent,
    ReleaseFacts,
    Telling,
    TopicFacts,
    Withdrawn,
    build_payload,
    held_body,
)
from shared.domain.releases.story import Story
from shared.domain.topics.evidence import Evidence
from shared.domain.web.url import masked_url
from shared.store.holding import mark_holding
from shared.store.messages import NewMessage, add_messages
from shared.store.stories import load_stories


@dataclass(frozen=True, slots=True)
class Orphans:
    """Alerts whose message will not tell them: those to ring, and those that are folded into one of them."""

    ringing: tuple[UUID, ...] = ()
    folded: tuple[UUID, ...] = ()
    held_again: tuple[UUID, ...] = ()

    def __len__(self) -> int:
        return len(self.ringing) + len(self.folded) + len(self.held_again)


# The oldest of what was folded becomes the alert of its story, with all that is told of its release; the rest joins it.
_REFOLD = text("""
    WITH orphan AS (
        SELECT f.id, f.release_id, m.type, first_value(f.id) OVER oldest AS head,
            first_value(f.release_id) OVER oldest AS told
        FROM core.alerts head JOIN core.alerts f ON f.folded_into = head.id
        JOIN core.messages m ON m.id = f.message_id
        WHERE head.release_id = ANY(:ids) AND NOT f.release_id = ANY(:ids) AND m.state = 'pending'
        WINDOW oldest AS (PARTITION BY head.id ORDER BY f.id))
    UPDATE core.alerts a SET folded = a.release_id <> told,
        folded_into = CASE WHEN a.release_id <> told THEN head END,
        reason = CASE WHEN a.release_id <> told THEN 'same story as release ' || told ELSE '' END
    FROM orphan WHERE a.id = orphan.id
    RETURNING a.id, a.folded, orphan.type
""")
# A chat digest is a text, and no release can be taken out of it: the others are held again.
_IN_CHAT_DIGESTS = text("""
    SELECT o.id FROM core.alerts o JOIN core.messages m ON m.id = o.message_id
    WHERE m.id IN (SELECT message_id FROM core.alerts WHERE release_id = ANY(:ids)) AND m.state = 'pending'
      AND m.type = 'release.digest' AND m.format <> 'standard' AND NOT o.release_id = ANY(:ids)
    ORDER BY o.id
""")
_LOCK_TOLD = text("""
    SELECT id FROM core.subscriptions
    WHERE id IN (SELECT subscription_id FROM core.alerts WHERE release_id = ANY(:ids)) ORDER BY id FOR UPDATE
""")


def take_orphans(connection: Connection, release_ids: Sequence[UUID]) -> Orphans:
    """Find what the due messages of these releases, which go, were to tell of others; fold it anew among itself.

    Subscriptions are locked before their messages, as by whoever ends one.
    """
    ids = {"ids": list(release_ids)}
    connection.execute(_LOCK_TOLD, ids)
    refolded = connection.execute(_REFOLD, ids).all()
    from_digests = {row.id for row in refolded if row.type == "release.digest"}
    ringing = [row.id for row in refolded if row.id not in from_digests and not row.folded]
    folded = [row.id for row in refolded if row.id not in from_digests and row.folded]
    from_digests.update(connection.scalars(_IN_CHAT_DIGESTS, ids))
    return Orphans(tuple(sorted(ringing)), tuple(sorted(folded)), tuple(sorted(from_digests)))


def tell_orphans(connection: Connection, orphans: Orphans, now: datetime) -> None:
    """Ring each of them by a message of its own, or hold it again; call it once the words of what goes are gone."""
    rows = connection.execute(_TO_TELL, {"ids": [*orphans.ringing, *orphans.held_again]}).all()
    stories = load_stories(connection, {row.release_id for row in rows})
    tellings = {row.id: _telling(row, stories[row.release_id]) for row in rows}
    ringing = set(orphans.ringing)
    _ring(connection, [row for row in rows if row.id in ringing], tellings, now)
    _hold(connection, [row for row in rows if row.id not in ringing], tellings, now)
    if orphans.folded:
        connection.execute(_FOLLOW, {"ids": list(orphans.folded)})


_TO_TELL = text("""
    SELECT a.id, a.subscription_id, a.reason, a.release_id, a.revision, a.topic_id, t.name, t.query, m.topic_version,
        m.evidence, m.snippet, m.matched_at, v.title, v.summary, v.language, v.dateline, v.changes, v.made_at,
        r.url, r.publisher, r.embargo_until, s.endpoint_id, s.format, s.ttl,
        CASE WHEN r.published_at <= r.first_seen_at THEN r.published_at ELSE r.first_seen_at END AS published_at,
        r.withdrawn_at IS NOT NULL AND m.evidence IS NULL AND a.revision = r.revision AS is_withdrawal,
        r.withdrawn_reason,
        EXISTS (SELECT FROM core.alerts e WHERE e.subscription_id = a.subscription_id
            AND e.release_id = a.release_id AND e.revision < a.revision
            AND (e.message_id IS NOT NULL OR e.state = 'held')) AS told_before
    FROM core.alerts a
    JOIN core.subscriptions s ON s.id = a.subscription_id
    JOIN core.topics t ON t.id = a.topic_id
    JOIN core.matches m ON m.release_id = a.release_id AND m.revision = a.revision AND m.topic_id = a.topic_id
    JOIN core.releases r ON r.id = a.release_id
    JOIN core.revisions v ON v.release_id = a.release_id AND v.revision = a.revision
    WHERE a.id = ANY(:ids) ORDER BY a.id
""")
_TELLS = text("UPDATE core.alerts SET message_id = :message_id WHERE id = :id")
_FOLLOW = text("""
    UPDATE core.alerts a SET message_id = head.message_id FROM core.alerts head
    WHERE a.id = ANY(:ids) AND head.id = a.folded_into
""")
_HOLD = text("""
    UPDATE core.alerts SET state = 'held', message_id = NULL, telling = :telling, reason = :reason WHERE id = :id
""").bindparams(bindparam("telling", type_=JSON))
_RING = text("UPDATE core.endpoints SET ring_at = now(), rings = 0 WHERE id = ANY(:ids)")


def _telling(row: Row[Any], story: Story) -> Telling:
    published_or_revised: ReleaseEvent = "release.revised" if row.told_before else "release.published"
    return Telling(
        event="release.withdrawn" if row.is_withdrawal else published_or_revised,
        at=row.matched_at,
        topic=TopicFacts(str(row.topic_id), row.name, row.query, row.topic_version),
        release=ReleaseFacts(
            id=str(row.release_id),
            url=masked_url(row.url) if row.url else None,
            title=row.title,
            summary=row.summary,
            language=row.language,
            dateline=row.dateline,
            publisher=row.publisher,
            published_at=row.published_at,
            revision=row.revision,
            embargo_until=row.embargo_until,
        ),
        evidence=None if row.evidence is None else tuple(Evidence(**piece) for piece in row.evidence),
        snippet=row.snippet,
        changes=Changes(**row.changes) if row.changes else None,
        story_id=story.id,
        translations=story.translations,
        withdrawn=Withdrawn(row.made_at, row.withdrawn_reason) if row.is_withdrawal else None,
    )


def _ring(
    connection: Connection, rows: Sequence[Row[Any]], tellings: Mapping[UUID, Telling], now: datetime
) -> None:
    if not rows:
        return
    messages = [
        NewMessage(
            row.subscription_id,
            row.endpoint_id,
            tellings[row.id].event,
            row.format,
            partial(build_payload, tellings[row.id]),
            row.ttl,
        )
        for row in rows
    ]
    ids = add_messages(connection, messages, now)
    connection.execute(_TELLS, [{"id": row.id, "message_id": i} for row, i in zip(rows, ids, strict=True)])
    connection.execute(_RING, {"ids": sorted({row.endpoint_id for row in rows})})


def _hold(
    connection: Connection, rows: Sequence[Row[Any]], tellings: Mapping[UUID, Telling], now: datetime
) -> None:
    held = [
        {"id": row.id, "telling": held_body(tellings[row.id]), "reason": row.reason or "told anew"}
        for row in rows
    ]
    if held:
        connection.execute(_HOLD, held)
    mark_holding(connection, {row.subscription_id: now for row in rows})
