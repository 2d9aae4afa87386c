"""Which releases are of one story: linked as they are stored, looked up before the identity lock is taken."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.domain.releases.draft import Draft
from shared.domain.releases.near_copy import near_text
from shared.domain.releases.siblings import Sibling, StoryText, judge_siblings, story_terms
from shared.domain.releases.story import StoryLink
from shared.store.database import Database, Transaction, read_clock
from shared.store.stories import add_story_links, link_named_translations, load_story_candidates

# A story has one wire after the other: links to its nearest members are enough to belong to it.
_MOST_LINKS = 3


@dataclass(frozen=True, slots=True)
class Told:
    """A release whose text is stored for the first time."""

    release_id: UUID
    draft: Draft
    site: str


def story_keys(told: Told, at: datetime) -> tuple[int, ...]:
    """Give the keys under which the others of its story will find a release; they are stored with its bands."""
    return story_terms(_story_text(told, at))


def link_stories(transaction: Transaction, told: Sequence[Told], at: datetime) -> None:
    """Link releases with those of the same story: named by their pages, translated, or told in other words.

    Their `story_keys` are stored already, so that those of one batch find each other.
    """
    link_named_translations(transaction, [(one.release_id, one.draft) for one in told], now=at)
    texts = {one.release_id: _story_text(one, at) for one in told}
    add_story_links(transaction, _links(transaction, texts), now=at)


def look_for_siblings(database: Database, told: Sequence[Told]) -> None:
    """Compare with what is stored, before the lock: under it, what was compared is at hand."""
    if told:
        with database.begin() as transaction:
            at = read_clock(transaction)
            _links(transaction, {one.release_id: _story_text(one, at) for one in told})


def _links(transaction: Transaction, texts: dict[UUID, StoryText]) -> list[StoryLink]:
    candidates = load_story_candidates(transaction, {i: story_terms(text) for i, text in texts.items()})
    links = []
    for release_id, text in texts.items():
        judged = [
            (other, judge_siblings(text, known)) for other, known in candidates.get(release_id, {}).items()
        ]
        found: list[tuple[UUID, Sibling]] = [(other, sibling) for other, sibling in judged if sibling]
        nearest = sorted(found, key=lambda pair: -pair[1].score)[:_MOST_LINKS]
        links += [StoryLink(release_id, other, sibling.kind, sibling.reason) for other, sibling in nearest]
    return links


def _story_text(told: Told, at: datetime) -> StoryText:
    draft = told.draft
    return StoryText(
        near_text(draft.title, draft.body, draft.zones),
        draft.language,
        draft.publisher,
        told.site,
        draft.url,
        draft.published_at or at,
    )
