"""Whether a text tells of a concept, or only names it in passing.

What rings wrongly is nearly always one weak word, once, outside of the title: words none of which rings alone took
MedISys from a precision of 15 % to 71 % (docs/topics.md; docs/adr/0014 has what it brought here).
"""

from collections.abc import Mapping
from itertools import combinations

from shared.domain.topics.context import standing_near
from shared.domain.topics.pattern_hits import Hit
from shared.domain.topics.patterns import Pattern
from shared.domain.topics.reading import DATELINE, LEAD, TITLE, ReadText

# Words, about a paragraph's; in a text of a thousand a weak word stands twice by chance.
_TOGETHER = 100
# In scripts without spaces a character counts as a word, and words have two.
_PHRASE_UNSPACED = 4


def is_told(found: list[Hit], company: Mapping[str, tuple[Pattern, ...]], read: ReadText) -> bool:
    """Say whether `found`, the hits of one concept in what rings of a text, are more than a mention in passing.

    In the title it is; in the lead of a text that has no title, or nothing behind its lead, as well.

    `company` has, by concept, the words that its doubtful phrases need. A concept without any, as users add them, is
    told by every mention.
    """
    head = TITLE if read.text.title.strip() and read.has_more_than_lead else TITLE | DATELINE | LEAD
    return (
        any(read.place(hit.first).zone & head for hit in found)
        or _stands_twice(found)
        or any(_tells_alone(hit, read) or _has_company(hit, company, read) for hit in found)
    )


def _stands_twice(found: list[Hit]) -> bool:
    """Say whether two hits, in reading order, stand apart, and not so far that each is a mention of its own."""
    return any(0 < late.first - early.last <= _TOGETHER for early, late in combinations(found, 2))


def _tells_alone(hit: Hit, read: ReadText) -> bool:
    """Say whether a phrase of several words, none of which is in doubt, is what was found."""
    if hit.pattern.needs or hit.pattern.forbids:
        return False
    fewest = _PHRASE_UNSPACED if read.place(hit.first).form.unspaced else 2
    return len(hit.pattern.slots) >= fewest


def _has_company(hit: Hit, company: Mapping[str, tuple[Pattern, ...]], read: ReadText) -> bool:
    """Say whether two different words near a hit tell what it is about, each with all its forms."""
    companions = hit.pattern.needs or company.get(hit.pattern.concept or "", ())
    if not companions:
        return True
    words = {_keys(other, read) for other in standing_near(hit, companions, read)}
    return any(one.isdisjoint(other) for one, other in combinations(words, 2))


def _keys(hit: Hit, read: ReadText) -> frozenset[str]:
    return frozenset(key for at in range(hit.first, hit.last + 1) for key in read.place(at).form.found)
