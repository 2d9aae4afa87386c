"""Of a round of attempts at one endpoint: what becomes of each message, and of the endpoint."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from shared.domain.alerts.delivery import (
    Verdict,
    counts_against_message,
    endpoint_pause,
    next_attempt,
    probe_of_disabled,
)

MessageWord = Literal["pending", "delivered", "accepted", "dead"]
EndpointWord = Literal["active", "paused", "disabled"]


# So many good rounds, and an endpoint's concurrency is its own again, however large it is.
RAMPED_UP = 20


@dataclass(frozen=True, slots=True)
class MessageState:
    """A message between attempts: all its `attempts`, and the `refusals` that count to its ten.

    `suspect` marks one whose last answer was a 5xx: whether it or its endpoint is to blame is not known yet.
    `due_at` is its next attempt as it was claimed: where that is another by now, it was replayed meanwhile.
    """

    id: UUID
    state: MessageWord = "pending"
    reason: str = ""
    attempts: int = 0
    refusals: int = 0
    suspect: bool = False
    next_attempt_at: datetime | None = None
    told_at: datetime | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class EndpointState:
    """An endpoint between rounds: how many failed running, since when, and how long it is left alone.

    `good_rounds` since its last pause say how far its sends have ramped up again; one that was `disabled` for its
    failures has a pause too, until its next probe. Where another `owed_before` is stored when the round ends, a
    person enabled it meanwhile.
    """

    id: UUID
    lease: UUID
    state: EndpointWord = "active"
    reason: str = ""
    paused_until: datetime | None = None
    failures: int = 0
    failing_since: datetime | None = None
    good_rounds: int = RAMPED_UP
    owed_before: UUID | None = None


@dataclass(frozen=True, slots=True)
class Attempted:
    """One attempt that was made, and what it came to."""

    message: MessageState
    verdict: Verdict


def settle_round(
    endpoint: EndpointState,
    attempted: Sequence[Attempted],
    suspects: Sequence[MessageState],
    now: datetime,
    jitter: float,
) -> tuple[EndpointState, tuple[MessageState, ...]]:
    """Decide what a round leaves: the endpoint, and every message that it changes.

    A failure of the endpoint (it cannot be reached, or answers 429 or 5xx) pauses it and uses up no message.
    Where another message gets through, a 5xx was the message's own: it is counted, as are earlier `suspects`.
    """
    works = any(one.verdict.outcome in {"delivered", "accepted"} for one in attempted)
    messages = [_after(one, works, now, jitter) for one in attempted]
    tried = {one.message.id for one in attempted}
    if works:
        messages += [_count_refusal(s, s.reason, now, jitter) for s in suspects if s.id not in tried]
    state = _endpoint_after(endpoint, attempted, works, now, jitter)
    if state.paused_until and state.failures > 1 and _may_be_poison(attempted, suspects):
        # It alone waits by the schedule: the next other message shows which of the two is to blame.
        messages = [replace(message, next_attempt_at=state.paused_until) for message in messages]
        state = replace(state, paused_until=min(state.paused_until, endpoint_pause(1, None, now, jitter)))
    return state, tuple(messages)


def _may_be_poison(attempted: Sequence[Attempted], suspects: Sequence[MessageState]) -> bool:
    """Tell whether one message alone ever had this 5xx, and nobody named a wait."""
    blamed = {one.message.id for one in attempted} | {suspect.id for suspect in suspects}
    return len(blamed) == 1 and all(
        one.verdict.message_may_be_why and one.verdict.wait is None for one in attempted
    )


def _after(one: Attempted, works: bool, now: datetime, jitter: float) -> MessageState:
    verdict = one.verdict
    message = replace(one.message, reason=verdict.reason, next_attempt_at=now)
    if verdict.outcome == "no_attempt":
        return message
    message = replace(message, attempts=message.attempts + 1)
    if verdict.outcome in {"delivered", "accepted"}:
        word: MessageWord = "accepted" if verdict.outcome == "accepted" else "delivered"
        return replace(message, state=word, suspect=False, next_attempt_at=None, told_at=now)
    if verdict.gives_up:
        return replace(message, state="dead", next_attempt_at=None)
    if counts_against_message(verdict, works):
        return _count_refusal(message, verdict.reason, now, jitter)
    return replace(message, suspect=verdict.message_may_be_why)


def _count_refusal(message: MessageState, reason: str, now: datetime, jitter: float) -> MessageState:
    refusals = message.refusals + 1
    again = next_attempt(refusals, now, jitter)
    return replace(
        message,
        state="pending" if again else "dead",
        reason=reason if again else f"given up after {refusals} attempts: {reason}",
        refusals=refusals,
        suspect=False,
        next_attempt_at=again,
    )


def _endpoint_after(
    endpoint: EndpointState, attempted: Sequence[Attempted], works: bool, now: datetime, jitter: float
) -> EndpointState:
    healthy = replace(
        endpoint,
        state="active",
        reason="",
        paused_until=None,
        failures=0,
        failing_since=None,
        good_rounds=min(endpoint.good_rounds + 1, RAMPED_UP),
    )
    disabling = next((one.verdict for one in attempted if one.verdict.disables), None)
    if disabling:
        return replace(
            endpoint, state="disabled", reason=disabling.reason, paused_until=None, failing_since=None
        )
    failed = [one.verdict for one in attempted if _stops_endpoint(one.verdict, works)]
    if not failed:
        return _rested(healthy, attempted, now) if attempted else endpoint
    return _failed(healthy if works else endpoint, failed, _longest_wait(attempted), now, jitter)


def _failed(
    endpoint: EndpointState, failed: Sequence[Verdict], wait: timedelta | None, now: datetime, jitter: float
) -> EndpointState:
    failures = endpoint.failures + 1
    limited = all(verdict.wait is not None and not verdict.message_may_be_why for verdict in failed)
    pause = endpoint_pause(failures, wait, now, jitter, limited=limited)
    disabled = endpoint.state == "disabled"
    return replace(
        endpoint,
        state="disabled" if disabled else "paused",
        reason=endpoint.reason if disabled else failed[0].reason,
        paused_until=max(pause, probe_of_disabled(now, jitter)) if disabled else pause,
        failures=failures,
        failing_since=endpoint.failing_since or now,
        good_rounds=0,
    )


def _rested(healthy: EndpointState, attempted: Sequence[Attempted], now: datetime) -> EndpointState:
    """Leave a healthy endpoint alone for as long as it asked when it took a message; no failure is counted."""
    wait = _longest_wait(attempted)
    if wait is None:
        return healthy
    return replace(healthy, state="paused", reason="its rate is used up", paused_until=now + wait)


def _longest_wait(attempted: Sequence[Attempted]) -> timedelta | None:
    return max((one.verdict.wait for one in attempted if one.verdict.wait), default=None)


def _stops_endpoint(verdict: Verdict, works: bool) -> bool:
    if verdict.outcome == "no_attempt":
        return True
    blamed_on_message = verdict.message_may_be_why and works and verdict.wait is None
    return verdict.outcome == "endpoint_down" and not blamed_on_message
