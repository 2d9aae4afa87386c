"""A feed's identity card: what its entries and answers have taught of it, and what follows for reading it."""

from dataclasses import dataclass
from typing import Literal

Guids = Literal["unknown", "none", "stable", "shared", "churning"]
Dates = Literal["unknown", "stay", "move"]
Texts = Literal["unknown", "full", "summaries", "mixed"]
Conditions = Literal["unknown", "honoured", "ignored", "untrue", "none"]

UNSTABLE_GUIDS: frozenset[Guids] = frozenset({"shared", "churning"})

# One release posted twice, or one guid used again by hand, is no habit.
_FEW = 3
_SHARED_PART, _CHURNING_PART, _MOVING_PART = 0.1, 0.3, 0.5
_ENOUGH_DATES, _ENOUGH_ANSWERS = 10, 5
_NEARLY_ALL = 0.9

_WORDS = {
    "guids": {
        "none": "entries have no guid",
        "stable": "guids are stable",
        "shared": "one guid names several releases",
        "churning": "guids change at every fetch",
    },
    "dates": {"stay": "dates stay", "move": "dates move while the words stay"},
    "texts": {"full": "full texts", "summaries": "summaries only", "mixed": "full texts and summaries"},
    "conditions": {
        "honoured": "answers 304",
        "ignored": "never answers 304",
        "untrue": "its 304s were untrue",
        "none": "gives no ETag or Last-Modified",
    },
}


@dataclass(frozen=True, slots=True)
class CardEvidence:
    """What was counted of a feed over 30 days.

    Of its `guids`, `shared_guids` name several releases, one of them `most_shared`; of its `releases`,
    `renamed` came under several guids; `without_guid` entries had none. Of the entries that came `again` in
    other bytes, `redated` had the same words under another date. `full` and `summaries` count the texts it
    gave first. Of its polls, `not_modified` had a 304 and `same_bytes` a body that was known; `validators`
    tells whether it gives any, `conditions_off` why its 304s are not believed.
    """

    guids: int = 0
    shared_guids: int = 0
    most_shared: int = 0
    releases: int = 0
    renamed: int = 0
    without_guid: int = 0
    again: int = 0
    redated: int = 0
    full: int = 0
    summaries: int = 0
    not_modified: int = 0
    same_bytes: int = 0
    validators: bool = False
    conditions_off: str = ""
    entries_a_day: float | None = None


@dataclass(frozen=True, slots=True)
class FeedCard:
    """What is known of a feed, each trait one word; "unknown" where too little was seen."""

    guids: Guids = "unknown"
    dates: Dates = "unknown"
    texts: Texts = "unknown"
    conditions: Conditions = "unknown"
    entries_a_day: float | None = None

    @property
    def trusts_guids(self) -> bool:
        """Tell whether a guid may tell this feed's entries apart."""
        return self.guids not in UNSTABLE_GUIDS

    @property
    def trusts_dates(self) -> bool:
        """Tell whether another date makes an entry another one."""
        return self.dates != "move"


def learn_card(evidence: CardEvidence, before: FeedCard) -> FeedCard:
    """Learn a feed's traits; what once was unstable stays so, for reading it so leaves no more evidence."""
    return FeedCard(
        guids=before.guids if before.guids in UNSTABLE_GUIDS else _guids(evidence),
        dates="move" if before.dates == "move" else _dates(evidence),
        texts=_texts(evidence),
        conditions=_conditions(evidence),
        entries_a_day=evidence.entries_a_day,
    )


def card_words(card: FeedCard) -> str:
    """Say what is known of a feed in one line; "too little is known yet" where nothing is."""
    known = [words[trait] for name, words in _WORDS.items() if (trait := getattr(card, name)) in words]
    if card.entries_a_day is not None:
        known.append(f"about {card.entries_a_day:.2g} entries a day")
    return "; ".join(known) or "too little is known yet"


def _guids(evidence: CardEvidence) -> Guids:
    if evidence.most_shared >= _FEW or _part(evidence.shared_guids, evidence.guids, 2) >= _SHARED_PART:
        return "shared"
    if _part(evidence.renamed, evidence.releases, _FEW) >= _CHURNING_PART:
        return "churning"
    if not evidence.guids:
        return "none" if evidence.without_guid >= _FEW else "unknown"
    return "stable" if evidence.guids >= _FEW else "unknown"


def _dates(evidence: CardEvidence) -> Dates:
    if _part(evidence.redated, evidence.again, _FEW) >= _MOVING_PART:
        return "move"
    return "stay" if evidence.releases >= _ENOUGH_DATES else "unknown"


def _texts(evidence: CardEvidence) -> Texts:
    texts = evidence.full + evidence.summaries
    if texts < _FEW:
        return "unknown"
    if evidence.full >= _NEARLY_ALL * texts:
        return "full"
    return "summaries" if evidence.summaries >= _NEARLY_ALL * texts else "mixed"


def _conditions(evidence: CardEvidence) -> Conditions:
    if evidence.conditions_off:
        return "untrue"
    if evidence.not_modified:
        return "honoured"
    if evidence.same_bytes < _ENOUGH_ANSWERS:
        return "unknown"
    return "ignored" if evidence.validators else "none"


def _part(some: int, of: int, least: int) -> float:
    return some / of if some >= least and of else 0.0
