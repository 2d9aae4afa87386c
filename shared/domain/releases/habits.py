"""What a publisher repeats in most of its releases: learnt from them, by the digests of their paragraphs."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from functools import lru_cache
from hashlib import blake2b
from itertools import accumulate

from shared.domain.language.dates import DATE, may_hold_date
from shared.domain.releases.article import zones_of
from shared.domain.releases.boilerplate import (
    ends_a_sentence,
    is_contact,
    without_contacts,
)
from shared.domain.releases.draft import Draft
from shared.domain.web.url import host_of

# So many releases are remembered: enough to tell, and few enough to learn new habits within weeks.
REMEMBERED = 16
FEWEST_RELEASES, FEWEST_REPEATS = 4, 3
MOST_OF_THEM = 0.5
DIGEST_BYTES = 8
# A paragraph of which so much is repeated is boilerplate, though one of its sentences was rewritten.
REPEATED_PART = 0.6
# "Key figures" is said of many things; such a line goes with the paragraph that it stands above.
LONGEST_HEADING = 60
# So many lines at the end are looked at without their dates: finding dates is what costs most here.
LAST_LINES = 10

HabitKey = tuple[str, str]
Sentences = tuple[tuple[bytes, int], ...]
# A Chinese sentence is long; its clauses are what is rewritten.
_BETWEEN_SENTENCES = re.compile(r"(?<=[.!?;؟؛])\s+|(?<=[。！？；，、])")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """The digests of one line's sentences with their lengths.

    In `plain` they stand without telephone numbers and addresses, in `undated` without dates too.
    """

    plain: Sentences
    undated: Sentences
    is_heading: bool


@dataclass(frozen=True, slots=True)
class Habits:
    """The digests in each of a publisher's recent releases in one language, the oldest first."""

    recent: tuple[frozenset[bytes], ...] = ()


@dataclass(slots=True)
class _Count:
    """How many releases of one publisher each digest stands in."""

    releases: int = 0
    standing_in: Counter[bytes] = field(default_factory=Counter)

    def add(self, digests: frozenset[bytes]) -> None:
        self.releases += 1
        self.standing_in.update(digests)

    def is_repeated(self, sentences: Sentences) -> bool:
        needed = max(FEWEST_REPEATS, self.releases * MOST_OF_THEM + 0.5)
        repeated = sum(length for digest, length in sentences if self.standing_in[digest] >= needed)
        return repeated > REPEATED_PART * sum(length for _, length in sentences)


def habit_key(draft: Draft) -> HabitKey:
    """Name whose habits a draft follows: its publisher at this host, in its language."""
    publisher = " ".join(draft.publisher.casefold().split())
    return f"{publisher} {host_of(draft.url or '')}".strip(), draft.language or ""


def digests_of(body: str) -> frozenset[bytes]:
    """Give the digests to remember of a release: of each line that says something."""
    return _flat(_paragraphs(body))


def remembers(draft: Draft) -> bool:
    """Tell whether a draft's text shows its publisher's habits: a summary does not."""
    return draft.text_source != "summary" and bool(draft.body)


def mark_repeated(drafts: Sequence[Draft], habits: Mapping[HabitKey, Habits]) -> tuple[Draft, ...]:
    """Mark in each draft's zones what its publisher repeats, in past releases and in the others given here."""
    counts: dict[HabitKey, _Count] = {}
    for key, known in habits.items():
        counts[key] = _Count()
        for digests in known.recent:
            counts[key].add(digests)
    # A text that one publisher's feeds carry twice is one of its releases; at another's host it is that one's too.
    texts = {(habit_key(draft), draft.title, draft.body) for draft in drafts if remembers(draft)}
    read = {body: _paragraphs(body) for _, _, body in texts}
    for key, _, body in texts:
        counts.setdefault(key, _Count()).add(_flat(read[body]))
    return tuple(
        _marked(draft, read[draft.body], counts[habit_key(draft)]) if remembers(draft) else draft
        for draft in drafts
    )


def _marked(draft: Draft, paragraphs: Sequence[Paragraph], count: _Count) -> Draft:
    if count.releases < FEWEST_RELEASES:
        return draft
    lines = draft.body.split("\n")
    found = _marked_before(draft, lines)
    found |= {at for at, one in enumerate(paragraphs) if not one.is_heading and count.is_repeated(one.plain)}
    found |= _at_the_end(lines, paragraphs, count, found)
    found |= _headings_of(paragraphs, count, found)
    if len(found) == len(lines):
        found -= {0}
    return replace(draft, zones=zones_of(lines, found))


def _marked_before(draft: Draft, lines: Sequence[str]) -> frozenset[int]:
    """Give the lines that the draft's zones say are boilerplate: by their words, when it was built."""
    zones = [(zone.start, zone.end) for zone in draft.zones if zone.kind == "boilerplate"]
    starts = accumulate((len(line) + 1 for line in lines), initial=0)
    return frozenset(
        at
        for at, start in zip(range(len(lines)), starts, strict=False)
        if any(a <= start < b for a, b in zones)
    )


def _at_the_end(
    lines: Sequence[str], paragraphs: Sequence[Paragraph], count: _Count, found: AbstractSet[int]
) -> frozenset[int]:
    """Find, from the end upwards, what is repeated but for a date.

    Only at the end: "Prices rose in May" and "Prices rose in June" further up are two pieces of news.
    """
    start = len(lines)
    while start > 1 and (
        start - 1 in found or is_contact(lines[start - 1]) or count.is_repeated(paragraphs[start - 1].undated)
    ):
        start -= 1
    return frozenset(range(start, len(lines)))


def _headings_of(paragraphs: Sequence[Paragraph], count: _Count, found: AbstractSet[int]) -> frozenset[int]:
    """Find the headings that are repeated together with what stands below them."""
    marked = set(found)
    for at in range(len(paragraphs) - 2, 0, -1):
        if paragraphs[at].is_heading and at + 1 in marked and count.is_repeated(paragraphs[at].plain):
            marked.add(at)
    return frozenset(marked)


# Read once to be marked, and once, under the identity lock, to be remembered.
@lru_cache(maxsize=1_024)
def _paragraphs(body: str) -> tuple[Paragraph, ...]:
    lines = body.split("\n")
    last = len(lines) - LAST_LINES
    return tuple(_paragraph(line, may_end=at >= last) for at, line in enumerate(lines))


def _paragraph(line: str, *, may_end: bool) -> Paragraph:
    plain = without_contacts(line)
    undated = DATE.sub("0", plain) if may_end and may_hold_date(plain) else plain
    is_heading = len(line) <= LONGEST_HEADING and not ends_a_sentence(line)
    sentences = _sentences(plain)
    return Paragraph(sentences, _sentences(undated) if undated != plain else sentences, is_heading)


def _sentences(text: str) -> Sentences:
    return tuple((_digest(piece), len(piece)) for piece in _BETWEEN_SENTENCES.split(text) if piece)


def _flat(paragraphs: Iterable[Paragraph]) -> frozenset[bytes]:
    return frozenset(digest for one in paragraphs for digest, _ in (*one.plain, *one.undated))


def _digest(text: str) -> bytes:
    folded = " ".join(text.casefold().split())
    return blake2b(folded.encode("utf-8", "surrogatepass"), digest_size=DIGEST_BYTES).digest()
