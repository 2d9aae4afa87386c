"""A text as the matcher reads it: its words, once, with their zones and an index of where each stands."""

import re
from bisect import bisect_left, bisect_right
from functools import cached_property
from itertools import islice, takewhile
from typing import Any, NamedTuple

from shared.domain.draft import Zone
from shared.domain.evidence import Field, MatchText
from shared.domain.stemming import primary_language
from shared.domain.words import Form, split_words

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
_FIELD_BITS: dict[Field, int] = {"title": TITLE, "dateline": DATELINE, "body": BODY, "tag": TAG}
_ZONE_BITS = {"lead": LEAD, "body": BODY, "boilerplate": BOILERPLATE, "caption": CAPTION}

# Further apart than any NEAR reaches: no clause holds across fields, paragraphs or tags.
BREAK = 1_000
_SHOUT_WORDS = 4


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
    """The words of one text in order, and where each key (`shared.domain.words.Form`) is found.

    Made once for a text, whatever the number of topics. `places` are in reading order: title, dateline,
    body, tags; words that follow each other without a break have ranks that differ by one. `remembered` is the
    matcher's: what it has looked for in this text already.
    """

    def __init__(self, text: MatchText) -> None:
        self.text = text
        self.language = primary_language(text.language)
        self.places = tuple(_places(text, self.language))
        self.found = _found(self.places)
        self.remembered: dict[tuple[object, int], tuple[object, list[Any]]] = {}

    @cached_property
    def terms(self) -> frozenset[str]:
        """Every key of the text, with the pairs of neighbours in scripts without spaces."""
        pairs = zip(self.places, self.places[1:], strict=False)
        return frozenset(self.found) | {
            a.form.folded + b.form.folded
            for a, b in pairs
            if a.form.unspaced and b.form.unspaced and b.rank == a.rank + 1
        }

    @cached_property
    def _sorted_keys(self) -> list[str]:
        return sorted(self.found)

    def keys_beginning(self, beginning: str) -> list[str]:
        """List the keys of `found` that begin so."""
        keys = self._sorted_keys
        start = bisect_left(keys, beginning)
        return list(takewhile(lambda key: key.startswith(beginning), islice(keys, start, None)))

    def field_text(self, place: Place) -> str:
        """Return the whole field that `place` stands in, which its start and end count in."""
        if place.field == "tag":
            return self.text.tags[place.number]
        return str(getattr(self.text, place.field))

    def is_shouted(self, place: Place) -> bool:
        """Say whether `place` stands in a line all in capitals, where capitals tell nothing."""
        field = self.field_text(place)
        start = field.rfind("\n", 0, place.start) + 1
        end = field.find("\n", place.end)
        line = field[start : end if end >= 0 else len(field)]
        return line.isupper() and len(line.split()) >= _SHOUT_WORDS


def _found(places: tuple[Place, ...]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for index, place in enumerate(places):
        for key in place.form.found:
            known = found.get(key)
            if known is None:
                found[key] = [index]
            else:
                known.append(index)
    return found


def _places(text: MatchText, language: str | None) -> list[Place]:
    fields: list[tuple[Field, int, str, list[Zone]]] = [
        ("title", 0, text.title, []),
        ("dateline", 0, text.dateline, []),
        ("body", 0, text.body, _zones(text)),
        *(("tag", number, tag, []) for number, tag in enumerate(text.tags)),
    ]
    # A plain loop over plain lists: with `split_words` the costliest lines of the matcher.
    places: list[Place] = []
    rank = 0
    for field, number, content, zones in fields:
        otherwise = _FIELD_BITS[field]
        bit, until, end = otherwise, 0 if zones else len(content) + 1, 0
        for start, stop, form in split_words(content, language):
            if start >= until:
                bit, until = _zone_at(start, zones, otherwise, len(content) + 1)
            rank += BREAK if end == 0 or content.find("\n", end, start) >= 0 else 1
            end = stop
            places.append(Place(field, number, bit, rank, start, stop, form))
    return places


def _zones(text: MatchText) -> list[Zone]:
    """Return the zones of the body in order; where nobody found any, its first line is the lead."""
    if text.zones:
        return sorted(text.zones, key=lambda zone: zone.start)
    first = re.search(r"\S.*", text.body)
    return [Zone("lead", first.start(), first.end())] if first else []


def _zone_at(start: int, zones: list[Zone], otherwise: int, end: int) -> tuple[int, int]:
    """Return the zone at a place of a field, `otherwise` where none reaches, and where that ends."""
    after = bisect_right([zone.start for zone in zones], start)
    next_start = zones[after].start if after < len(zones) else end
    last = zones[after - 1] if after else None
    if last is None or start >= last.end:
        return otherwise, next_start
    return _ZONE_BITS[last.kind], min(last.end, next_start)
