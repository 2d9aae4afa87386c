"""A text as the matcher reads it: its words, once, with their zones and an index of where each stands."""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, KeysView, Sequence
from functools import cached_property
from itertools import accumulate, islice, pairwise, takewhile
from operator import attrgetter
from typing import Any, NamedTuple

from shared.domain.language.stemming import primary_language
from shared.domain.language.words import Form, read_piece
from shared.domain.releases.draft import Zone
from shared.domain.topics.evidence import Field, MatchText

# Where a word stands, as one bit, so that a clause's fields are one number to compare with.
TITLE, LEAD, BODY, BOILERPLATE, CAPTION, DATELINE, TAG = (1 << bit for bit in range(7))
ZONE_NAMES = {
    TITLE: "title",
    LEAD: "lead",
    BODY: "body",
    BOILERPLATE: "boilerplate",
    CAPTION: "caption",
    DATELINE: "lead",
    TAG: "tag",
}
# In reading order; of tags there may be several.
_FIELDS: tuple[tuple[Field, int], ...] = (
    ("title", TITLE),
    ("dateline", DATELINE),
    ("body", BODY),
    ("tag", TAG),
)
_FIRST_TAG = 3
_ZONE_BITS = {"lead": LEAD, "body": BODY, "boilerplate": BOILERPLATE, "caption": CAPTION}

# Further apart than any NEAR reaches: no clause holds across fields, paragraphs or tags.
BREAK = 1_000
_SHOUT_WORDS = 4
_zone_start = attrgetter("start")


class Place(NamedTuple):
    """One word of a text: its field, which of its kind that is (for tags), and its rank among all words."""

    field: Field
    number: int
    zone: int
    rank: int
    start: int
    end: int
    form: Form


class ReadText:
    """The words of one text in order, and where each key (`shared.domain.language.words.Form`) is found.

    Made once for a text, whatever the number of topics; which keys it has is known at once, where they stand when a
    topic asks. The words are numbered in reading order: title, dateline, body, tags; those that follow each other
    without a break have ranks that differ by one. `remembered` is the matcher's: what it has looked for in this text
    already.
    """

    def __init__(self, text: MatchText) -> None:
        self.text = text
        self.language = primary_language(text.language)
        self.remembered: dict[object, Any] = {}
        self._fields = (text.title, text.dateline, text.body, *text.tags)
        # Spaces and line breaks are one character each and in no word: what stands where is a matter of adding up.
        self._whole = "\n".join(self._fields)
        self._pieces = self._whole.replace("\n", " ").split(" ")
        self._read = {piece: read_piece(piece, self.language) for piece in set(self._pieces)}
        self._placed: dict[int, Place] = {}
        self._inside: dict[str, defaultdict[str, list[int]]] = {}

    @cached_property
    def terms(self) -> frozenset[str]:
        """Every key of the text, with the pairs of neighbours in scripts without spaces."""
        read = self._read.values()
        keys = frozenset[str]().union(*[piece.keys for piece in read])
        return keys.union(self._pairs()) if any(piece.unspaced for piece in read) else keys

    def _pairs(self) -> Iterator[str]:
        for line in self._whole.split("\n"):
            forms = [token.form for piece in line.split(" ") for token in self._read[piece].tokens]
            yield from (a.folded + b.folded for a, b in pairwise(forms) if a.unspaced and b.unspaced)

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """Every word of the text, in reading order."""
        return tuple(map(self.place, range(self._first_words[-1])))

    def place(self, index: int) -> Place:
        """Return the word of this number."""
        known = self._placed.get(index)
        if known is None:
            known = self._placed[index] = self._place(index)
        return known

    def _place(self, index: int) -> Place:
        at = bisect_right(self._first_words, index) - 1
        token = self._read[self._pieces[at]].tokens[index - self._first_words[at]]
        start = self._starts[at] + at + token.start
        nth = bisect_right(self._field_starts, start) - 1
        start -= self._field_starts[nth]
        field, bit = _FIELDS[min(nth, _FIRST_TAG)]
        zone = _zone_at(start, self._zones, bit) if field == "body" else bit
        rank = index + 1 + (BREAK - 1) * bisect_right(self._breaks, index)
        end = start + token.end - token.start
        return Place(field, max(0, nth - _FIRST_TAG), zone, rank, start, end, token.form)

    def standing(self, key: str) -> list[int]:
        """Return the numbers of the words that are found by `key`, in order."""
        pieces = self._by_key.get(key)
        if pieces is None:
            return []
        firsts = self._firsts
        numbers = [at + nth for piece in pieces for nth in self._nths(piece, key) for at in firsts[piece]]
        numbers.sort()
        return numbers

    def _nths(self, piece: str, key: str) -> Sequence[int]:
        """Return which words of a piece, mostly of one, are found by `key`, one of its keys."""
        tokens = self._read[piece].tokens
        if len(tokens) == 1:
            return (0,)
        inside = self._inside.get(piece)
        if inside is None:
            inside = self._inside[piece] = defaultdict(list)
            for nth, token in enumerate(tokens):
                for each in token.form.found:
                    inside[each].append(nth)
        return inside[key]

    @property
    def keys(self) -> KeysView[str]:
        """The keys that words stand under."""
        return self._by_key.keys()

    def keys_beginning(self, beginning: str) -> list[str]:
        """List the keys that begin so."""
        keys = self._sorted_keys
        start = bisect_left(keys, beginning)
        return list(takewhile(lambda key: key.startswith(beginning), islice(keys, start, None)))

    def field_text(self, place: Place) -> str:
        """Return the whole field that `place` stands in, which its start and end count in."""
        if place.field == "tag":
            return self.text.tags[place.number]
        return str(getattr(self.text, place.field))

    @cached_property
    def has_more_than_lead(self) -> bool:
        """Say whether a paragraph follows the lead that is neither boilerplate nor caption."""
        rest = self.text.body
        for zone in reversed(self._zones):
            if zone.kind != "body":
                rest = rest[: zone.start] + rest[zone.end :]
        return bool(rest.strip())

    def is_shouted(self, place: Place) -> bool:
        """Say whether `place` stands in a line all in capitals, where capitals tell nothing."""
        field = self.field_text(place)
        start = field.rfind("\n", 0, place.start) + 1
        end = field.find("\n", place.end)
        line = field[start : end if end >= 0 else len(field)]
        return line.isupper() and len(line.split()) >= _SHOUT_WORDS

    @cached_property
    def _by_key(self) -> dict[str, list[str]]:
        """Of each key: the different pieces that have it."""
        by_key: dict[str, list[str]] = {}
        for piece, read in self._read.items():
            for key in read.keys:
                if key in by_key:
                    by_key[key].append(piece)
                else:
                    by_key[key] = [piece]
        return by_key

    @cached_property
    def _sorted_keys(self) -> list[str]:
        return sorted(self._by_key)

    @cached_property
    def _firsts(self) -> dict[str, list[int]]:
        """Of each different piece: the numbers of its first word, wherever it stands."""
        firsts: dict[str, list[int]] = {piece: [] for piece in self._read}
        for piece, first in zip(self._pieces, self._first_words, strict=False):
            firsts[piece].append(first)
        return firsts

    @cached_property
    def _first_words(self) -> list[int]:
        """The number of each piece's first word, and at the end that of all words."""
        words = {piece: len(read.tokens) for piece, read in self._read.items()}
        return list(accumulate(map(words.__getitem__, self._pieces), initial=0))

    @cached_property
    def _starts(self) -> list[int]:
        """Where each piece would begin in all of the text, were there nothing between one and the next."""
        return list(accumulate(map(len, self._pieces), initial=0))

    @cached_property
    def _field_starts(self) -> list[int]:
        return list(accumulate([len(field) + 1 for field in self._fields[:-1]], initial=0))

    @cached_property
    def _breaks(self) -> list[int]:
        """The numbers of the words that begin a line."""
        pieces = accumulate((line.count(" ") + 1 for line in self._whole.split("\n")), initial=0)
        return sorted({self._first_words[at] for at in pieces})

    @cached_property
    def _zones(self) -> list[Zone]:
        return _zones(self.text)


def _zones(text: MatchText) -> list[Zone]:
    """Return the zones of the body in order; where nobody found any, its first line is the lead."""
    if text.zones:
        return sorted(text.zones, key=lambda zone: zone.start)
    first = re.search(r"\S.*", text.body)
    return [Zone("lead", first.start(), first.end())] if first else []


def _zone_at(start: int, zones: list[Zone], otherwise: int) -> int:
    """Return the zone at a place of the body, `otherwise` where none reaches."""
    after = bisect_right(zones, start, key=_zone_start)
    return _ZONE_BITS[zones[after - 1].kind] if after and start < zones[after - 1].end else otherwise
