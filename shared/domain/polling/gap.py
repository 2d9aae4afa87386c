"""Whether entries may have come and gone between two polls."""

from shared.domain.polling.rhythm import Rhythm, followers_within

# A feed that shows one or two items at a time turns over completely between polls in its ordinary rhythm.
_LEAST_ITEMS_FOR_A_GAP = 3
# Above this many more entries expected since the last poll, such a feed may have shown one that we did not see.
_UNSEEN_EXPECTED = 0.001


def may_have_missed(
    last_items: int, items: int, overlap: int, rhythm: Rhythm | None, from_at: float, to_at: float
) -> bool:
    """Tell whether entries may have come and gone between two documents of `last_items` and `items`.

    Never where either is empty or an item was known (`overlap`). One or two items always turn over together:
    there the rhythm decides, by the entries it lets expect between the two polls (epoch seconds), and the
    company that releases come in: only between polls a few seconds apart is one surely all there was.
    """
    if not last_items or not items or overlap:
        return False
    if items >= _LEAST_ITEMS_FOR_A_GAP:
        return True
    expected = rhythm.expected(from_at, to_at) if rhythm else 0.0
    return expected + followers_within(to_at - from_at) > _UNSEEN_EXPECTED
