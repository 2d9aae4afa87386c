"""Where a pattern is found: the stretches of a text whose words fill its slots."""

from collections.abc import Iterable
from typing import NamedTuple

from shared.domain.topics.patterns import Pattern, Slot
from shared.domain.topics.reading import ReadText

# Bits of `shared.domain.topics.reading` for every zone.
EVERYWHERE = -1


class Hit(NamedTuple):
    """Words `first` to `last` (both included, by their numbers in `ReadText`) fill `pattern`."""

    first: int
    last: int
    pattern: Pattern


def pattern_hits(pattern: Pattern, read: ReadText, zones: int) -> list[Hit]:
    """Return every stretch of `read` in `zones` that fills `pattern`, in order, whatever stands around it."""
    firsts = _filling(pattern.slots[0], read)
    if not firsts:
        return []
    place, last = read.place, len(pattern.slots) - 1
    if last == 0:
        return [Hit(first, first, pattern) for first in firsts if place(first).zone & zones]
    followers = [set(_filling(slot, read)) for slot in pattern.slots[1:]]
    if not all(followers):
        return []
    return [
        Hit(first, first + last, pattern)
        for first in firsts
        if all(first + step in fills for step, fills in enumerate(followers, start=1))
        and place(first).zone & zones
        and place(first + last).rank == place(first).rank + last
        and place(first + last).zone & zones
    ]


def hits_everywhere(patterns: Iterable[Pattern], read: ReadText) -> list[Hit]:
    """Return every stretch of `read` that fills one of `patterns`; of many, most have no first word there."""
    return [
        hit
        for pattern in patterns
        if not read.keys.isdisjoint(pattern.slots[0].keys)
        for hit in pattern_hits(pattern, read, EVERYWHERE)
    ]


def _filling(slot: Slot, read: ReadText) -> list[int]:
    """Return the words of `read` that fill `slot`, in order."""
    if slot.prefix is not None:
        return sorted({i for key in read.keys_beginning(slot.prefix) for i in read.standing(key)})
    if len(slot.keys) == 1:
        found_there = read.standing(slot.keys[0])
    else:
        found_there = sorted({i for key in slot.keys for i in read.standing(key)})
    if slot.written is None and not slot.capitals:
        return found_there
    return [i for i in found_there if _has_shape(slot, read, i)]


def _has_shape(slot: Slot, read: ReadText, index: int) -> bool:
    place = read.place(index)
    return slot.fits(place.form) and (not slot.capitals or slot.beside_others or not read.is_shouted(place))
