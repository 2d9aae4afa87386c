"""What is learnt of a feed from what was counted."""

from dataclasses import replace

import pytest

from shared.domain.polling.feed_card import CardEvidence, FeedCard, card_words, learn_card

ORDINARY = CardEvidence(
    guids=40,
    releases=40,
    most_shared=1,
    again=4,
    full=40,
    not_modified=900,
    validators=True,
    entries_a_day=1.3,
)
NOTHING_KNOWN = FeedCard()


def learnt(before: FeedCard = NOTHING_KNOWN, **counted: object) -> FeedCard:
    return learn_card(replace(ORDINARY, **counted), before)  # type: ignore[arg-type]


def test_an_ordinary_feed_is_known_by_every_trait() -> None:
    card = learnt()
    assert card == FeedCard("stable", "stay", "full", "honoured", 1.3)
    assert (card.trusts_guids, card.trusts_dates) == (True, True)
    assert card_words(card) == (
        "guids are stable; dates stay; full texts; answers 304; about 1.3 entries a day"
    )


def test_of_a_feed_seldom_seen_nothing_is_claimed() -> None:
    assert learn_card(CardEvidence(), NOTHING_KNOWN) == NOTHING_KNOWN
    assert card_words(NOTHING_KNOWN) == "too little is known yet"


@pytest.mark.parametrize(
    ("counted", "guids"),
    [
        ({"shared_guids": 1, "most_shared": 2}, "stable"),
        ({"shared_guids": 1, "most_shared": 3}, "shared"),
        ({"shared_guids": 5, "most_shared": 2}, "shared"),
        ({"renamed": 2}, "stable"),
        ({"renamed": 20}, "churning"),
        ({"guids": 0, "releases": 0, "without_guid": 9}, "none"),
        ({"guids": 2, "releases": 2}, "unknown"),
    ],
)
def test_guids_are_stable_until_several_releases_share_one_or_have_several(
    counted: dict[str, int], guids: str
) -> None:
    assert learnt(**counted).guids == guids


@pytest.mark.parametrize("guids", ["shared", "churning"])
def test_an_unstable_guid_is_never_trusted_again_by_itself(guids: str) -> None:
    card = learnt(FeedCard(guids=guids))  # type: ignore[arg-type]
    assert (card.guids, card.trusts_guids) == (guids, False)


def test_dates_move_where_most_that_came_again_had_the_same_words() -> None:
    assert learnt(again=40, redated=2).dates == "stay"
    assert learnt(again=40, redated=30).dates == "move"
    assert not learnt(FeedCard(dates="move")).trusts_dates


@pytest.mark.parametrize(
    ("full", "summaries", "texts"),
    [(40, 1, "full"), (1, 40, "summaries"), (20, 20, "mixed"), (1, 1, "unknown")],
)
def test_a_feed_gives_texts_or_summaries(full: int, summaries: int, texts: str) -> None:
    assert learnt(full=full, summaries=summaries).texts == texts


@pytest.mark.parametrize(
    ("counted", "conditions"),
    [
        ({"not_modified": 0, "same_bytes": 50}, "ignored"),
        ({"not_modified": 0, "same_bytes": 50, "validators": False}, "none"),
        ({"not_modified": 0, "same_bytes": 2}, "unknown"),
        ({"conditions_off": "answered 304 although 1 entry is new"}, "untrue"),
    ],
)
def test_a_server_honours_conditions_or_does_not(counted: dict[str, object], conditions: str) -> None:
    assert learnt(**counted).conditions == conditions
