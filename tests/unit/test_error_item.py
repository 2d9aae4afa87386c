"""Errors that bridges serve as entries are told from news about errors."""

import pytest

from shared.domain.feeds.entry import Entry
from shared.domain.feeds.error_item import entry_error, error_item, may_hold_error_item

BRIDGE = Entry(title="Bridge returned error 403! (20601)")
NEWS = Entry(title="Europol closes a network of smugglers")


@pytest.mark.parametrize(
    "title",
    [
        "Bridge returned error 0! (20601)",
        "Bridge returned error HttpException!",
        "RSS reader not yet whitelisted!",
        "Your feed has been suspended.",
    ],
)
def test_an_error_of_a_bridge_is_known_wherever_it_stands(title: str) -> None:
    assert title in str(entry_error(Entry(title=title)))


@pytest.mark.parametrize(
    "title",
    ["Error", "An error occurred", "Error 502: Bad Gateway", "HTTP Error 403 Forbidden", "Internal Server Error",
     "Unable to fetch the feed."],
)  # fmt: skip
def test_a_bare_error_is_believed_only_of_a_feed_that_holds_nothing_else(title: str) -> None:
    assert error_item([Entry(title=title)])
    assert error_item([Entry(title=title), NEWS]) is None
    assert entry_error(Entry(title=title)) is None


@pytest.mark.parametrize(
    "title",
    [
        "Error in tender 502: the Commission explains",
        "Police: bridge returned to traffic after error",
        "Fehler im System: Polizei warnt vor falschen Anrufen",
        "Erreur judiciaire : la cour de cassation saisie",
        "Feed and food: suspended imports",
        "",
    ],
)
def test_a_release_about_an_error_is_none(title: str) -> None:
    assert error_item([Entry(title=title)]) is None


def test_what_is_good_beside_an_error_keeps_the_document() -> None:
    assert error_item([BRIDGE, NEWS]) is None
    assert error_item([BRIDGE, BRIDGE])
    assert error_item([]) is None
    assert error_item([BRIDGE] * 4) is None


def test_only_a_short_document_with_a_telling_word_is_parsed_for_it() -> None:
    assert may_hold_error_item(b"<title>Bridge returned ERROR</title>", 1)
    assert not may_hold_error_item(b"<title>Bridge opened</title>", 1)
    assert not may_hold_error_item(b"error", 20)
