"""Files a release whose page is in, or will not come: a first text, a copy, a revision, or a text filled in late."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.worker.linking import Told, link_stories, story_keys
from services.worker.process import Processed
from services.worker.texts import draft_text, release_facts, stored_reading
from services.worker.twins import find_twin
from services.worker.watching import CompiledTopics, Judged, Watching
from services.worker.zoning import mark_drafts
from shared.domain.alerts.payload import Changes
from shared.domain.releases.build_draft import complete_draft, keep_text
from shared.domain.releases.draft import Draft
from shared.domain.releases.filing import digest_keys
from shared.domain.releases.identity import Identity, identify
from shared.domain.releases.late_pages import LATE_FOR, next_late_attempt, page_vote
from shared.domain.releases.near_copy import bands_of, near_text
from shared.domain.releases.page import Page, PageRefusal, Unchanged
from shared.domain.releases.page_hope import Hope
from shared.store.alerts import MatchedText, load_judged_topics, record_filled_matches, record_matches
from shared.store.database import Transaction, read_clock
from shared.store.erasing import find_erased
from shared.store.habits import add_to_habits
from shared.store.known import lock_identity
from shared.store.read_texts import record_read_texts
from shared.store.releases import (
    add_bands,
    add_identities,
    add_revision,
    mark_releases_matched,
    replace_text,
)
from shared.store.settling import (
    SettledAs,
    SettlingRelease,
    count_settled,
    hold_settling,
    mark_copy,
    mark_late,
    mark_refused,
    mark_settled,
    record_page_vote,
)
from shared.store.watch import hold_watched_version


@dataclass(frozen=True, slots=True)
class Came:
    """What came of asking for a page: the page or why not, whether it may still come, and its validators."""

    page: Page | PageRefusal | Unchanged
    hope: Hope = "none"
    etag: str = ""
    last_modified: str = ""
    wait_seconds: float = 0.0

    @property
    def words(self) -> str:
        """Say in words what came."""
        if isinstance(self.page, PageRefusal):
            return self.page.reason
        return "read" if isinstance(self.page, Page) else "unchanged"


@dataclass(frozen=True, slots=True)
class _Desk:
    """One release being filed, under the identity lock."""

    transaction: Transaction
    watching: Watching
    release: SettlingRelease
    came: Came
    at: datetime


def file_page(
    transaction: Transaction, watching: Watching, release: SettlingRelease, came: Came
) -> Processed:
    """Settle one release under the identity lock, or fill in its text where its page came late."""
    lock_identity(transaction)
    held = hold_settling(transaction, release)
    if held is None:
        return Processed()
    desk = _Desk(transaction, watching, held, came, read_clock(transaction))
    if held.is_withdrawn:
        mark_settled(transaction, held.id, detail="it was withdrawn before its page came")
        return Processed() if held.is_late else _counted(desk, "seen" if held.was_told else "new")
    draft = _completed(desk)
    if held.is_late:
        return _late(desk, draft)
    identity = identify(draft, "", "")
    if not held.was_told and find_erased(transaction, digest_keys(identity)):
        mark_refused(transaction, held)
        return _counted(desk, "refused")
    if not held.was_told and (twin := find_twin(transaction, held, draft, identity)):
        mark_copy(transaction, held, *twin)
        return _counted(desk, "copies")
    return _revise(desk, draft, identity) if held.was_told else _first(desk, draft, identity)


def _completed(desk: _Desk) -> Draft:
    """Give the draft with the text of its page, of the release as stored, or of the feed's summary alone."""
    page, draft = desk.came.page, desk.release.draft
    if isinstance(page, Page):
        completed = complete_draft(draft, page, desk.at)
        if desk.release.fetch_id and draft.body:
            vote = page_vote(draft.body, page.body)
            record_page_vote(desk.transaction, desk.release.fetch_id, vote, at=desk.at)
        draft = completed
    elif isinstance(page, PageRefusal):
        draft = replace(draft, text_detail=page.reason)
    # A page that is unchanged, or does not answer today, is no reason to cut a full text to the feed's summary.
    if draft.text_source == "summary" and desk.release.stored.text_source != "summary":
        draft = keep_text(desk.release.stored, draft)
    (marked,) = mark_drafts(desk.transaction, [draft])
    return marked


def _first(desk: _Desk, draft: Draft, identity: Identity) -> Processed:
    _put_text(desk, draft, identity)
    _close(desk, draft)
    endpoint_ids = _tell(desk, draft, desk.release.revision, None)
    return _counted(desk, "new", endpoint_ids)


def _revise(desk: _Desk, draft: Draft, identity: Identity) -> Processed:
    release = desk.release
    _identify(desk, draft, identity)
    _close(desk, draft)
    if identity.words == release.words:
        return _counted(desk, "seen")
    return _counted(desk, "revised", _tell_revision(desk, draft, identity))


def _tell_revision(desk: _Desk, draft: Draft, identity: Identity) -> list[UUID]:
    key = (desk.release.id, desk.release.revision + 1)
    changes = add_revision(desk.transaction, key, draft, identity.words, now=desk.at)
    return _tell(desk, draft, key[1], changes)


def _close(desk: _Desk, draft: Draft) -> None:
    """End the waiting; a summary whose page may still come is asked for again, ever more seldom."""
    until = desk.at + LATE_FOR
    again = next_late_attempt(0, until, desk.at)
    if draft.text_source == "summary" and desk.came.hope != "none" and again:
        mark_late(desk.transaction, desk.release, again, until, _late_words(draft, until), restart=True)
        return
    mark_settled(
        desk.transaction,
        desk.release.id,
        detail=draft.text_detail,
        validators=(desk.came.etag, desk.came.last_modified) if draft.text_source == "page" else None,
    )


def _late_words(draft: Draft, until: datetime) -> str:
    return f"{draft.text_detail}; the page is asked for again until {until:%Y-%m-%d %H:%M} UTC"


def _late(desk: _Desk, draft: Draft) -> Processed:
    """Fill in the text that was told as a summary, or let the page be asked for once more, or not again."""
    release, until = desk.release, desk.release.late_until or desk.at
    if release.stored.text_source != "summary":
        mark_settled(desk.transaction, release.id, detail=release.stored.text_detail)
        return Processed()
    if draft.text_source == "page":
        return _fill(desk, draft)
    again = next_late_attempt(release.attempts, until, desk.at) if desk.came.hope != "none" else None
    if again:
        mark_late(desk.transaction, release, again, until, _late_words(draft, until))
    else:
        mark_settled(desk.transaction, release.id, detail=f"{draft.text_detail}; not asked for again")
    return Processed()


def _fill(desk: _Desk, draft: Draft) -> Processed:
    """Put the page's text in the place of the summary: what rings newly is told, nothing is told twice.

    Where the whole text undoes what was told of the summary, it is a revision: its receivers are owed that.
    """
    release, transaction = desk.release, desk.transaction
    identity = identify(draft, "", "")
    topics = desk.watching.at(transaction, hold_watched_version(transaction))
    judged = topics.match(draft_text(draft, release.feed))
    before = load_judged_topics(transaction, release.id, release.revision)
    holding = {match.topic_id for match in judged.matches}
    undone = any((topic in holding) != held for topic, held in before.items() if topic in topics.topics)
    if undone:
        _identify(desk, draft, identity)
        endpoint_ids = _tell_revision(desk, draft, identity)
    else:
        _put_text(desk, draft, identity)
        endpoint_ids = _tell_fresh(desk, draft, topics, judged)
    mark_settled(transaction, release.id, detail="", validators=(desk.came.etag, desk.came.last_modified))
    return Processed(endpoint_ids=set(endpoint_ids))


def _put_text(desk: _Desk, draft: Draft, identity: Identity) -> None:
    add_to_habits(desk.transaction, [draft])
    _identify(desk, draft, identity)
    key = (desk.release.id, desk.release.revision)
    replace_text(desk.transaction, key, draft, identity.words, now=desk.at)


def _identify(desk: _Desk, draft: Draft, identity: Identity) -> None:
    release_id = desk.release.id
    told = Told(release_id, draft, desk.release.site)
    bands = bands_of(near_text(draft.title, draft.body, draft.zones))
    add_bands(desk.transaction, [(release_id, (*bands, *story_keys(told, desk.at)))])
    add_identities(desk.transaction, [(release_id, digest_keys(identity))])
    link_stories(desk.transaction, [told], desk.at)


def _tell(desk: _Desk, draft: Draft, revision: int, changes: Changes | None) -> list[UUID]:
    topics = desk.watching.at(desk.transaction, hold_watched_version(desk.transaction))
    judged = topics.match(draft_text(draft, desk.release.feed))
    matched = _note_matched(desk, draft, revision, topics, judged, changes)
    return record_matches(desk.transaction, [matched], topics.topics, version=topics.version, now=desk.at)


def _tell_fresh(desk: _Desk, draft: Draft, topics: CompiledTopics, judged: Judged) -> list[UUID]:
    matched = _note_matched(desk, draft, desk.release.revision, topics, judged, None)
    return record_filled_matches(
        desk.transaction, matched, topics.topics, version=topics.version, now=desk.at
    )


def _note_matched(
    desk: _Desk,
    draft: Draft,
    revision: int,
    topics: CompiledTopics,
    judged: Judged,
    changes: Changes | None,
) -> MatchedText:
    release = desk.release
    mark_releases_matched(desk.transaction, [release.id], topics.version)
    record_read_texts(desk.transaction, [stored_reading(release.id, revision, judged, desk.at)])
    facts = release_facts(str(release.id), revision, draft, desk.at)
    return MatchedText(facts, judged.matches, release.backlog, changes)


def _counted(desk: _Desk, outcome: SettledAs, endpoint_ids: Sequence[UUID] = ()) -> Processed:
    count_settled(desk.transaction, desk.release.fetch_id, outcome)
    return Processed(outcomes={outcome: 1, "settling": -1}, endpoint_ids=set(endpoint_ids))
