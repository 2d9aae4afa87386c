"""Hop 7: the pages of settling releases are fetched, by host, and each release is decided."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from services.worker.process import Processed
from services.worker.texts import draft_text, release_facts, stored_reading
from services.worker.twins import find_twin, look_beforehand
from services.worker.watching import Watching
from services.worker.zoning import mark_drafts
from shared.clock import now
from shared.domain.answer import Answer, Answered, Unanswered
from shared.domain.build_draft import complete_draft
from shared.domain.draft import Draft
from shared.domain.filing import digest_keys
from shared.domain.identity import identify
from shared.domain.near_copy import bands_of, near_text
from shared.domain.page import Page, PageRefusal, read_page
from shared.domain.payload import Changes
from shared.http import HOST_GAP_SECONDS, PAGE_ACCEPT, FetchRequest, GuardedClient, fetch
from shared.logs import get_log
from shared.store.alerts import MatchedText, record_matches
from shared.store.database import Database, Transaction, read_clock
from shared.store.habits import add_to_habits
from shared.store.known import lock_identity
from shared.store.presence import Presence
from shared.store.read_texts import record_read_texts
from shared.store.releases import (
    add_bands,
    add_identities,
    add_revision,
    mark_releases_matched,
    replace_first_text,
)
from shared.store.settling import (
    SettledAs,
    SettlingRelease,
    claim_settling,
    count_settled,
    give_host_back,
    hold_settling,
    mark_copy,
    mark_host_failed,
    mark_settled,
    mark_settling_again,
)
from shared.store.stories import link_named_translations
from shared.store.watch import hold_watched_version

MOST_PAGE_BYTES = 5_000_000
PAGE_SECONDS = 15.0
LEASE_SECONDS = 40.0
MOST_ATTEMPTS = 3
_TRY_AGAIN_SECONDS = 5.0
# A page that is gone or forbidden will not come back within the time we wait.
_FINAL = frozenset({401, 403, 404, 410, 451})
_READ = frozenset(range(200, 300))

log = get_log("worker")


async def settle_releases(
    database: Database,
    presence: Presence,
    client: GuardedClient,
    watching: Watching,
    ids: Sequence[UUID],
) -> Processed:
    """Fetch the pages of those releases whose hosts have their turn, and settle what is in or out of time."""
    claimed = await asyncio.to_thread(_claim, database, presence, ids)
    done = Processed()
    for result in await asyncio.gather(*(_settle(database, client, watching, one) for one in claimed)):
        done.add(result)
    return done


def _claim(database: Database, presence: Presence, ids: Sequence[UUID]) -> list[SettlingRelease]:
    with database.begin() as transaction:
        return claim_settling(transaction, ids, presence.lease(LEASE_SECONDS), most_attempts=MOST_ATTEMPTS)


async def _settle(
    database: Database, client: GuardedClient, watching: Watching, release: SettlingRelease
) -> Processed:
    if release.is_hopeless:
        late = PageRefusal("the page did not come in time: this is the feed's summary")
        return await asyncio.to_thread(_settle_now, database, watching, release, late)
    request = FetchRequest(
        release.url, accept=PAGE_ACCEPT, max_bytes=MOST_PAGE_BYTES, timeout_seconds=PAGE_SECONDS
    )
    answer = await fetch(client, request)
    page = await asyncio.to_thread(_read, answer)
    return await asyncio.to_thread(_decide, database, watching, release, answer, page)


def _read(answer: Answer) -> Page | PageRefusal:
    if not isinstance(answer, Answered):
        return PageRefusal(answer.detail)
    if answer.status >= 300:
        return PageRefusal(f"the page answered {answer.status}")
    return read_page(answer.body, answer.url, answer.headers.get("content-type") or None)


def _decide(
    database: Database,
    watching: Watching,
    release: SettlingRelease,
    answer: Answer,
    page: Page | PageRefusal,
) -> Processed:
    own = isinstance(answer, Answered) and answer.own_network
    with database.begin() as transaction:
        give_host_back(transaction, release.host, gap_seconds=HOST_GAP_SECONDS, own_network=own)
        if isinstance(answer, Unanswered):
            mark_host_failed(transaction, release)
        if isinstance(page, PageRefusal) and _may_still_come(release, answer):
            mark_settling_again(transaction, release, _TRY_AGAIN_SECONDS)
            return Processed()
    return _settle_now(database, watching, release, page)


def _settle_now(
    database: Database, watching: Watching, release: SettlingRelease, page: Page | PageRefusal
) -> Processed:
    look_beforehand(database, release, page)
    with database.begin() as transaction:
        done = _file(transaction, watching, release, page)
    read = page.reason if isinstance(page, PageRefusal) else "read"
    log.info("settled", release_id=str(release.id), page=read)
    return done


def _may_still_come(release: SettlingRelease, answer: Answer) -> bool:
    final = answer.kind == "guarded" if isinstance(answer, Unanswered) else answer.status in _FINAL | _READ
    return not final and release.attempts < MOST_ATTEMPTS and now() < release.settle_by


def _file(
    transaction: Transaction, watching: Watching, release: SettlingRelease, page: Page | PageRefusal
) -> Processed:
    """Settle one release under the identity lock: a copy of another, a first text, or a revision."""
    lock_identity(transaction)
    held = hold_settling(transaction, release)
    if held is None:
        return Processed()
    release = held
    at = read_clock(transaction)
    detail = page.reason if isinstance(page, PageRefusal) else None
    draft = release.draft if isinstance(page, PageRefusal) else complete_draft(release.draft, page, at)
    (draft,) = mark_drafts(transaction, [draft])
    identity = identify(draft, "", "")
    digests = digest_keys(identity)
    twin = None if release.was_told else find_twin(transaction, release, draft, identity)
    if twin:
        mark_copy(transaction, release, *twin)
        return _counted(transaction, release, "copies")
    add_bands(transaction, [(release.id, bands_of(near_text(draft.title, draft.body, draft.zones)))])
    add_identities(transaction, [(release.id, digests)])
    if not release.was_told:
        add_to_habits(transaction, [draft])
        replace_first_text(transaction, release.id, draft, identity.words, now=at)
    mark_settled(transaction, release.id, detail=detail)
    link_named_translations(transaction, [(release.id, draft)], now=at)
    if release.was_told:
        return _revise(transaction, watching, release, draft, identity.words)
    endpoint_ids = _tell(transaction, watching, release, draft, 1, None)
    return _counted(transaction, release, "new", endpoint_ids)


def _revise(
    transaction: Transaction,
    watching: Watching,
    release: SettlingRelease,
    draft: Draft,
    words: bytes,
) -> Processed:
    # A page that does not answer today is no reason to cut a full text down to the feed's summary.
    lost_its_page = draft.text_source == "summary" and release.text_source != "summary"
    if words == release.words or lost_its_page:
        return _counted(transaction, release, "seen")
    key = (release.id, release.revision + 1)
    changes = add_revision(transaction, key, draft, words, now=read_clock(transaction))
    endpoint_ids = _tell(transaction, watching, release, draft, release.revision + 1, changes)
    return _counted(transaction, release, "revised", endpoint_ids)


def _tell(
    transaction: Transaction,
    watching: Watching,
    release: SettlingRelease,
    draft: Draft,
    revision: int,
    changes: Changes | None,
) -> list[UUID]:
    topics = watching.at(transaction, hold_watched_version(transaction))
    judged = topics.match(draft_text(draft, release.feed))
    at = read_clock(transaction)
    facts = release_facts(str(release.id), revision, draft, at)
    matched = MatchedText(facts, judged.matches, release.backlog, changes)
    mark_releases_matched(transaction, [release.id], topics.version)
    record_read_texts(transaction, [stored_reading(release.id, revision, judged, at)])
    return record_matches(transaction, [matched], topics.topics, version=topics.version, now=at)


def _counted(
    transaction: Transaction,
    release: SettlingRelease,
    outcome: SettledAs,
    endpoint_ids: Sequence[UUID] = (),
) -> Processed:
    count_settled(transaction, release.fetch_id, outcome)
    return Processed(outcomes={outcome: 1, "settling": -1}, endpoint_ids=set(endpoint_ids))
