"""Tells whether two texts are one release in two carriers' hands: the bands that find it, the words that prove it."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

from rensa import RMinHash

from shared.domain.language.telling import names_of, numbers_of
from shared.domain.releases.draft import Zone

# Words at a time: three tell a text from others of its subject, and one changed word spoils three of them.
SHINGLE_WORDS = 3
# 20 bands of 4 hashes find texts of one half like shingles in 72 of 100 cases, of two thirds in 99. What a
# wire has cut short shares its beginning, so that one is looked up by itself, with 6 bands more.
BANDS, BAND_HASHES, HEAD_BANDS = 20, 4, 6
HEAD_WORDS = 90
LEAST_WORDS = 30
MOST_WORDS = 6_000
_SEED = 20_260
# The tenth part of a wire's words may be its own; of a text that was cut short, nothing else may differ.
LEAST_SAME, LEAST_SAME_OF_CUT = 0.62, 0.8
_CUT_PART = 0.5
# A monthly release keeps its sentences and changes its numbers, a notice keeps its form and changes its names.
MOST_SWAPPED_NUMBERS, MOST_SWAPPED_NAMES, MOST_SWAPPED_WORDS = 0.2, 0.2, 0.2
_WORD = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\W_]+(?:['’][^\W_]+)?"
)


@dataclass(frozen=True, slots=True)
class NearText:
    """A text without boilerplate and captions, with what tells its release from the next of its kind."""

    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Likeness:
    """How like two texts are, each figure a part from 0 to 1.

    `same`: the shorter one's shingles that the longer has; `length`: the shorter's words to the longer's;
    `numbers`, `names` and `words`: those that each has in the place of others of the other, of the fewer.
    """

    same: float
    length: float
    numbers: float
    names: float
    words: float

    @property
    def is_near_copy(self) -> bool:
        """Tell whether the two are one release: almost the same words, and the same facts in them."""
        least = LEAST_SAME_OF_CUT if self.length < _CUT_PART else LEAST_SAME
        return (
            self.same >= least
            and self.numbers <= MOST_SWAPPED_NUMBERS
            and self.names <= MOST_SWAPPED_NAMES
            and self.words <= MOST_SWAPPED_WORDS
        )


def near_text(title: str, body: str, zones: Sequence[Zone] = ()) -> NearText:
    """Take boilerplate and captions out of a body: a publisher's "About" is in everything it publishes."""
    kept, at = [], 0
    for zone in sorted(zones, key=lambda zone: zone.start):
        if zone.kind in {"boilerplate", "caption"}:
            kept.append(body[at : zone.start])
            at = max(at, zone.end)
    return NearText(title, "".join((*kept, body[at:])).strip())


@lru_cache(maxsize=1_000)
def bands_of(text: NearText) -> tuple[int, ...]:
    """Give the keys under which near copies of a text are found: signed 64-bit numbers; none for a short text.

    MinHash (Broder 1997) over shingles of three words, in bands (Leskovec, Rajaraman, Ullman 2014, §3.4).
    The keys are stored: another seed, another number of bands, another folding makes all stored ones void.
    """
    words = _words(text.body)
    if len(words) < LEAST_WORDS:
        return ()
    whole = _bands(b"whole", words, BANDS)
    return tuple(dict.fromkeys((*whole, *_bands(b"head", words[:HEAD_WORDS], HEAD_BANDS))))


@lru_cache(maxsize=1_000)
def liken(one: NearText, other: NearText) -> Likeness:
    """Measure how like two texts truly are; `bands_of` only says which are worth it."""
    left, right = _words(one.body), _words(other.body)
    small, large = sorted((_shingles(left), _shingles(right)), key=len)
    shorter, longer = sorted((len(left), len(right)))
    return Likeness(
        same=len(small & large) / len(small) if small else 0.0,
        length=shorter / longer if longer else 1.0,
        numbers=_swapped(numbers_of(f"{one.title}\n{one.body}"), numbers_of(f"{other.title}\n{other.body}")),
        names=_swapped(names_of(one.body), names_of(other.body)),
        words=_swapped(frozenset(left), frozenset(right)),
    )


def _bands(kind: bytes, words: Sequence[str], bands: int) -> list[int]:
    sketch = RMinHash(num_perm=bands * BAND_HASHES, seed=_SEED)
    sketch.update(list(_shingles(words)))
    hashes = sketch.digest()
    return [_key(kind, band, hashes[band * BAND_HASHES :][:BAND_HASHES]) for band in range(bands)]


def _key(kind: bytes, band: int, hashes: Sequence[int]) -> int:
    written = b"".join(value.to_bytes(8, "big") for value in (band, *hashes))
    return int.from_bytes(blake2b(kind + written, digest_size=8).digest(), "big", signed=True)


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())[:MOST_WORDS]


def _shingles(words: Sequence[str]) -> frozenset[str]:
    if len(words) < SHINGLE_WORDS:
        return frozenset([" ".join(words)] if words else ())
    return frozenset(map(" ".join, zip(*(words[start:] for start in range(SHINGLE_WORDS)), strict=False)))


def _swapped(one: frozenset[str], other: frozenset[str]) -> float:
    """Give the part of the fewer that stands for others: what only one has was added, or left out."""
    fewest = min(len(one), len(other))
    return min(len(one - other), len(other - one)) / fewest if fewest else 0.0
