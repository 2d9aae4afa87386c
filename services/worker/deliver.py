"""Hop 10: due endpoints are claimed with their oldest messages, posted to, and recorded."""

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import random
from uuid import UUID

from shared.clock import now
from shared.domain.alerts.delivery import Verdict, clock_skew, judge_delivery
from shared.domain.alerts.delivery_round import Attempted, settle_round
from shared.domain.alerts.signing import signed_headers
from shared.domain.web.answer import Answer, Answered, Unanswered
from shared.domain.web.retry_after import LONGEST_WAIT
from shared.errors import ServiceError, SettingsError
from shared.http import GuardedClient, PostRequest, post
from shared.logs import get_log
from shared.store.database import Database, read_clock
from shared.store.endpoints import (
    DeliveryRecord,
    DueEndpoint,
    DueMessage,
    claim_due_endpoints,
    list_suspects,
    mark_clock_ahead,
    mark_endpoint_waiting,
    record_deliveries,
)
from shared.store.presence import Presence

CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 15.0
# A round starts no post after this long: what is sent and not recorded, were we killed, is sent again. A lease of
# the two together and as much again is never outlived.
ROUND_SECONDS = 1.0
LEASE_SECONDS = 2 * (TOTAL_SECONDS + ROUND_SECONDS)
MOST_MESSAGES = 50
# One endpoint is served round after round for so long, then the bell is asked for the rest.
SERVE_SECONDS = 15.0
_ANSWER_KEPT = 1_000
_RECORD_AGAIN_SECONDS = 0.5

log = get_log("deliver")


@dataclass(frozen=True, slots=True)
class Sent:
    """One post that was made and recorded."""

    message_id: UUID
    outcome: str
    ms: int

    @property
    def told(self) -> bool:
        """Say whether the message was taken."""
        return self.outcome in {"delivered", "accepted"}


@dataclass(slots=True)
class Delivered:
    """What one call did: the posts, and the endpoints that have more due at once."""

    sent: list[Sent] = field(default_factory=list)
    more: list[UUID] = field(default_factory=list)

    @property
    def told(self) -> int:
        """Count the messages that were taken."""
        return sum(one.told for one in self.sent)


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One POST that was made: the message, when, the answer and its verdict."""

    message: DueMessage
    started_at: datetime
    answer: Answer
    verdict: Verdict


def check_lease(lease_seconds: float = LEASE_SECONDS, total_seconds: float = TOTAL_SECONDS) -> None:
    """Refuse to start where a lease could end during a request: its message would be sent twice.

    svix-webhooks #2315 is what comes of it. Raises SettingsError.
    """
    if lease_seconds < 2 * total_seconds:
        raise SettingsError(
            "the lease", f"of {lease_seconds:g} s is shorter than two requests of {total_seconds:g} s"
        )


@dataclass(slots=True)
class _Pace:
    """When an endpoint's rate allows the next post to start; `interval` seconds lie between two."""

    interval: float
    next_at: float = 0.0

    def count(self) -> None:
        self.next_at = max(time.monotonic(), self.next_at) + self.interval

    def seconds_to_next(self) -> float:
        return max(self.next_at - time.monotonic(), 0.0)


@dataclass(slots=True)
class _Round:
    """The posts of one round; `stopped` once an answer allowed no further one."""

    pace: _Pace
    attempts: list[_Attempt] = field(default_factory=list)
    stopped: bool = False


async def deliver_endpoints(
    database: Database, presence: Presence, client: GuardedClient, endpoint_ids: Sequence[UUID]
) -> Delivered:
    """Send what is due to those of the endpoints that are ours to send to; none waits for another."""
    claimed = await asyncio.to_thread(_claim, database, presence, endpoint_ids)
    served = (_serve(database, presence, client, endpoint) for endpoint in claimed)
    done = Delivered()
    for endpoint, result in zip(claimed, await asyncio.gather(*served, return_exceptions=True), strict=True):
        if isinstance(result, BaseException):
            log.error("round not recorded", endpoint_id=str(endpoint.state.id), exc_info=result)
            continue
        sent, more = result
        done.sent += sent
        done.more += [endpoint.state.id] if more else []
    return done


def _claim(database: Database, presence: Presence, endpoint_ids: Sequence[UUID]) -> list[DueEndpoint]:
    with database.begin() as transaction:
        return claim_due_endpoints(
            transaction,
            endpoint_ids,
            presence.lease(LEASE_SECONDS),
            most_messages=MOST_MESSAGES,
            round_seconds=ROUND_SECONDS,
        )


async def _serve(
    database: Database, presence: Presence, client: GuardedClient, endpoint: DueEndpoint
) -> tuple[list[Sent], bool]:
    """Serve one endpoint round after round, each claimed and recorded; give the posts, and if more is due."""
    ends_at, posts = time.monotonic() + SERVE_SECONDS, list[Sent]()
    while True:
        sent = await _post_round(database, client, endpoint)
        more = await _record_for_certain(database, endpoint, sent)
        posts += [Sent(a.message.state.id, a.verdict.outcome, a.answer.ms) for a in sent.attempts]
        if not more or time.monotonic() > ends_at:
            return posts, more
        await asyncio.sleep(sent.pace.seconds_to_next())
        again = await asyncio.to_thread(_claim, database, presence, [endpoint.state.id])
        if not again:
            return posts, False
        (endpoint,) = again


async def _record_for_certain(database: Database, endpoint: DueEndpoint, sent: _Round) -> bool:
    """Record a round; a database that is away is asked again, for what is not recorded is sent once more."""
    gives_up_at = time.monotonic() + LEASE_SECONDS
    while True:
        try:
            return await asyncio.to_thread(_record, database, endpoint, sent)
        except ServiceError:
            if time.monotonic() > gives_up_at:
                raise
            await asyncio.sleep(_RECORD_AGAIN_SECONDS)


async def _post_round(database: Database, client: GuardedClient, endpoint: DueEndpoint) -> _Round:
    """Post the messages in their order; after an answer that stops the endpoint no further one is started."""
    sent = _Round(_Pace(1 / endpoint.rate if endpoint.rate else 0.0))
    waiting = deque(endpoint.messages)
    closes_at = time.monotonic() + ROUND_SECONDS
    turn = asyncio.Lock()

    async def take() -> DueMessage | None:
        async with turn:
            if waiting:
                await asyncio.sleep(sent.pace.seconds_to_next())
            if not waiting or sent.stopped or time.monotonic() > closes_at:
                return None
            sent.pace.count()
            return waiting.popleft()

    async def send_in_turn() -> None:
        while message := await take():
            attempt = await _attempt(client, endpoint, message)
            sent.attempts.append(attempt)
            sent.stopped = sent.stopped or _stops(attempt.verdict)
            if attempt.verdict.wait:
                await asyncio.to_thread(
                    _note_wait, database, endpoint, attempt.verdict.reason, attempt.verdict.wait
                )

    await asyncio.gather(*(send_in_turn() for _ in range(endpoint.concurrency)))
    return sent


def _note_wait(database: Database, endpoint: DueEndpoint, reason: str, wait: timedelta) -> None:
    """Write down at once that an endpoint asked to wait: were we killed, nobody knew before its round is recorded."""
    try:
        with database.begin() as transaction:
            mark_endpoint_waiting(transaction, endpoint.state.id, reason, min(wait, LONGEST_WAIT))
    except ServiceError as error:
        log.warning("pause not noted yet", endpoint_id=str(endpoint.state.id), error=str(error))


def _stops(verdict: Verdict) -> bool:
    asked_to_wait = verdict.wait is not None
    return verdict.disables or asked_to_wait or verdict.outcome in {"endpoint_down", "gone", "no_attempt"}


async def _attempt(client: GuardedClient, endpoint: DueEndpoint, message: DueMessage) -> _Attempt:
    started_at = now()
    try:
        answer = await post(client, build_attempt(endpoint, message, started_at))
    except SettingsError as error:
        answer = Unanswered("refused", f"could not be sent: {error}", 0, ours=True)
    except Exception as error:  # a loop's edge: unsent for a reason of ours, and the endpoint waits
        log.exception("could not be sent", endpoint_id=str(endpoint.state.id))
        answer = Unanswered("refused", f"could not be sent: {type(error).__name__}: {error}", 0, ours=True)
    verdict = judge_delivery(answer, now(), message.door)
    if verdict.outcome != "delivered":
        log.info(
            "not delivered",
            message_id=str(message.state.id),
            endpoint_id=str(endpoint.state.id),
            outcome=verdict.outcome,
            reason=verdict.reason,
        )
    return _Attempt(message, started_at, answer, verdict)


def build_attempt(endpoint: DueEndpoint, message: DueMessage, at: datetime) -> PostRequest:
    """Build the request of any attempt: the same id and bytes, signed anew, for receivers check the time."""
    headers = signed_headers(endpoint.secrets, message.webhook_id, int(at.timestamp()), message.payload)
    return PostRequest(
        url=endpoint.url,
        headers=(("content-type", "application/json"), *headers),
        body=message.payload,
        connect_timeout=CONNECT_SECONDS,
        timeout=TOTAL_SECONDS,
    )


def _record(database: Database, endpoint: DueEndpoint, sent: _Round) -> bool:
    attempts = sent.attempts
    with database.begin() as transaction:
        suspects = list_suspects(transaction, endpoint.state.id)
        attempted = [Attempted(one.message.state, one.verdict) for one in attempts]
        at = read_clock(transaction)
        state, messages = settle_round(endpoint.state, attempted, suspects, at, random())  # noqa: S311 - jitter
        rows = [_delivery_row(endpoint, one) for one in attempts]
        next_send_in = sent.pace.seconds_to_next()
        more = record_deliveries(transaction, state, rows, messages, next_send_in=next_send_in)
        # Last: whoever replays locks messages before their endpoint.
        mark_clock_ahead(transaction, endpoint.state.id, _clock_ahead(attempts))
        return more


def _clock_ahead(attempts: Sequence[_Attempt]) -> timedelta | None:
    """Tell by how much the receiver's clock differs: it distrusts what is signed minutes from its own time."""
    skews = (clock_skew(a.answer, a.started_at + timedelta(milliseconds=a.answer.ms)) for a in attempts)
    return next((skew for skew in skews if skew), None)


def _delivery_row(endpoint: DueEndpoint, one: _Attempt) -> DeliveryRecord:
    answered = one.answer if isinstance(one.answer, Answered) else None
    good = one.verdict.outcome in {"delivered", "accepted"}
    return DeliveryRecord(
        message_id=one.message.state.id,
        endpoint_id=endpoint.state.id,
        attempt=one.message.state.attempts + 1,
        started_at=one.started_at,
        outcome=one.verdict.outcome,
        status=answered.status if answered else None,
        ms=one.answer.ms,
        error="" if good else one.verdict.reason,
        answer=_readable(answered.body) if answered else "",
    )


def _readable(body: bytes) -> str:
    return body[:_ANSWER_KEPT].decode("utf-8", "replace").replace("\x00", "�")
