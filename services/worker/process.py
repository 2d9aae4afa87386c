"""Hops 6 and 8: claimed fetches become releases, matches, alerts and messages."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from services.worker.linking import Told, link_stories, look_for_siblings, story_keys
from services.worker.prepare import Prepared, prepare_fetch
from services.worker.texts import match_text, matched_text, stored_reading
from services.worker.watching import CompiledTopics, Judged, Watching
from services.worker.withdraw import Withdrawals, split_erased, split_notices, withdraw
from services.worker.zoning import mark_prepared
from shared.clock import now
from shared.domain.alerts.payload import Changes
from shared.domain.releases.filing import Candidate, Filing, KnownReleases, plan_filing
from shared.domain.releases.identity import New
from shared.domain.topics.evidence import MatchText
from shared.errors import ServiceError
from shared.logs import get_log
from shared.store.alerts import MatchedText, record_matches
from shared.store.closing import count_outcomes, mark_fetches_processed, still_leased
from shared.store.database import Database, Transaction, read_clock
from shared.store.fetches import (
    ClaimedFetch,
    claim_fetches,
    list_tried_fetches,
    mark_feeds_described,
    mark_fetch_waiting,
    mark_fetches_failed,
)
from shared.store.habits import add_to_habits
from shared.store.ids import new_ids
from shared.store.known import load_known, lock_identity
from shared.store.presence import Presence
from shared.store.read_texts import record_read_texts
from shared.store.releases import RevisionKey, add_filings, mark_releases_matched
from shared.store.watch import get_watched_version, hold_watched_version

LEASE_SECONDS = 120.0
MOST_ATTEMPTS = 5
BATCH = 50
# What is computed of a text before the identity lock is remembered for so many (`lru_cache`), to be had under it.
MOST_FILED_AT_ONCE = 500

log = get_log("worker")


@dataclass(slots=True)
class Processed:
    """What one call did: outcomes by name, and the endpoints and releases that are due now.

    `match_seconds` is what matching took, a release at a time.
    """

    fetches: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    endpoint_ids: set[UUID] = field(default_factory=set)
    settling_ids: list[UUID] = field(default_factory=list)
    match_seconds: list[float] = field(default_factory=list)

    def add(self, other: "Processed") -> None:
        """Take another call's figures in."""
        self.fetches += other.fetches
        for name, count in other.outcomes.items():
            self.outcomes[name] = self.outcomes.get(name, 0) + count
        self.endpoint_ids |= other.endpoint_ids
        self.settling_ids += other.settling_ids
        self.match_seconds += other.match_seconds


def process_fetches(
    database: Database,
    presence: Presence,
    watching: Watching,
    ids: Sequence[UUID],
    *,
    settle_seconds: float,
    prepare: Callable[[ClaimedFetch, datetime], Prepared] = prepare_fetch,
) -> Processed:
    """Process those of `ids` that are still unhandled; ids that others took are passed over.

    One that was tried before may have killed its worker: each such is claimed alone, so that the attempts of
    no other are counted with it.
    """
    with database.begin() as transaction:
        tried = list_tried_fetches(transaction, ids)
    alone = set(tried)
    fresh = [fetch_id for fetch_id in ids if fetch_id not in alone]
    batches = [fresh[start : start + BATCH] for start in range(0, len(fresh), BATCH)]
    done = Processed()
    for batch in (*batches, *([fetch_id] for fetch_id in tried)):
        claimed = _claim(database, presence, batch)
        prepared = [prepare(fetch, now()) for fetch in claimed]
        for portion in _portions(prepared):
            marked = mark_prepared(database, portion)
            done.add(_file_or_split(database, watching, marked, settle_seconds))
    return done


def _portions(prepared: Sequence[Prepared]) -> Iterator[list[Prepared]]:
    """Part fetches, in order, so that a transaction files about as many entries as the line remembers."""
    portion: list[Prepared] = []
    for one in prepared:
        if portion and sum(len(p.candidates) for p in (*portion, one)) > MOST_FILED_AT_ONCE:
            yield portion
            portion = []
        portion.append(one)
    if portion:
        yield portion


def _claim(database: Database, presence: Presence, batch: Sequence[UUID]) -> list[ClaimedFetch]:
    with database.begin() as transaction:
        claimed = claim_fetches(transaction, batch, presence.lease(LEASE_SECONDS), most=BATCH)
        hopeless = [fetch for fetch in claimed if fetch.attempts > MOST_ATTEMPTS]
        mark_fetches_failed(transaction, hopeless, f"given up after {MOST_ATTEMPTS} attempts")
    return [fetch for fetch in claimed if fetch.attempts <= MOST_ATTEMPTS]


def _file_or_split(
    database: Database, watching: Watching, prepared: Sequence[Prepared], settle_seconds: float
) -> Processed:
    """File a batch; where it cannot be stored as a whole, each fetch alone, so that one holds no other."""
    try:
        return _file(database, watching, prepared, settle_seconds)
    except ServiceError:
        raise
    except Exception as error:  # a loop's edge: the fetch is counted, kept, and tried again
        log.exception("not filed", fetch_ids=[str(one.fetch.id) for one in prepared])
        if len(prepared) == 1:
            _put_back(database, prepared[0].fetch, error)
            return Processed()
        done = Processed()
        for one in prepared:
            done.add(_file_or_split(database, watching, [one], settle_seconds))
        return done


def _put_back(database: Database, fetch: ClaimedFetch, error: Exception) -> None:
    with database.begin() as transaction:
        mark_fetch_waiting(transaction, fetch, f"attempt {fetch.attempts}: {type(error).__name__}: {error}")


def _file(
    database: Database, watching: Watching, prepared: Sequence[Prepared], settle_seconds: float
) -> Processed:
    candidates = [candidate for one in prepared for candidate in one.candidates]
    beforehand, matches, seconds = _match_beforehand(database, watching, candidates)
    with database.begin() as transaction:
        lock_identity(transaction)
        ours = still_leased(transaction, prepared[0].fetch.lease, [one.fetch.id for one in prepared])
        prepared = [one for one in prepared if one.fetch.id in ours]
        candidates = [candidate for candidate in candidates if candidate.fetch_id in ours]
        topics = watching.at(transaction, hold_watched_version(transaction))
        if topics.version != beforehand:
            matches = {}
        at = read_clock(transaction)
        withdrawals = Withdrawals()
        candidates = split_erased(transaction, candidates, withdrawals)
        candidates, notices = split_notices(transaction, candidates)
        filings = _with_story_keys(_plan(transaction, candidates), at)
        add_to_habits(
            transaction, [f.draft for f in filings if isinstance(f.decision, New) and not f.settles]
        )
        changes = add_filings(transaction, filings, now=at, settle_by=at + timedelta(seconds=settle_seconds))
        link_stories(transaction, _told_first(filings), at)
        judged = [(f, _judged(topics, f, matches)) for f in filings if f.to_match]
        texts = _note_matched(transaction, topics, judged, changes, at)
        taken_back = [*(taken for one in prepared for taken in one.taken_back), *notices]
        texts += withdraw(transaction, taken_back, withdrawals, at)
        endpoint_ids = record_matches(transaction, texts, topics.topics, version=topics.version, now=at)
        outcomes = _close(transaction, prepared, filings, withdrawals)
    return Processed(
        fetches=len(prepared),
        outcomes=outcomes,
        endpoint_ids=set(endpoint_ids),
        settling_ids=[filing.release_id for filing in filings if filing.settles],
        match_seconds=seconds,
    )


def _match_beforehand(
    database: Database, watching: Watching, candidates: Sequence[Candidate]
) -> tuple[int, dict[MatchText, Judged], list[float]]:
    """Match what will probably be new or revised, outside the lock.

    Give the version it was matched with, the matches, and the seconds that each text took.
    """
    with database.begin() as transaction:
        topics = watching.at(transaction, get_watched_version(transaction))
        known = load_known(transaction, candidates) if candidates else KnownReleases()
    probable = plan_filing(candidates, known, [uuid4() for _ in candidates])
    look_for_siblings(database, _told_first(probable))
    matches: dict[MatchText, Judged] = {}
    seconds: list[float] = []
    for text in (match_text(filing) for filing in probable if filing.to_match):
        begun = time.perf_counter()
        matches[text] = topics.match(text)
        seconds.append(time.perf_counter() - begun)
    return topics.version, matches, seconds


def _told_first(filings: Sequence[Filing]) -> list[Told]:
    return [_told(f) for f in filings if _is_told_first(f)]


def _is_told_first(filing: Filing) -> bool:
    return filing.to_match and isinstance(filing.decision, New)


def _told(filing: Filing) -> Told:
    return Told(filing.release_id, filing.draft, filing.candidate.site)


def _with_story_keys(filings: Sequence[Filing], at: datetime) -> list[Filing]:
    return [
        replace(f, bands=(*f.bands, *story_keys(_told(f), at))) if _is_told_first(f) else f for f in filings
    ]


def _plan(transaction: Transaction, candidates: Sequence[Candidate]) -> tuple[Filing, ...]:
    if not candidates:
        return ()
    known = load_known(transaction, candidates)
    return plan_filing(candidates, known, new_ids(transaction, len(candidates)))


def _judged(topics: CompiledTopics, filing: Filing, matches: Mapping[MatchText, Judged]) -> Judged:
    text = match_text(filing)
    return matches[text] if text in matches else topics.match(text)


def _note_matched(
    transaction: Transaction,
    topics: CompiledTopics,
    judged: Sequence[tuple[Filing, Judged]],
    changes: Mapping[RevisionKey, Changes],
    at: datetime,
) -> list[MatchedText]:
    mark_releases_matched(transaction, [filing.release_id for filing, _ in judged], topics.version)
    record_read_texts(
        transaction, [stored_reading(filing.release_id, filing.revision, one, at) for filing, one in judged]
    )
    return [
        matched_text(filing, one, changes.get((filing.release_id, filing.revision)), at)
        for filing, one in judged
    ]


def _close(
    transaction: Transaction,
    prepared: Sequence[Prepared],
    filings: Sequence[Filing],
    withdrawals: Withdrawals,
) -> dict[str, int]:
    counts = count_outcomes(filings)
    for one in prepared:
        outcomes = Counter(counts.get(one.fetch.id, {})) + Counter(withdrawals.outcomes.get(one.fetch.id, {}))
        outcomes.update(refused=len(one.refused), failed=len(one.failed))
        counts[one.fetch.id] = dict(outcomes)
    described = {p.fetch.feed_id: p.feed for p in prepared if p.feed != p.fetch.feed}
    mark_feeds_described(transaction, described)
    mark_fetches_processed(transaction, counts, {one.fetch.id: withdrawals.detail(one) for one in prepared})
    return {
        name: sum(outcomes.get(name, 0) for outcomes in counts.values())
        for name in ("new", "revised", "copies", "seen", "settling", "refused", "failed")
    }
