"""How well the words of a release are read from pages of eight shapes, beside bare trafilatura."""

import re
from collections import Counter
from dataclasses import dataclass

import trafilatura

from shared.domain.releases.page import Page, read_page
from tests.evaluate.page_shapes import SHAPES, PageShape

URL = "https://press.example/news/1"
_WORD = re.compile(r"[^\W_]+(?:[.,][^\W_]+)*")
_ROW = "{:24}{:>10}{:>10}{:>10}{:>16}{:>18}"


@dataclass(frozen=True, slots=True)
class Score:
    """How much of what was read belongs to the release, and how much of the release was read, by words."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def score_words(read: str, written: str) -> Score:
    """Compare the words of two texts, each as often as it stands; of a page without a release nothing is right."""
    found, wanted = Counter(_WORD.findall(read.casefold())), Counter(_WORD.findall(written.casefold()))
    if not wanted:
        return Score(float(not found), float(not found))
    common = (found & wanted).total()
    return Score(common / found.total() if found else 0.0, common / wanted.total())


def score_ours(shape: PageShape) -> Score:
    """Score what Tocsin files of a page."""
    page = read_page(shape.html.encode(), URL, "text/html; charset=utf-8")
    return score_words(page.body if isinstance(page, Page) else "", "\n".join(shape.lines))


def score_bare(shape: PageShape) -> Score:
    """Score what trafilatura alone extracts, as its makers set it."""
    return score_words(trafilatura.extract(shape.html, url=URL) or "", "\n".join(shape.lines))


def print_pages() -> None:
    """Print the score of every shape."""
    print("\nPages: words of the release, by shape\n")
    print(_ROW.format("", "precision", "recall", "F1", "trafilatura F1", "refused because"))
    for shape in SHAPES:
        ours, bare = score_ours(shape), score_bare(shape)
        page = read_page(shape.html.encode(), URL)
        refused = "" if isinstance(page, Page) else page.reason
        print(
            _ROW.format(
                shape.name,
                f"{ours.precision:.3f}",
                f"{ours.recall:.3f}",
                f"{ours.f1:.3f}",
                f"{bare.f1:.3f}",
                refused,
            )
        )
