"""Stories: releases that tell the same thing, in another language or in another publisher's words."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from shared.domain.releases.draft import Draft
from shared.domain.releases.identity import url_digest
from shared.domain.web.url import canonical_url

LinkKind = Literal["translation", "rewrite"]


@dataclass(frozen=True, slots=True)
class StoryLink:
    """Two releases of one story, the later one first, and why they are."""

    release_id: UUID
    sibling_id: UUID
    kind: LinkKind
    reason: str


@dataclass(frozen=True, slots=True)
class Story:
    """The story of a release as its receivers are told it; `translations` as {language, url, title}."""

    id: str
    translations: tuple[dict[str, str], ...] = ()


def named_translations(draft: Draft) -> dict[bytes, str]:
    """Give the language of each address that the draft's own page names as a translation, by its digest."""
    own = url_digest(draft.url)
    named = ((url_digest(canonical_url(url)), code) for code, url in draft.translations)
    return {digest: code for digest, code in named if digest not in {None, own} and code != draft.language}


def one_story(links: list[StoryLink], stories: dict[UUID, UUID]) -> dict[UUID, UUID]:
    """Join the stories that links connect; give the new story of each old one that ends.

    `stories` names the story of every release in the links. The oldest stays: ids are made in the order of time.
    """
    joined: dict[UUID, UUID] = {}

    def story_of(story: UUID) -> UUID:
        while story in joined:
            story = joined[story]
        return story

    for link in links:
        one, other = sorted((story_of(stories[link.release_id]), story_of(stories[link.sibling_id])))
        if one != other:
            joined[other] = one
    return {old: story_of(old) for old in joined}
