"""Hops 2 and 3 for one feed: fetch, see what is new, and say what happened and when to come back."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from random import random

from services.ingest.pace import Pace, PollBounds, learn_pace, pace_before
from services.ingest.reading import Reading, read_document
from shared.clock import now
from shared.domain.polling.freshness import fresh_for
from shared.domain.polling.novelty import Novelty, SeenItems, remember
from shared.domain.polling.polling import Judged, answered_well, judge_answer, judge_document
from shared.domain.polling.schedule import FeedState, PollFacts, feed_state, missing_since, next_poll
from shared.domain.web.answer import Answer, Answered, Unanswered
from shared.domain.web.conditions import (
    Validators,
    doubt_after_answer,
    doubt_after_probe,
    doubt_after_refusal,
    full_fetch_due,
    validators_of,
)
from shared.domain.web.feed_move import Move, chain_words, judge_move, may_move, move_words
from shared.domain.web.retry_after import asked_wait
from shared.domain.web.url import host_of
from shared.http import FEED_BYTES, FetchRequest, GuardedClient, Way, fetch
from shared.store.feeds import FeedToPoll
from shared.store.polls import FailingBody, FeedCursor, NewFetch, PollRecord

MOST_KEPT_OF_A_FAILURE = 64_000
_LONGEST_DETAIL = 2_000


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One poll: what was asked, with which validators, and what came back."""

    feed: FeedToPoll
    bounds: PollBounds
    started_at: datetime
    sent: Validators
    answer: Answer

    @property
    def answered(self) -> Answered | None:
        return self.answer if isinstance(self.answer, Answered) else None


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What a poll came to: its outcome, the feed's move, what was read, and whether 304s are believed."""

    judged: Judged
    move: Move
    reading: Reading | None = None
    doubt: str = ""


async def poll_feed(client: GuardedClient, feed: FeedToPoll, bounds: PollBounds) -> PollRecord:
    """Poll one feed once; whatever the server does comes back as a record with its outcome."""
    started_at = now()
    bounds = _own_bounds(feed, bounds)
    sent = _validators(feed) if _may_ask_conditionally(feed, started_at) else Validators()
    answer = await fetch(client, _request(feed, bounds, sent))
    attempt = _Attempt(feed, bounds, started_at, sent, answer)
    judged = judge_answer(answer, now(), conditional=bool(sent))
    if judged:
        doubt = doubt_after_refusal(sent, answer.status) if isinstance(answer, Answered) else ""
        return _record(attempt, _Verdict(judged, _move(attempt, judged), doubt=doubt))
    assert isinstance(answer, Answered)  # noqa: S101 - judge_answer is None for an answer with a body only
    reading = await asyncio.to_thread(read_document, feed, answer)
    doubt = await _doubt(client, attempt, answer, reading)
    move = _move(attempt, judge_document(reading.facts))
    return _record(
        attempt, _Verdict(judge_document(reading.facts, moved_to=move.new_url), move, reading, doubt)
    )


def _own_bounds(feed: FeedToPoll, bounds: PollBounds) -> PollBounds:
    own = feed.options
    least = timedelta(seconds=own.poll_min_seconds) if own.poll_min_seconds else bounds.poll_min
    most = timedelta(seconds=own.poll_max_seconds) if own.poll_max_seconds else max(bounds.poll_max, least)
    return PollBounds(min(least, most), most, own.timeout_seconds or bounds.timeout_seconds)


def _validators(feed: FeedToPoll) -> Validators:
    return Validators(feed.etag or "", feed.last_modified or "")


def _may_ask_conditionally(feed: FeedToPoll, at: datetime) -> bool:
    # The same share at every poll until the next full fetch; other feeds have others.
    seed = blake2b(f"{feed.id} {feed.full_fetch_at}".encode(), digest_size=4).digest()
    share = int.from_bytes(seed, "big") / 2**32
    return not feed.conditions_off and not full_fetch_due(feed.full_fetch_at, at, share)


def _request(feed: FeedToPoll, bounds: PollBounds, validators: Validators) -> FetchRequest:
    own = feed.options
    return FetchRequest(
        feed.url,
        etag=validators.etag,
        last_modified=validators.last_modified,
        headers=own.headers,
        cookies=own.cookies,
        user_agent=own.user_agent,
        max_bytes=own.max_bytes or FEED_BYTES,
        timeout_seconds=bounds.timeout_seconds,
        way=Way(own.proxy, own.http == "2", own.trust),
    )


async def _doubt(client: GuardedClient, attempt: _Attempt, answer: Answered, reading: Reading) -> str:
    """Find out whether the server's 304s are wrong: at once by its ETag, or by asking with the old validators.

    The second request is sent only where a full fetch found what the last 304 had denied: once or twice a day.
    """
    feed, new = attempt.feed, reading.facts.new
    received = validators_of(answer.headers, attempt.started_at)
    if doubt := doubt_after_answer(attempt.sent, received, new):
        return doubt
    known = _validators(feed)
    if attempt.sent or feed.conditions_off or not (known and new and feed.last_outcome == "not_modified"):
        return ""
    probe = await fetch(client, _request(feed, attempt.bounds, known))
    return doubt_after_probe(known, probe.status, new) if isinstance(probe, Answered) else ""


def _move(attempt: _Attempt, judged: Judged) -> Move:
    """Count a permanent redirect; a poll that failed says nothing of the address, either way."""
    feed, answered = attempt.feed, attempt.answered
    if answered is None or not answered_well(judged.outcome, conditional=bool(attempt.sent)):
        return Move(feed.moved_to, feed.moved_times, None)
    private = feed.options.has_secrets
    moved_to = answered.moved_to if may_move(feed.url, answered.moved_to, private=private) else None
    return judge_move(feed.moved_to, feed.moved_times, moved_to)


def _record(attempt: _Attempt, verdict: _Verdict) -> PollRecord:
    feed, answered, reading, move = attempt.feed, attempt.answered, verdict.reading, verdict.move
    judged, novelty = verdict.judged, reading.novelty if reading else None
    pace = pace_before(feed)
    if reading and novelty:
        pace = learn_pace(feed, pace, novelty, reading.hints, attempt.started_at)
    failures = _failures(attempt, judged)
    missing = missing_since(feed.missing_since, answered.status if answered else None, attempt.started_at)
    state = feed_state(judged.outcome, missing, feed.state, attempt.started_at)
    return PollRecord(
        feed_id=feed.id,
        lease=feed.lease,
        host=feed.host,
        started_at=attempt.started_at,
        outcome=judged.outcome,
        status=answered.status if answered else None,
        ms=attempt.answer.ms,
        bytes=answered.wire_bytes if answered else 0,
        detail=_detail(answered, verdict),
        entries=reading.facts.entries if reading else 0,
        new_entries=reading.facts.new if reading else 0,
        overlap=novelty.overlap if novelty else 0,
        failures=failures,
        state=state,
        missing_since=missing,
        wait=_asked_wait(answered, judged),
        next_poll_at=_next_poll(attempt, judged, failures, state, pace),
        own_network=answered.own_network if answered else None,
        new_url=move.new_url,
        new_host=host_of(move.new_url) if move.new_url else None,
        moved_to=move.to,
        moved_times=move.times,
        cursor=_cursor(attempt, answered, reading, pace) if answered and reading else None,
        fetch=_new_fetch(feed, answered, novelty) if answered and novelty and novelty.new else None,
        gap=pace.gap,
        learnt=pace.learnt,
        failing_body=_failing_body(answered) if answered and failures else None,
        conditions_off=verdict.doubt,
    )


def _asked_wait(answered: Answered | None, judged: Judged) -> timedelta | None:
    limited = answered is not None and judged.outcome == "rate_limited"
    return asked_wait(answered.headers, now()) if answered and limited else None


def _failures(attempt: _Attempt, judged: Judged) -> int:
    if answered_well(judged.outcome, conditional=bool(attempt.sent)):
        return 0
    ours = isinstance(attempt.answer, Unanswered) and attempt.answer.ours
    return attempt.feed.failures + (not ours)


def _detail(answered: Answered | None, verdict: _Verdict) -> str:
    way = chain_words(answered.hops, answered.url) if answered else ""
    doubt = f"{verdict.doubt}: from now on it is asked in full" if verdict.doubt else ""
    parsed = verdict.reading.novelty.parsed if verdict.reading and verdict.reading.novelty else None
    complaint, move = parsed.detail if parsed else "", move_words(verdict.move) if way else ""
    note = verdict.reading.note if verdict.reading else ""
    parts = (verdict.judged.detail, note, complaint, way, move, doubt)
    return "; ".join(part for part in parts if part)[:_LONGEST_DETAIL]


def _next_poll(attempt: _Attempt, judged: Judged, failures: int, state: FeedState, pace: Pace) -> datetime:
    at, answered, feed = now(), attempt.answered, attempt.feed
    facts = PollFacts(
        outcome=judged.outcome,
        poll_min=attempt.bounds.poll_min,
        poll_max=attempt.bounds.poll_max,
        failures=failures,
        wait=asked_wait(answered.headers, at) if answered else None,
        fresh_for=fresh_for(answered.headers, at) if answered else None,
        state=state,
        changed_at=pace.changes,
        added_at=feed.created_at,
        gap=pace.gap is not None,
        rhythm=pace.rhythm,
        entries=pace.entries or feed.item_count,
        new=pace.new,
        elapsed=at - feed.last_polled_at if feed.last_polled_at else None,
        hints=pace.hints,
    )
    return next_poll(facts, at, random())  # noqa: S311 - jitter, no secret


def _cursor(attempt: _Attempt, answered: Answered, reading: Reading, pace: Pace) -> FeedCursor | None:
    """Move the cursor past bytes that are stored or known; a faulty document moves nothing."""
    if reading.facts.fault:
        return None
    validators = validators_of(answered.headers, attempt.started_at)
    return FeedCursor(
        etag=validators.etag or None,
        last_modified=validators.last_modified or None,
        body_digest=reading.body_digest,
        seen_items=_remembered(attempt.feed, reading.novelty),
        item_count=reading.facts.entries,
        recent_changes=pace.changes,
        every_minutes=pace.hints.every_minutes,
        skip_hours=pace.hints.skip_hours,
        skip_days=pace.hints.skip_days,
        page_layout=reading.layout,
    )


def _remembered(feed: FeedToPoll, novelty: Novelty | None) -> bytes:
    if novelty is None:
        return feed.seen_items
    seen = SeenItems.from_bytes(feed.seen_items)
    return remember(seen, novelty, all_that_fit=bool(feed.page)).to_bytes()


def _new_fetch(feed: FeedToPoll, answered: Answered, novelty: Novelty) -> NewFetch:
    return NewFetch(
        url=answered.url,
        content_type=answered.headers.get("content-type") or None,
        document=novelty.document,
        positions=novelty.positions,
        expected_entries=len(novelty.new),
        backlog=feed.starts_quiet,
    )


def _failing_body(answered: Answered) -> FailingBody | None:
    if not answered.body:
        return None
    content_type = answered.headers.get("content-type") or None
    return FailingBody(answered.url, content_type, answered.body[:MOST_KEPT_OF_A_FAILURE], len(answered.body))
