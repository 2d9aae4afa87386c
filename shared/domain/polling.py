"""Of a poll: what happened, as one outcome of a closed list, and when the next one is due."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from itertools import pairwise
from statistics import median
from typing import Literal

from shared.domain.answer import Answer, Answered, Headers, Unanswered
from shared.domain.bot_wall import bot_wall
from shared.domain.feed_move import chain_words
from shared.domain.retry_after import LONGEST_WAIT, asked_wait, parse_http_date
from shared.domain.url import masked_url

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
_GONE_PAUSE = timedelta(days=7)
# A feed silent for a day is asked about once an hour, one that spoke an hour ago every 2.5 minutes.
_SILENCE_SHARE = 24
_LONGEST_DOUBLING = 20


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


@dataclass(frozen=True, slots=True)
class PollFacts:
    """What the next poll depends on.

    `failures` counts polls without a good answer in a row, this one included; `changed_at` holds the instants
    of recent polls that found something new, in any order, and `added_at` when the feed was added, for one
    that never did; `wait` is what the answer asked for (`asked_wait`), `fresh_for` how long it calls itself
    fresh (`fresh_for`); `gap` tells that this poll found one.
    """

    outcome: PollOutcome
    poll_min: timedelta
    poll_max: timedelta
    failures: int = 0
    changed_at: tuple[datetime, ...] = ()
    added_at: datetime | None = None
    wait: timedelta | None = None
    fresh_for: timedelta | None = None
    gap: bool = False


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


def judge_poll(
    answer: Answer,
    document: DocumentFacts | None,
    now: datetime,
    *,
    conditional: bool = True,
    moved_to: str | None = None,
) -> Judged:
    """Return the first outcome of the closed list that holds; `document` is None where no body was read."""
    by_answer = judge_answer(answer, now, conditional=conditional)
    if by_answer:
        return by_answer
    if document is None:
        return Judged("not_a_feed", "the body was not read")
    return judge_document(document, moved_to=moved_to)


def next_poll(facts: PollFacts, now: datetime, jitter: float) -> datetime:
    """Decide when to poll again; `jitter` from 0 to 1 keeps feeds that failed together apart.

    Between `poll_min` and `poll_max`, but for a wait that was asked for (up to 24 hours) and a feed that is
    gone (about a week). A failing feed is asked ever more seldom and never given up: dead feeds come back.
    """
    if facts.outcome == "gone":
        return now + _GONE_PAUSE * (0.9 + 0.2 * jitter)
    wait = _backoff(facts, jitter) if facts.failures else _spread(facts, _rhythm(facts, now), jitter)
    fresh = facts.fresh_for * (1 + 0.1 * jitter) if facts.fresh_for else timedelta()
    wait = _between(facts.poll_min, max(wait, fresh), facts.poll_max)
    asked = min(facts.wait * (1 + 0.1 * jitter), LONGEST_WAIT) if facts.wait else timedelta()
    return now + max(wait, asked)


def fresh_for(headers: Headers, now: datetime, ttl_minutes: int | None = None) -> timedelta | None:
    """Tell how long an answer calls itself fresh: max-age less Age, else Expires, or a feed's longer `<ttl>`.

    None where nothing is said or the answer forbids keeping it (RFC 9111 §4.2.1, §5.2.2).
    """
    directives = headers.tokens("cache-control")
    stated = timedelta(minutes=ttl_minutes) if ttl_minutes and ttl_minutes > 0 else timedelta()
    if not {"no-cache", "no-store"}.intersection(directives):
        stated = max(stated, _declared_life(headers, directives, now))
    return min(stated, LONGEST_WAIT) or None


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


def _backoff(facts: PollFacts, jitter: float) -> timedelta:
    doublings = min(facts.failures - 1, _LONGEST_DOUBLING)
    return min(facts.poll_min * (2 << doublings), facts.poll_max) * (0.5 + 0.5 * jitter)


def _rhythm(facts: PollFacts, now: datetime) -> timedelta:
    instants = sorted(facts.changed_at)
    spoke_at = instants[-1] if instants else (facts.added_at or now)
    silence = max(now - spoke_at, timedelta()) / _SILENCE_SHARE
    between = [(later - earlier).total_seconds() for earlier, later in pairwise(instants)]
    half = timedelta(seconds=median(between) / 2) if between else timedelta()
    aim = _between(facts.poll_min, max(half, silence), facts.poll_max)
    return aim / 4 if facts.gap else aim


def _spread(facts: PollFacts, aim: timedelta, jitter: float) -> timedelta:
    return min(aim * (1 + 0.15 * jitter), facts.poll_max * (0.85 + 0.15 * jitter))


def _between(least: timedelta, wanted: timedelta, most: timedelta) -> timedelta:
    return max(least, min(wanted, most))


def _declared_life(headers: Headers, directives: tuple[str, ...], now: datetime) -> timedelta:
    for directive in directives:
        if directive.startswith("max-age="):
            seconds = _whole(directive.removeprefix("max-age=")) - _whole(headers.get("age"))
            return timedelta(seconds=max(seconds, 0))
    expires = parse_http_date(headers.get("expires"))
    sent = parse_http_date(headers.get("date")) or now
    return max(expires - sent, timedelta()) if expires else timedelta()


def _whole(text: str) -> int:
    digits = text.strip('" ')
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 10 else 0
