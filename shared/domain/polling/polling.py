"""Of a poll: what happened, as one outcome of a closed list."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Literal

from shared.domain.web.answer import Answer, Answered, Unanswered
from shared.domain.web.bot_wall import bot_wall
from shared.domain.web.feed_move import chain_words
from shared.domain.web.retry_after import asked_wait
from shared.domain.web.url import masked_url

PollOutcome = Literal[
    "guarded",
    "dns",
    "tls",
    "refused",
    "too_slow",
    "too_big",
    "gone",
    "rate_limited",
    "bot_wall",
    "client_error",
    "server_error",
    "not_modified",
    "error_item",
    "not_a_feed",
    "broken",
    "unchanged",
    "moved",
    "changed",
]

ANSWERED_WELL: frozenset[PollOutcome] = frozenset({"not_modified", "unchanged", "moved", "changed"})

_NEVER_ASKED_FOR = {
    101: "although no other protocol was asked for",
    206: "although no part was asked for",
}


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """What reading the body of a poll found.

    `fault` and `reason` name what is wrong with it (an error served as an item, no feed at all, or a feed of
    which no entry could be read); `same_bytes` tells that its hash is the last one's; `new` of its `entries`
    were not seen before.
    """

    same_bytes: bool = False
    fault: Literal["error_item", "not_a_feed", "broken"] | None = None
    reason: str = ""
    entries: int = 0
    new: int = 0


@dataclass(frozen=True, slots=True)
class Judged:
    """The one outcome of a poll, and the same in words."""

    outcome: PollOutcome
    detail: str


def judge_answer(answer: Answer, now: datetime, *, conditional: bool = True) -> Judged | None:
    """Judge what the answer alone decides; None where its body has to be read.

    `conditional` tells that validators were sent: a 304 without them has to be told from a good one.
    """
    if isinstance(answer, Unanswered):
        return Judged("client_error" if answer.kind == "redirects" else answer.kind, _in_words(answer))
    return _judge_status(answer, now) or _judge_unbodied(answer, conditional)


def judge_document(document: DocumentFacts, *, moved_to: str | None = None) -> Judged:
    """Judge a body that was read; `moved_to` is the address that this poll made the feed's own."""
    if document.fault:
        return Judged(document.fault, document.reason)
    counted = "the same bytes" if document.same_bytes else f"{document.new} new of {document.entries} entries"
    detail = f"{counted}; now at {masked_url(moved_to)}" if moved_to else counted
    if document.same_bytes or not document.new:
        return Judged("unchanged", detail)
    return Judged("moved" if moved_to else "changed", detail)


def answered_well(outcome: PollOutcome, *, conditional: bool) -> bool:
    """Tell whether a poll learnt what the feed holds: a 304 that nobody asked for tells nothing."""
    return outcome in ANSWERED_WELL and (conditional or outcome != "not_modified")


def _judge_status(answer: Answered, now: datetime) -> Judged | None:
    status, phrase = answer.status, _phrase(answer.status)
    if status == HTTPStatus.GONE:
        return Judged("gone", phrase)
    wait = asked_wait(answer.headers, now)
    if status == HTTPStatus.TOO_MANY_REQUESTS or (status in {403, 503} and wait is not None):
        asked = f", asks to wait {wait.total_seconds():.0f} s" if wait is not None else ""
        return Judged("rate_limited", phrase + asked)
    if wall := bot_wall(answer.headers, answer.body):
        return Judged("bot_wall", f"{wall} bot wall, {phrase}")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Judged("server_error", phrase)
    if status >= HTTPStatus.BAD_REQUEST:
        return Judged("client_error", phrase)
    return None


def _in_words(answer: Unanswered) -> str:
    said = f"on our side: {answer.detail}" if answer.ours else answer.detail
    # A failure for the redirects' own sake tells their chain itself.
    way = chain_words(answer.hops, "") if answer.kind != "redirects" else ""
    return f"{said}; {way}" if way else said


def _judge_unbodied(answer: Answered, conditional: bool) -> Judged | None:
    if answer.status in _NEVER_ASKED_FOR:
        return Judged("server_error", f"{_phrase(answer.status)}, {_NEVER_ASKED_FOR[answer.status]}")
    if answer.status == HTTPStatus.NOT_MODIFIED:
        unasked = "" if conditional else ", although no validator was sent: nothing was read"
        return Judged("not_modified", _phrase(answer.status) + unasked)
    if answer.status >= HTTPStatus.MULTIPLE_CHOICES:
        return Judged("client_error", f"{_phrase(answer.status)}, without an address to go to")
    return None


def _phrase(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
