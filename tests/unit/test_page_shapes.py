"""Pages of eight shapes: the release, all of it, and nothing of what surrounds it."""

import pytest

from shared.domain.releases.page import Page, read_page
from tests.evaluate.page_shapes import SHAPES, PageShape
from tests.evaluate.page_table import URL, score_bare, score_ours

BY_NAME = {shape.name: shape for shape in SHAPES}
SURROUNDINGS = (
    "cookies", "Accept all", "Share this", "LinkedIn", "Related news", "treasurer", "Legal notice", "Newsroom",
    "newsletter", "All rights reserved", "partners", "subscriber",
)  # fmt: skip


def page_of(name: str) -> Page:
    page = read_page(BY_NAME[name].html.encode(), URL)
    assert isinstance(page, Page)
    return page


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_the_words_of_a_release_are_read_and_no_others(shape: PageShape) -> None:
    assert score_ours(shape).f1 >= 0.97


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_no_shape_is_read_worse_than_by_trafilatura_alone(shape: PageShape) -> None:
    assert score_ours(shape).f1 >= score_bare(shape).f1


@pytest.mark.parametrize("name", [shape.name for shape in SHAPES if shape.lines])
def test_nothing_that_surrounds_an_article_is_in_it(name: str) -> None:
    body = page_of(name).body
    assert [words for words in SURROUNDINGS if words in body] == []


def test_each_caption_of_a_gallery_is_kept_once_and_apart() -> None:
    page = page_of("gallery")
    captions = [media.caption for media in page.media]
    assert len(captions) == len(set(captions)) == 2
    assert not set(captions) & set(page.lines)
    assert not [line for line in page.lines if line in {"/", "1", "2", "1/2"}]
    assert len(page.lines) == len(set(page.lines))


def test_a_release_that_is_a_file_to_download_is_kept_as_media() -> None:
    (file,) = page_of("press PDF link page").media
    assert (file.kind, file.url) == ("file", "https://press.example/files/accounts-2023.pdf")


def test_a_table_keeps_its_rows() -> None:
    assert "Timber | 412 | 455 | 10.4 %" in page_of("table-heavy").lines


def test_text_whose_class_only_sounds_like_buttons_stays() -> None:
    html = BY_NAME["table-heavy"].html.replace("<table>", '<table class="share-price">')
    page = read_page(html.encode(), URL)
    assert isinstance(page, Page)
    assert "Timber | 412 | 455 | 10.4 %" in page.lines
