"""Recognising the entry that a bridge makes of its own error, and serves as if it were news."""

import re
from collections.abc import Sequence

from shared.domain.feeds.entry import Entry

# A feed maker that fails leaves one entry, seldom two; a press office's feed of so few is read all the same.
MOST_ITEMS = 3
# What each row's text holds, as bytes of a document: where none stands, no entry has to be parsed for it.
_HINT = re.compile(rb"error|whitelist|suspend|expired|exception|unable|not available", re.IGNORECASE)

# Whole titles. RSS-Bridge counts days at the end, so each day brings a new id (RSS-Bridge PR #841).
_TITLES = (
    (re.compile(r"bridge returned error (\S{1,40})! ?(\(\d+\))?"), "RSS-Bridge"),
    (re.compile(r"rss reader not yet whitelisted!?"), "Nitter"),
    (
        re.compile(r"(your |this )?feed (has been|is|was) (suspended|disabled|expired)[.!]?"),
        "the feed's maker",
    ),
    (re.compile(r"(your )?(trial|subscription|plan) (has|is) (ended|expired)[.!]?"), "the feed's maker"),
)
# Titles that any programme may give its failure: believed only of a feed that holds nothing else.
_BARE = re.compile(
    r"(an? )?((internal|unknown|unexpected|fatal|server|http|database|parse|feed) )*"
    r"(error|exception)( has)?( occurr?ed)?( (code )?\(?[1-5]\d\d\)?)?( forbidden| not found| bad gateway"
    r"| internal server error| service unavailable| gateway time-?out| too many requests| unauthorized)?[.!]*"
    r"|(error|http)[ :]*[45]\d\d[ :-]*[a-z '-]{0,40}"
    r"|unable to (load|fetch|retrieve|read|generate) (the |this )?(feed|page|content|url)[.!]*",
)


def error_item(entries: Sequence[Entry]) -> str | None:
    """Say which error a document's entries tell; None where any of them is not an error of a bridge.

    All have to be one, for what is good beside an error must not be lost.
    """
    words = [entry_error(entry, alone=len(entries) == 1) for entry in entries[: MOST_ITEMS + 1]]
    if not words or len(words) > MOST_ITEMS:
        return None
    return words[0] if all(words) else None


def entry_error(entry: Entry, *, alone: bool = False) -> str | None:
    """Say which error an entry tells in place of a release; `alone`: the feed holds nothing else.

    The title decides, as a whole: a release may well be about an error.
    """
    title = " ".join(entry.title.split())
    folded = title.lower()
    maker = next((maker for pattern, maker in _TITLES if pattern.fullmatch(folded)), None)
    if maker:
        return f"an error of {maker} served as an entry: “{title[:120]}”"
    if alone and _BARE.fullmatch(folded):
        return f"an error served as the feed's only entry: “{title[:120]}”"
    return None


def may_hold_error_item(document: bytes, items: int) -> bool:
    """Tell cheaply whether a document is worth parsing for an error item."""
    return 0 < items <= MOST_ITEMS and bool(_HINT.search(document))
