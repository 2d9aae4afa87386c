"""Hop 7: the pages of settling releases are fetched, by host and by their robots.txt, and each release is decided."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from services.worker.file_page import Came, file_page
from services.worker.process import Processed
from services.worker.robots import RobotsDesk, Rules
from services.worker.twins import look_beforehand
from services.worker.watching import Watching
from shared.clock import now
from shared.domain.releases.page import Page, PageRefusal, Unchanged, read_page
from shared.domain.releases.page_hope import hope_after
from shared.domain.web.answer import Answer, Answered
from shared.domain.web.bot_wall import bot_wall
from shared.domain.web.retry_after import asked_wait
from shared.domain.web.robots import crawl_delay, may_change_soon, why_not
from shared.errors import ServiceError
from shared.http import HOST_GAP_SECONDS, PAGE_ACCEPT, FetchRequest, GuardedClient, fetch
from shared.logs import get_log
from shared.store.database import Database
from shared.store.presence import Presence
from shared.store.settling import (
    SettlingRelease,
    claim_settling,
    give_host_back,
    mark_given_up,
    mark_host_failed,
    mark_not_filed,
    mark_settling_again,
    rest_pages_of,
)

MOST_PAGE_BYTES = 5_000_000
PAGE_SECONDS = 15.0
LEASE_SECONDS = 60.0
MOST_ATTEMPTS = 3
# So often a release may be claimed without any outcome: then it kills its worker, or cannot be stored.
MOST_FAILURES = 5
_TRY_AGAIN_SECONDS = 5.0
_HEAD_BYTES = 100_000

log = get_log("worker")


@dataclass(frozen=True, slots=True)
class _Round:
    """What the releases of one call share."""

    database: Database
    client: GuardedClient
    watching: Watching
    robots: RobotsDesk


async def settle_releases(
    database: Database,
    presence: Presence,
    client: GuardedClient,
    watching: Watching,
    ids: Sequence[UUID],
) -> Processed:
    """Fetch the pages of those releases whose hosts have their turn, and settle what is in or out of time."""
    claimed = await asyncio.to_thread(_claim, database, presence, ids)
    together = _Round(database, client, watching, RobotsDesk(database, client))
    done = Processed()
    for result in await asyncio.gather(*(_settle(together, one) for one in claimed)):
        done.add(result)
    return done


def _claim(database: Database, presence: Presence, ids: Sequence[UUID]) -> list[SettlingRelease]:
    with database.begin() as transaction:
        return claim_settling(
            transaction,
            ids,
            presence.lease(LEASE_SECONDS),
            most_attempts=MOST_ATTEMPTS,
            most_failures=MOST_FAILURES,
        )


async def _settle(together: _Round, release: SettlingRelease) -> Processed:
    """Settle one release; one that cannot be filed holds up no other, and is not tried for ever."""
    try:
        return await _fetch_and_file(together, release)
    except ServiceError:
        raise
    except Exception as error:  # a loop's edge: the failure is counted at the claim
        log.exception("not settled", release_id=str(release.id))
        await asyncio.to_thread(_put_back, together.database, release, f"{type(error).__name__}: {error}")
        return Processed()


def _put_back(database: Database, release: SettlingRelease, detail: str) -> None:
    with database.begin() as transaction:
        mark_not_filed(transaction, release, detail)


async def _fetch_and_file(together: _Round, release: SettlingRelease) -> Processed:
    if release.is_lost:
        return await asyncio.to_thread(_give_up, together.database, release)
    if release.is_hopeless:
        why = f" ({release.last_detail})" if release.last_detail else ""
        late = Came(PageRefusal(f"the page did not come in time{why}: this is the feed's summary"), "later")
        return await asyncio.to_thread(_file, together, release, late)
    rules = await together.robots.rules_for(release.url)
    if reason := why_not(rules.robots, release.url):
        came = Came(PageRefusal(reason), "soon" if may_change_soon(rules.robots) else "none")
        return await asyncio.to_thread(_decide, together, release, came, rules)
    if rules.asked and not rules.own_network:
        # The host has just been asked for its robots.txt: the page comes at its next turn.
        return await asyncio.to_thread(_wait_a_turn, together.database, release, rules)
    answer = await fetch(together.client, _request(together, release))
    came = await asyncio.to_thread(_read, answer)
    return await asyncio.to_thread(_decide, together, release, came, rules, answer)


def _request(together: _Round, release: SettlingRelease) -> FetchRequest:
    return FetchRequest(
        release.url,
        etag=release.etag,
        last_modified=release.last_modified,
        accept=PAGE_ACCEPT,
        max_bytes=MOST_PAGE_BYTES,
        timeout_seconds=_patience(release),
        why_not=together.robots.why_not,
    )


def _patience(release: SettlingRelease) -> float:
    """Give the seconds that a page may take: a release is decided when its time is up, whatever is under way."""
    if release.settle_by is None:
        return PAGE_SECONDS
    return min(PAGE_SECONDS, max((release.settle_by - now()).total_seconds(), 1.0))


def _read(answer: Answer) -> Came:
    hope = hope_after(answer)
    if not isinstance(answer, Answered):
        return Came(PageRefusal(answer.detail), hope)
    if wall := bot_wall(answer.headers, _up_to_its_title(answer.body)):
        return Came(PageRefusal(f"a challenge page ({wall})"), hope)
    if answer.status == 304:
        return Came(Unchanged(), hope)
    if answer.status >= 300:
        wait = asked_wait(answer.headers, now())
        refusal = PageRefusal(f"the page answered {answer.status}")
        return Came(refusal, hope, wait_seconds=wait.total_seconds() if wait else 0.0)
    page = read_page(answer.body, answer.url, answer.headers.get("content-type") or None)
    validators = answer.headers.get("etag"), answer.headers.get("last-modified")
    return Came(page, hope, *validators) if isinstance(page, Page) else Came(page, hope)


def _up_to_its_title(body: bytes) -> bytes:
    """Give a page's beginning: an article about bot walls may hold their marks, and is judged by its text later."""
    return body[: body[:_HEAD_BYTES].lower().find(b"</title") + 1]


def _decide(
    together: _Round, release: SettlingRelease, came: Came, rules: Rules, answer: Answer | None = None
) -> Processed:
    own = rules.own_network or (isinstance(answer, Answered) and answer.own_network)
    with together.database.begin() as transaction:
        give_host_back(transaction, release.host, gap_seconds=HOST_GAP_SECONDS, own_network=own)
        delay = 0.0 if own or release.own_network else crawl_delay(rules.robots)
        rest_pages_of(transaction, release.host, max(delay, came.wait_seconds))
        if answer is not None and not isinstance(answer, Answered):
            mark_host_failed(transaction, release)
        if isinstance(came.page, PageRefusal) and _may_come_in_time(release, came):
            wait = max(_TRY_AGAIN_SECONDS, came.wait_seconds)
            mark_settling_again(transaction, release, wait, came.page.reason)
            return Processed()
    return _file(together, release, came)


def _may_come_in_time(release: SettlingRelease, came: Came) -> bool:
    if release.settle_by is None or came.hope != "soon":
        return False
    return release.attempts < MOST_ATTEMPTS and now() < release.settle_by


def _wait_a_turn(database: Database, release: SettlingRelease, rules: Rules) -> Processed:
    wait = max(HOST_GAP_SECONDS, crawl_delay(rules.robots))
    with database.begin() as transaction:
        give_host_back(transaction, release.host, gap_seconds=HOST_GAP_SECONDS, own_network=False)
        rest_pages_of(transaction, release.host, crawl_delay(rules.robots))
        mark_settling_again(transaction, replace(release, attempts=0), wait, "", counted=False)
    return Processed()


def _file(together: _Round, release: SettlingRelease, came: Came) -> Processed:
    look_beforehand(together.database, release, came.page)
    with together.database.begin() as transaction:
        done = file_page(transaction, together.watching, release, came)
    log.info("settled", release_id=str(release.id), page=came.words)
    return done


def _give_up(database: Database, release: SettlingRelease) -> Processed:
    """Leave a release that could not be filed as it is: its entry failed, and it rings no topic."""
    with database.begin() as transaction:
        mark_given_up(transaction, release, f"given up after {MOST_FAILURES} attempts")
    return Processed(outcomes={} if release.is_late else {"failed": 1, "settling": -1})
