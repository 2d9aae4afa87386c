"""Whether the words around a phrase say that its concept is meant."""

from collections.abc import Iterator

from shared.domain.topics.absence import said_absent
from shared.domain.topics.pattern_hits import Hit, hits_everywhere, pattern_hits
from shared.domain.topics.patterns import Pattern
from shared.domain.topics.reading import BODY, BREAK, DATELINE, LEAD, TITLE, ReadText

# About a sentence on either side; in scripts without spaces a phrase or two.
NEAR_WORDS = 20
# From the title to the lead and from the lead to the next paragraph: each is read on from the other, and is short.
READ_ON_WORDS = 30
_HEAD = TITLE | DATELINE | LEAD
_LEAD_TO_NEXT = LEAD | BODY


def hits_in_context(pattern: Pattern, read: ReadText, zones: int) -> list[Hit]:
    """Return the stretches of `read` in `zones` that fill `pattern`.

    Of a doubtful phrase those in good company, of a concept's those that the text does not say to be absent.
    """
    found = pattern_hits(pattern, read, zones)
    if pattern.needs or pattern.forbids:
        found = [hit for hit in found if has_what_it_needs(hit, read) and not is_forbidden(hit, read)]
    if pattern.concept is None or not found:
        return found
    return [hit for hit in found if said_absent(hit, read) is None]


def has_what_it_needs(hit: Hit, read: ReadText) -> bool:
    """Say whether one of what a phrase needs stands near it, on either side."""
    needs = hit.pattern.needs
    return not needs or next(standing_near(hit, needs, read), None) is not None


def standing_near(hit: Hit, contexts: tuple[Pattern, ...], read: ReadText) -> Iterator[Hit]:
    """Yield where one of `contexts` stands near a hit, before or behind it."""
    for other in _standing(contexts, read):
        if (other.last < hit.first or hit.last < other.first) and _is_in_reach(hit, other, read):
            yield other


def is_forbidden(hit: Hit, read: ReadText) -> bool:
    """Say whether what a phrase forbids stands near it, which may also be the words around and in it."""
    forbids = hit.pattern.forbids
    return bool(forbids) and any(_is_in_reach(hit, other, read) for other in _standing(forbids, read))


def _standing(contexts: tuple[Pattern, ...], read: ReadText) -> list[Hit]:
    """Return wherever one of `contexts` stands; the text remembers it, as the phrases of a list share theirs."""
    known = read.remembered.get(id(contexts))
    if known is None:
        known = read.remembered[id(contexts)] = (contexts, hits_everywhere(contexts, read))
    hits: list[Hit] = known[1]
    return hits


def _is_in_reach(hit: Hit, other: Hit, read: ReadText) -> bool:
    """Say whether two stretches are so near that each may tell what the other means."""
    early, late = (hit, other) if hit.first <= other.first else (other, hit)
    words = late.first - early.last - 1
    before, after = read.place(early.last), read.place(late.first)
    breaks = (after.rank - before.rank - 1 - words) // (BREAK - 1)
    if breaks <= 0:
        return words <= NEAR_WORDS
    zones = before.zone | after.zone
    reads_on = not zones & ~_HEAD or (breaks == 1 and zones == _LEAD_TO_NEXT)
    return reads_on and words <= READ_ON_WORDS
