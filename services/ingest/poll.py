"""Hops 2 and 3 for one feed: fetch, see what is new, and say what happened and when to come back."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from random import random

from shared.clock import now
from shared.domain.answer import Answer, Answered
from shared.domain.feed_move import Move, judge_move
from shared.domain.novelty import Novelty, SeenItems, gap_between, judge_novelty, remember
from shared.domain.polling import (
    ANSWERED_WELL,
    DocumentFacts,
    Judged,
    PollFacts,
    fresh_for,
    judge_answer,
    judge_document,
    may_ask_conditionally,
    next_poll,
)
from shared.domain.retry_after import asked_wait
from shared.domain.url import host_of
from shared.errors import DocumentError
from shared.http import FetchRequest, GuardedClient, fetch
from shared.store.feeds import FeedToPoll
from shared.store.polls import FeedCursor, NewFetch, NewGap, PollRecord

CHANGES_REMEMBERED = 30
NO_MOVE = Move(None, 0, None)


@dataclass(frozen=True, slots=True)
class PollBounds:
    """Between which distances feeds are polled, and how long one poll may take."""

    poll_min: timedelta
    poll_max: timedelta
    timeout_seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class _Reading:
    """A document that was read: what is new in it, and the digest of its bytes."""

    facts: DocumentFacts
    body_digest: bytes
    novelty: Novelty | None = None


async def poll_feed(client: GuardedClient, feed: FeedToPoll, bounds: PollBounds) -> PollRecord:
    """Poll one feed once; whatever the server does comes back as a record with its outcome."""
    started_at = now()
    conditional = may_ask_conditionally(feed.full_fetch_at, started_at)
    answer = await fetch(
        client,
        FetchRequest(
            feed.url,
            etag=(conditional and feed.etag) or "",
            last_modified=(conditional and feed.last_modified) or "",
            timeout_seconds=bounds.timeout_seconds,
        ),
    )
    judged = judge_answer(answer, now(), conditional=conditional)
    if judged is None and isinstance(answer, Answered):
        reading = await asyncio.to_thread(_read, feed, answer)
        return _record_document(feed, bounds, started_at, answer, reading)
    assert judged is not None  # noqa: S101 - judge_answer is None for an answer with a body only
    return _record(feed, bounds, started_at, answer, judged, NO_MOVE)


def _read(feed: FeedToPoll, answer: Answered) -> _Reading:
    digest = blake2b(answer.body, digest_size=16).digest()
    if digest == feed.body_digest:
        return _Reading(DocumentFacts(same_bytes=True, entries=feed.item_count), digest)
    seen = SeenItems.from_bytes(feed.seen_items)
    content_type = answer.headers.get("content-type") or None
    try:
        novelty = judge_novelty(answer.body, answer.url, content_type, seen, feed.trusts_guids)
    except DocumentError as error:
        return _Reading(DocumentFacts(fault="not_a_feed", reason=str(error)), digest)
    parsed = novelty.parsed
    if parsed is not None and not parsed.entries and not parsed.well_formed:
        return _Reading(
            DocumentFacts(fault="broken", reason=parsed.detail or "no entry could be read"), digest
        )
    return _Reading(DocumentFacts(entries=len(novelty.items), new=len(novelty.new)), digest, novelty)


def _record_document(
    feed: FeedToPoll, bounds: PollBounds, started_at: datetime, answer: Answered, reading: _Reading
) -> PollRecord:
    good = reading.facts.fault is None
    move = judge_move(feed.moved_to, feed.moved_times, answer.moved_to if good else None)
    judged = judge_document(reading.facts, moved_to=move.new_url)
    return _record(feed, bounds, started_at, answer, judged, move, reading)


def _record(
    feed: FeedToPoll,
    bounds: PollBounds,
    started_at: datetime,
    answer: Answer,
    judged: Judged,
    move: Move,
    reading: _Reading | None = None,
) -> PollRecord:
    answered = answer if isinstance(answer, Answered) else None
    novelty = reading.novelty if reading else None
    gap = _gap(feed, novelty, started_at) if novelty else None
    changes = _changes(feed, novelty, started_at)
    failures = 0 if judged.outcome in ANSWERED_WELL else feed.failures + 1
    return PollRecord(
        feed_id=feed.id,
        lease=feed.lease,
        host=feed.host,
        started_at=started_at,
        outcome=judged.outcome,
        status=answered.status if answered else None,
        ms=answer.ms,
        bytes=answered.wire_bytes if answered else 0,
        detail=judged.detail,
        entries=reading.facts.entries if reading else 0,
        new_entries=reading.facts.new if reading else 0,
        overlap=novelty.overlap if novelty else 0,
        failures=failures,
        state="gone" if judged.outcome == "gone" else "active",
        next_poll_at=_next_poll(feed, bounds, answered, judged, failures, changes, gap),
        own_network=answered.own_network if answered else None,
        new_url=move.new_url,
        new_host=host_of(move.new_url) if move.new_url else None,
        moved_to=move.to,
        moved_times=move.times,
        cursor=_cursor(feed, answered, reading, changes) if answered and reading else None,
        fetch=_new_fetch(feed, answered, novelty) if answered and novelty and novelty.new else None,
        gap=gap,
    )


def _gap(feed: FeedToPoll, novelty: Novelty, at: datetime) -> NewGap | None:
    seen = SeenItems.from_bytes(feed.seen_items)
    if feed.last_polled_at is None or not gap_between(seen, novelty):
        return None
    reason = f"none of the {len(novelty.items)} items was known: others may have come and gone between"
    return NewGap(feed.last_polled_at, at, reason)


def _changes(feed: FeedToPoll, novelty: Novelty | None, at: datetime) -> tuple[datetime, ...]:
    if not (novelty and novelty.new):
        return feed.recent_changes
    return (*feed.recent_changes, at)[-CHANGES_REMEMBERED:]


def _next_poll(
    feed: FeedToPoll,
    bounds: PollBounds,
    answered: Answered | None,
    judged: Judged,
    failures: int,
    changes: tuple[datetime, ...],
    gap: NewGap | None,
) -> datetime:
    at = now()
    facts = PollFacts(
        outcome=judged.outcome,
        poll_min=bounds.poll_min,
        poll_max=bounds.poll_max,
        failures=failures,
        changed_at=changes,
        added_at=feed.created_at,
        wait=asked_wait(answered.headers, at) if answered else None,
        fresh_for=fresh_for(answered.headers, at) if answered else None,
        gap=gap is not None,
    )
    return next_poll(facts, at, random())  # noqa: S311 - jitter, no secret


def _cursor(
    feed: FeedToPoll, answered: Answered, reading: _Reading, changes: tuple[datetime, ...]
) -> FeedCursor | None:
    """Move the cursor past bytes that are stored or known; a faulty document moves nothing."""
    if reading.facts.fault:
        return None
    seen = SeenItems.from_bytes(feed.seen_items)
    remembered = remember(seen, reading.novelty).to_bytes() if reading.novelty else feed.seen_items
    return FeedCursor(
        etag=answered.headers.get("etag") or None,
        last_modified=answered.headers.get("last-modified") or None,
        body_digest=reading.body_digest,
        seen_items=remembered,
        item_count=reading.facts.entries,
        recent_changes=changes,
    )


def _new_fetch(feed: FeedToPoll, answered: Answered, novelty: Novelty) -> NewFetch:
    return NewFetch(
        url=answered.url,
        content_type=answered.headers.get("content-type") or None,
        document=novelty.document,
        positions=novelty.positions,
        expected_entries=len(novelty.new),
        backlog=feed.starts_quiet,
    )
