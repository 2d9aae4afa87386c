"""Whatever feedparser reads is read here, by the reduced document and the whole one alike."""

import random
from functools import cache

import pytest

from tests.evaluate.feed_kinds import FeedKind
from tests.evaluate.reading_table import all_kinds, read_kind
from tests.unit.test_novelty_law import check_law

KINDS = all_kinds()
read = cache(read_kind)
# Where feedparser, or what takes mark-up out of its titles, is wrong.
BETTER = {
    ("Atom", "a text title with brackets"): "5 < 6 and &amp;",
    ("charset", "one bad byte"): "Préfecture : crues \ufffd l’étude",
    ("not well formed", "a control character"): "Police rescue",
}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: f"{kind.family}: {kind.name}")
def test_every_entry_that_feedparser_reads_is_read(kind: FeedKind) -> None:
    found = read(kind)
    assert not found.refusal
    assert len(found.entries) >= len(found.theirs)
    titles, addresses = {entry.title for entry in found.entries}, {entry.url for entry in found.entries}
    better = BETTER.get((kind.family, kind.name))
    assert ({better} if better else {theirs.title for theirs in found.theirs}) <= titles
    assert all(addresses.intersection(theirs.links) for theirs in found.theirs if theirs.links)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: f"{kind.family}: {kind.name}")
def test_the_reduced_document_reads_as_the_whole(kind: FeedKind) -> None:
    check_law(kind.document, read(kind).entries, random.Random(kind.name), kind.content_type or None)


def test_there_are_kinds_enough() -> None:
    assert len(KINDS) > 150
    assert len({(kind.family, kind.name) for kind in KINDS}) == len(KINDS)
