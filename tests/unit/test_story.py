"""Which releases are of one story."""

from uuid import UUID

from shared.domain.releases.draft import Draft
from shared.domain.releases.story import StoryLink, named_translations, one_story

A, B, C, D = (UUID(int=n) for n in range(1, 5))


def link(one: UUID, other: UUID) -> StoryLink:
    return StoryLink(one, other, "translation", "hreflang")


def test_the_oldest_story_stays() -> None:
    assert one_story([link(C, A), link(B, C)], {A: A, B: B, C: C}) == {C: A, B: A}


def test_members_of_two_stories_bring_these_together() -> None:
    assert one_story([link(D, B)], {B: A, D: C}) == {C: A}


def test_members_of_one_story_change_nothing() -> None:
    assert one_story([link(B, A)], {A: A, B: A}) == {}


def test_a_page_names_the_translations_in_other_languages_at_other_addresses() -> None:
    draft = Draft(
        title="T",
        body="B",
        language="en",
        url="https://court.example/en/1",
        translations=(
            ("fr", "https://court.example/fr/1?utm_source=x"),
            ("en", "https://court.example/us/1"),
            ("de", "https://court.example/en/1"),
            ("es", "https://court.example/"),
            ("it", "mailto:desk@court.example"),
        ),
    )
    assert list(named_translations(draft).values()) == ["fr"]
