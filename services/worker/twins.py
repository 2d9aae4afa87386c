"""Which stored release the text of a page turns out to be."""

from uuid import UUID

from services.worker.linking import Told, look_for_siblings
from shared.domain.releases.build_draft import complete_draft
from shared.domain.releases.draft import Draft
from shared.domain.releases.filing import digest_keys, near_copy
from shared.domain.releases.identity import Identity, New, decide, identify, near_reason
from shared.domain.releases.near_copy import bands_of, near_text
from shared.domain.releases.page import Page, PageRefusal, Unchanged
from shared.store.database import Database, Transaction, read_clock
from shared.store.known import load_bands, load_releases
from shared.store.settling import SettlingRelease, list_twins_of_its_feeds, load_twins


def find_twin(
    transaction: Transaction, release: SettlingRelease, draft: Draft, identity: Identity
) -> tuple[UUID, str] | None:
    """Find the release that the completed text turns out to be, and say why.

    The address that its feed gave names no twin: it is this release's own, or was told apart when it was filed.
    """
    asked = identify(release.draft, "", "").url
    digests = [key for key in digest_keys(identity) if key != ("url", asked)]
    decision = decide(draft, identity, load_twins(transaction, release.id, digests))
    if not isinstance(decision, New):
        return UUID(decision.release_id), "same text on its page"
    return _find_near_copy(transaction, release, draft)


def _find_near_copy(
    transaction: Transaction, release: SettlingRelease, draft: Draft
) -> tuple[UUID, str] | None:
    bands = load_bands(transaction, [bands_of(near_text(draft.title, draft.body, draft.zones))])
    ids = sorted({i for found in bands.values() for i in found if i != release.id})
    same_feed = list_twins_of_its_feeds(transaction, release.id, ids)
    for release_id, known in load_releases(transaction, ids).items():
        likeness = near_copy(draft, release.site, known, same_feed=release_id in same_feed)
        if likeness is not None:
            return known.merged_into or release_id, near_reason(known.title, likeness)
    return None


def look_beforehand(
    database: Database, release: SettlingRelease, page: Page | PageRefusal | Unchanged
) -> None:
    """Compare with what is stored before the identity lock is taken: under it, the results are at hand."""
    if release.was_told or not isinstance(page, Page):
        return
    with database.begin() as transaction:
        draft = complete_draft(release.draft, page, read_clock(transaction))
        _find_near_copy(transaction, release, draft)
    look_for_siblings(database, [Told(release.id, draft, release.site)])
