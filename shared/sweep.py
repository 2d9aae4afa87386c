"""The sweep: every second, ring again for what was committed and never handled (DESIGN §2, ↺).

Whatever crashed, was flushed or was never rung is found here: the database is the truth, the broker a
doorbell.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from random import random
from uuid import UUID

from shared.domain.alerts.feed_events import heard_again_event, quiet_event
from shared.domain.alerts.language_silence import (
    judge_language_silence,
    language_heard_event,
    language_quiet_event,
    learn_language,
)
from shared.domain.polling.feed_card import learn_card
from shared.domain.polling.silence import Silence, judge_silence
from shared.errors import ServiceError
from shared.logs import get_log
from shared.queue import BEAT_SECONDS, LONG_QUEUE, PROCESS, Bell
from shared.store.cards import load_cards_to_learn, mark_card, mark_feeds_steered
from shared.store.database import Database, read_clock
from shared.store.endpoint_health import tell_endpoint_health
from shared.store.feed_events import Happened, record_feed_events
from shared.store.feeds import mark_pauses_ended
from shared.store.fetches import are_fetches_waiting
from shared.store.holding import cancel_expired, list_due_holds, tell_held
from shared.store.languages import (
    SilentLanguage,
    load_heard_languages,
    load_silent_languages,
    mark_language_learnt,
    mark_languages_heard_again,
    mark_languages_quiet,
)
from shared.store.pulses import check_ledger, send_heartbeats
from shared.store.quiet import HeardAgain, load_silent_feeds, mark_feeds_heard_again, mark_feeds_quiet
from shared.store.retention import forget_the_past
from shared.store.searching import index_texts
from shared.store.sweeping import (
    claim_endpoint_rings,
    claim_fetch_rings,
    claim_settle_rings,
    end_leases_of_the_dead,
    try_to_sweep,
    turn_days,
)

SWEEP_SECONDS = 1.0
_MOST_RINGS = 1_000
_HEALTH_EVERY_SECONDS = 30.0
_BEATS_EVERY_SECONDS = 5.0
_LEDGER_EVERY_SECONDS = 300.0
_DAYS_EVERY_SECONDS = 3_600.0
_SILENCES_EVERY_SECONDS = 60.0
_MOST_SILENCES = 500
_CARDS_EVERY_SECONDS = 60.0
_MOST_CARDS = 100
# A text takes a millisecond or two: the sweep of the next second must not wait for a backlog.
_MOST_TEXTS = 200
# While fetches wait, the line has the cores: the search reads what is not indexed yet.
_MOST_TEXTS_BESIDE_THE_LINE = 20
_PAST_EVERY_SECONDS = 60.0
_MOST_FORGOTTEN = 200

log = get_log("sweep")


@dataclass(frozen=True, slots=True)
class Swept:
    """How many rows were rung for again."""

    fetches: int = 0
    releases: int = 0
    endpoints: int = 0


def sweep_once(database: Database, bell: Bell) -> Swept:
    """Ring for what is unhandled, where no other process is sweeping; rung after the commit."""
    # A long queue holds these fetches already, or will be short when they are rung for.
    most_fetches = _MOST_RINGS if (bell.waiting(PROCESS) or 0) <= LONG_QUEUE else 0
    with database.begin() as transaction:
        if not try_to_sweep(transaction):
            return Swept()
        end_leases_of_the_dead(transaction)
        fetches = claim_fetch_rings(transaction, most_fetches)
        releases = claim_settle_rings(transaction, _MOST_RINGS)
        endpoints = claim_endpoint_rings(transaction, _MOST_RINGS)
    bell.ring_process(fetches)
    bell.ring_settle(releases)
    bell.ring_deliver(endpoints)
    return Swept(len(fetches), len(releases), len(endpoints))


def sweep_until(
    stop: threading.Event, database: Database, bell: Bell, *, keep_releases_days: int = 0
) -> None:
    """Sweep every second until told to stop; a database that does not answer is asked again.

    With `keep_releases_days` what is older is dropped meanwhile.
    """
    chores = (
        sweep_now,
        tell_held_now,
        tell_endpoint_health_now,
        send_heartbeats_now,
        check_ledger_now,
        turn_days_now,
        ring_beats_now,
        judge_silences_now,
        judge_languages_now,
        learn_cards_now,
        index_texts_now,
        partial(forget_the_past_now, keep_releases_days),
    )
    due: dict[Callable[[Database, Bell], float], float] = dict.fromkeys(chores, 0.0)
    while not stop.wait(SWEEP_SECONDS):
        for chore, due_at in due.items():
            if time.monotonic() < due_at:
                continue
            try:
                due[chore] = time.monotonic() + chore(database, bell)
            except Exception:  # a loop's edge: one chore holds up no other, and the next second tries again
                log.exception("sweep failed", chore=getattr(chore, "__name__", str(chore)))


def sweep_now(database: Database, bell: Bell) -> float:
    """Sweep once; due again the next second."""
    sweep_once(database, bell)
    return 0.0


def tell_held_now(database: Database, bell: Bell) -> float:
    """Tell what was held where its time has come, and cancel what has outlived its own; due the next second."""
    bell.ring_deliver(tell_what_is_due(database))
    return 0.0


def tell_what_is_due(database: Database) -> list[UUID]:
    """Make the digests that are due, each subscription's by itself; give the endpoints to send to."""
    with database.begin() as transaction:
        due = list_due_holds(transaction)
        cancel_expired(transaction)
    endpoints = []
    for subscription_id in due:
        try:
            with database.begin() as transaction:
                endpoints.append(tell_held(transaction, subscription_id, read_clock(transaction)))
        except ServiceError:
            raise
        except (
            Exception
        ):  # a loop's edge: one subscription holds up no other, and the next second tries again
            log.exception("held alerts not told", subscription_id=str(subscription_id))
    return [endpoint for endpoint in endpoints if endpoint]


def tell_endpoint_health_now(database: Database, bell: Bell) -> float:
    """Warn of endpoints that fail, by another door and in the log; give the seconds until the next time."""
    with database.begin() as transaction:
        told = tell_endpoint_health(transaction, read_clock(transaction), random())  # noqa: S311 - jitter
    for one in told:
        say = log.info if one.event == "endpoint.recovered" else log.warning
        say(one.event, endpoint_id=str(one.endpoint_id), url=one.url, words=one.words)
    bell.ring_deliver([one.fallback_id for one in told if one.fallback_id])
    return _HEALTH_EVERY_SECONDS


def send_heartbeats_now(database: Database, bell: Bell) -> float:
    """Send the heartbeats that are due, none while every feed is dead; give the seconds until the next time."""
    with database.begin() as transaction:
        beating, late = send_heartbeats(transaction, read_clock(transaction))
    bell.ring_deliver(beating)
    for endpoint_id in late:
        log.warning("heartbeat late: no watched feed is alive", endpoint_id=str(endpoint_id))
    return _BEATS_EVERY_SECONDS


def check_ledger_now(database: Database, _: Bell) -> float:
    """Check that every match has its one outcome, and shout where not; give the seconds until the next time."""
    with database.begin() as transaction:
        check = check_ledger(transaction)
    if check.missing:
        log.error(
            "ledger misses alerts", missing=check.missing, subscription_ids=[*map(str, check.subscriptions)]
        )
    return _LEDGER_EVERY_SECONDS


def turn_days_now(database: Database, _: Bell) -> float:
    """Make and drop the days' partitions; give the seconds until the next time."""
    with database.begin() as transaction:
        turn_days(transaction)
    return _DAYS_EVERY_SECONDS


def judge_silences_now(database: Database, _: Bell) -> float:
    """Mark the feeds that are silent beyond their rhythm, and those heard again; give the seconds until then."""
    with database.begin() as transaction:
        at = read_clock(transaction)
        mark_pauses_ended(transaction)
        heard = mark_feeds_heard_again(transaction)
        silent = load_silent_feeds(transaction, _MOST_SILENCES)
        silences = {feed.id: judge_silence(feed.rhythm, feed.heard_until) for feed in silent}
        mark_feeds_quiet(transaction, silences)
        record_feed_events(transaction, _silence_events(heard, silences, at))
    for feed in silent:
        if not feed.told:
            log.warning("feed quiet", feed_id=str(feed.id), silence=silences[feed.id].words)
    for again in heard:
        log.info("feed heard again", feed_id=str(again.id))
    return _SILENCES_EVERY_SECONDS


def _silence_events(
    heard: Sequence[HeardAgain], silences: Mapping[UUID, Silence], at: datetime
) -> list[Happened]:
    spoke = [
        Happened(heard_again_event(feed.quiet_since, feed.spoke_at, at), feed.id)
        for feed in heard
        if feed.spoke_at
    ]
    return spoke + [Happened(quiet_event(silence, at), feed_id) for feed_id, silence in silences.items()]


def judge_languages_now(database: Database, _: Bell) -> float:
    """Learn how often each language is heard and mark those that are silent; give the seconds until then."""
    with database.begin() as transaction:
        if not try_to_sweep(transaction):
            return SWEEP_SECONDS
        at = read_clock(transaction)
        for heard in load_heard_languages(transaction):
            rhythm = learn_language(heard.rhythm, heard.published, heard.since, heard.until)
            mark_language_learnt(transaction, heard, rhythm)
        again = mark_languages_heard_again(transaction)
        silent = load_silent_languages(transaction)
        silences = {one.language: silence for one in silent if (silence := _silence_of(one))}
        mark_languages_quiet(transaction, silences)
        events = [language_heard_event(one.language, one.quiet_since, one.spoke_at, at) for one in again]
        events += [language_quiet_event(language, silence, at) for language, silence in silences.items()]
        happened = [Happened(event, language=event.figures["language"]) for event in events]
        told = record_feed_events(transaction, happened)
    for one in told:
        log.warning(one.event.type, detail=one.event.detail)
    return _SILENCES_EVERY_SECONDS


def _silence_of(one: SilentLanguage) -> Silence | None:
    return judge_language_silence(one.rhythm, one.heard_until, one.feeds, one.failing)


def learn_cards_now(database: Database, _: Bell) -> float:
    """Learn the identity cards of feeds, and read them by it; give the seconds until the next time."""
    with database.begin() as transaction:
        due = load_cards_to_learn(transaction, _MOST_CARDS)
        for feed in due:
            mark_card(transaction, feed.feed_id, learn_card(feed.evidence, feed.before), feed.evidence)
        steered = mark_feeds_steered(transaction, [feed.feed_id for feed in due])
    for feed_id in steered:
        log.info("feed read by its card", feed_id=str(feed_id))
    return _CARDS_EVERY_SECONDS


def forget_the_past_now(days: int, database: Database, _: Bell) -> float:
    """Drop a little of what is older than it is to be kept; give the seconds until the next time."""
    if days == 0:
        return _DAYS_EVERY_SECONDS
    with database.begin() as transaction:
        done = forget_the_past(transaction, days, _MOST_FORGOTTEN)
    more = _MOST_FORGOTTEN in {done.releases, done.fetches}
    return 0.0 if more else _PAST_EVERY_SECONDS


def index_texts_now(database: Database, _: Bell) -> float:
    """Put what was stored of late into the index of the search, less while fetches wait; due the next second."""
    with database.begin() as transaction:
        most = _MOST_TEXTS_BESIDE_THE_LINE if are_fetches_waiting(transaction) else _MOST_TEXTS
        index_texts(transaction, most)
    return 0.0


def ring_beats_now(_: Database, bell: Bell) -> float:
    """Ask the queues for a sign of life; give the seconds until the next time."""
    bell.ring_beats()
    return BEAT_SECONDS
