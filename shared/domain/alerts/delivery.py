"""Of one attempt at a message: what it came to, when the next is due, and what it means for the endpoint."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Literal

from shared.domain.alerts.door_answers import Door, Meant, read_door_answer
from shared.domain.web.answer import Answer, Answered, Unanswered
from shared.domain.web.retry_after import LONGEST_WAIT, asked_wait, parse_http_date

DeliveryOutcome = Literal["delivered", "accepted", "refused", "endpoint_down", "gone", "no_attempt"]

# Standard Webhooks 1.0, "deliverability": ten attempts over about 75 hours.
RETRY_SCHEDULE = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)

_LONGEST_DOUBLING = 20
_WORRYING_SKEW = timedelta(seconds=60)
_NOT_NOW = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.REQUEST_TIMEOUT})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one attempt came to.

    `refused` counts against the message; `endpoint_down` pauses the endpoint and uses up no message;
    `no_attempt` neither, for the failure is on this side. `wait` is what the endpoint asks for, some also when
    they took the message; `gives_up` ends this message; `disables` ends the endpoint; `message_may_be_why` marks
    a 5xx: it counts against the message once another message gets through (see `counts_against_message`).
    """

    outcome: DeliveryOutcome
    reason: str
    wait: timedelta | None = None
    gives_up: bool = False
    disables: bool = False
    message_may_be_why: bool = False


def judge_delivery(answer: Answer, now: datetime, door: Door = "standard") -> Verdict:
    """Judge one attempt as Standard Webhooks 1.0 says; a chat's `door` means some answers otherwise.

    The header `webhook-delivery` of an answer, `disable` or `abort-message`, is obeyed (Svix, "Delivery
    control").
    """
    if isinstance(answer, Unanswered):
        return _judge_unanswered(answer)
    return _controlled(_judge_status(answer, now, door), answer.headers.get("webhook-delivery").lower())


def counts_against_message(verdict: Verdict, endpoint_works: bool) -> bool:
    """Tell whether the attempt uses up one of the ten; `endpoint_works`: another message got through."""
    return verdict.outcome == "refused" or (verdict.message_may_be_why and endpoint_works)


def next_attempt(attempts_made: int, now: datetime, jitter: float) -> datetime | None:
    """Say when a refused message is tried again, within a tenth either way; None after its tenth attempt."""
    if attempts_made > len(RETRY_SCHEDULE):
        return None
    return now + RETRY_SCHEDULE[max(attempts_made, 1) - 1] * (0.9 + 0.2 * jitter)


def endpoint_pause(
    failures: int, wait: timedelta | None, now: datetime, jitter: float, *, limited: bool = False
) -> datetime:
    """Say until when an endpoint is left alone after its `failures`th endpoint-wide failure in a row.

    By the schedule of Standard Webhooks, its last step again and again; never less than the `wait` it asked
    for, of at most 24 hours. `limited`: it works and named its wait (429), which then takes the schedule's place.
    """
    steps = 1 if limited and wait is not None else max(failures, 1)
    backoff = RETRY_SCHEDULE[min(steps, len(RETRY_SCHEDULE)) - 1] * (0.9 + 0.2 * jitter)
    asked = min(wait * (1 + 0.1 * jitter), LONGEST_WAIT) if wait else timedelta()
    return now + max(timedelta() if limited and asked else backoff, asked)


def probe_of_disabled(now: datetime, jitter: float) -> datetime:
    """Say when an endpoint that was disabled for its failures is tried next: once a day."""
    return now + timedelta(days=1) * (0.9 + 0.1 * jitter)


def concurrency_after_pause(good_rounds: int, most: int) -> int:
    """Return how many sends may be under way after a pause: a probe, then 2, 4 … up to `most`."""
    return min(most, 1 << min(max(good_rounds, 0), _LONGEST_DOUBLING))


def clock_skew(answer: Answer, now: datetime) -> timedelta | None:
    """Tell by how much the receiver's clock is ahead, where that is over a minute; libraries allow five."""
    date = parse_http_date(answer.headers.get("date")) if isinstance(answer, Answered) else None
    skew = date - now if date else timedelta()
    return skew if abs(skew) > _WORRYING_SKEW else None


def _judge_unanswered(answer: Unanswered) -> Verdict:
    if answer.ours or answer.kind == "guarded":
        return Verdict("no_attempt", answer.detail)
    return Verdict("endpoint_down", f"{answer.kind.replace('_', ' ')}: {answer.detail}")


def _judge_status(answer: Answered, now: datetime, door: Door) -> Verdict:
    meant = read_door_answer(answer, now, door)
    if meant is not None:
        return _judge_meaning(meant)
    status = answer.status
    said = f"answered {status}"
    if 200 <= status < 300:
        return Verdict("delivered", said)
    if status == HTTPStatus.GONE:
        return Verdict("gone", f"{said}: the endpoint says that it no longer exists", disables=True)
    if status in _NOT_NOW or status >= 500:
        wait = asked_wait(answer.headers, now)
        return Verdict("endpoint_down", said, wait, message_may_be_why=status >= 500)
    if 300 <= status < 400:
        said = f"{said}: a redirect is not followed, give the address it leads to"
    return Verdict("refused", said)


def _judge_meaning(meant: Meant) -> Verdict:
    """Judge what a chat meant: a message that it never takes is given up, for it is the same bytes each time."""
    if meant.meaning == "pause":
        return Verdict("endpoint_down", meant.words, meant.wait)
    if meant.meaning == "gone":
        return Verdict("gone", meant.words, disables=True)
    if meant.meaning == "never":
        return Verdict("refused", meant.words, gives_up=True)
    return Verdict("accepted" if meant.meaning == "later" else "delivered", meant.words, meant.wait)


def _controlled(verdict: Verdict, control: str) -> Verdict:
    if control == "disable":
        reason = f"{verdict.reason}, and asked to be disabled"
        outcome: DeliveryOutcome = verdict.outcome if _taken(verdict) else "gone"
        return Verdict(outcome, reason, verdict.wait, disables=True)
    if control == "abort-message" and not _taken(verdict):
        return Verdict("refused", f"{verdict.reason}, and asked not to be sent this again", gives_up=True)
    return verdict


def _taken(verdict: Verdict) -> bool:
    return verdict.outcome in {"delivered", "accepted"}
