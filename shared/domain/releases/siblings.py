"""Tells whether two releases are of one story: a translation by its publisher, or another's rewrite."""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from urllib.parse import urlsplit

from shared.domain.language.folding import fold
from shared.domain.language.likeness import telling_words
from shared.domain.language.romanised import skeleton
from shared.domain.language.telling import names_of, numbers_of
from shared.domain.releases.near_copy import NearText, liken
from shared.domain.releases.story import LinkKind

# A translation follows within days; a rewrite within a week, ever less likely.
TRANSLATED_WITHIN = timedelta(days=4)
REWRITTEN_WITHIN = timedelta(days=7)
_HALF_LIFE_DAYS = 5.0
MOST_TERMS = 24
# Two terms in common make a candidate, or every release of a year would be one.
LEAST_TERMS = 2
LEAST_TRANSLATION, LEAST_REWRITE = 0.46, 0.335
# The shorter of two translations is at least so much of the longer.
_LEAST_LENGTH = 0.35
_MOST_VERBATIM, _MOST_SWAPPED = 0.35, 0.3
_SENTENCE_END = re.compile(r"(?<=[.!?。؟])\s+|\n")
_YEAR = re.compile(r"(?:19|20)\d\d")
_STEM = 6
_LEAST_SHOWN = 4
# What happened is told in the first paragraphs.
_READ_CHARACTERS = 8_000
_LANGUAGE_IN_PATH = re.compile(r"(?<=/)[a-z]{2}(?:-[a-z]{2})?(?=/)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class StoryText:
    """What decides of a release's story: `text` without boilerplate; `at` when it was published."""

    text: NearText
    language: str | None
    publisher: str
    site: str
    url: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Sibling:
    """What links two releases, how sure (0 to 1), and why, in words."""

    kind: LinkKind
    score: float
    reason: str


def story_terms(text: StoryText) -> tuple[int, ...]:
    """Give keys under which releases of the same story are found, whatever their languages and scripts.

    Its numbers and its names, those of the title and the lead first; signed 64-bit, at most 24. They are stored.
    """
    return _terms(text.text)


# Asked for before the lock to look for siblings, under it again, and to be stored.
@lru_cache(maxsize=2_000)
def _terms(text: NearText) -> tuple[int, ...]:
    facts = _facts(text)
    lead = f"{text.title}\n{text.body.partition(chr(10))[0]}"
    first = [*_keys(_numbers(lead), _names(lead)), *_keys(facts.numbers, facts.names)]
    return tuple(_hashed(key) for key in list(dict.fromkeys(first))[:MOST_TERMS])


# As many texts as are filed at once, with eight candidates each: compared before the lock, and under it again.
@lru_cache(maxsize=5_000)
def judge_siblings(one: StoryText, other: StoryText) -> Sibling | None:
    """Tell what makes two releases siblings of one story; None where they are not, or not surely enough."""
    apart = abs(one.at - other.at)
    same_publisher = _same(one.site, other.site) or _same(one.publisher, other.publisher)
    if one.language != other.language:
        return _translation(one, other) if same_publisher and apart <= TRANSLATED_WITHIN else None
    return _rewrite(one, other, apart) if not same_publisher and apart <= REWRITTEN_WITHIN else None


@dataclass(frozen=True, slots=True)
class _Facts:
    """`numbers` of two digits or more, with what they weigh together; `names` as consonants in Latin letters."""

    numbers: frozenset[str]
    weight: float
    names: frozenset[str]


@lru_cache(maxsize=4_000)
def _facts(text: NearText) -> _Facts:
    numbers = _numbers(_whole(text))
    return _Facts(numbers, sum(map(_number_weight, numbers)), _names(text.body[:_READ_CHARACTERS]))


# What only a pair in two languages, or in one, is asked for: most texts are never compared with another.
@lru_cache(maxsize=4_000)
def _skeletons(text: NearText) -> frozenset[str]:
    """Give a text's names, or where its script has no capitals all its words, as consonants in Latin letters."""
    return _facts(text).names or frozenset(
        s for word in _every_word(_whole(text)) if len(s := skeleton(word)) > 2
    )


@lru_cache(maxsize=4_000)
def _beginnings(text: NearText) -> frozenset[str]:
    told = telling_words(_whole(text))
    return frozenset(fold(word)[:5] for word in told if len(word) > 5 and word.isalpha())


@lru_cache(maxsize=4_000)
def _weights(text: NearText) -> tuple[tuple[str, float], ...]:
    """Give the words of a text as short beginnings, each with what it weighs."""
    lead = f"{text.title}\n{text.body[:_READ_CHARACTERS].partition(chr(10))[0]}"
    return _weighed(_whole(text), lead, _facts(text).numbers, names_of(text.body[:_READ_CHARACTERS]))


def _whole(text: NearText) -> str:
    return f"{text.title}\n{text.body[:_READ_CHARACTERS]}"


def _weighed(
    whole: str, lead: str, numbers: frozenset[str], names: Iterable[str]
) -> tuple[tuple[str, float], ...]:
    """Weigh the words of a text: names and numbers tell the event, what the title and the lead say tells it most."""
    weights: dict[str, float] = {}
    capitalised = {_stem(name) for name in names}
    in_lead = {_stem(word) for word in _every_word(lead)}
    for word, count in Counter(map(_stem, _every_word(whole))).items():
        if len(word) > 3 or word in capitalised or not word.isascii():
            weights[word] = (2.0 if word in capitalised else 1.0) * (1 + math.log(count))
            weights[word] *= 1.5 if word in in_lead else 1.0
    for number in numbers:
        weights[number] = 0.5 if _YEAR.fullmatch(number) else 1.5 + min(len(number), 4) / 4
    return tuple(weights.items())


def _translation(one: StoryText, other: StoryText) -> Sibling | None:
    length = _length(one.text.body, other.text.body)
    if length < _LEAST_LENGTH:
        return None
    left, right = _facts(one.text), _facts(other.text)
    skeletons = _skeletons(one.text), _skeletons(other.text)
    names = _shared(left.names, skeletons[1]) if left.names else _shared(skeletons[0], right.names)
    cognates = _shared(_beginnings(one.text), _beginnings(other.text))
    score = (
        0.45 * _shared_weight(left, right)
        + 0.3 * names
        + 0.1 * min(1.0, cognates * 3)
        + 0.1 * _alike_addresses(one.url, other.url)
    )
    score += 0.05 * length
    if score < LEAST_TRANSLATION:
        return None
    common = [*_longest(left.numbers & right.numbers), *sorted(_written(one, left.names & skeletons[1]))]
    return Sibling("translation", score, f"same publisher, near in time: {_listed(common)}")


def _rewrite(one: StoryText, other: StoryText, apart: timedelta) -> Sibling | None:
    if _is_form(one.text, other.text):
        return None
    own = _without_common(one.text, other.text), _without_common(other.text, one.text)
    left, right = (dict(_weights(text)) for text in own)
    product = sum(weight * right[word] for word, weight in left.items() if word in right)
    cosine = product / (_norm(left) * _norm(right)) if product else 0.0
    score = cosine * 0.5 ** (apart.total_seconds() / 86_400 / _HALF_LIFE_DAYS / 4)
    if score < LEAST_REWRITE:
        return None
    shared = (word for word in left.keys() & right.keys() if len(word) > _LEAST_SHOWN or word.isdigit())
    common = sorted(shared, key=lambda word: (-left[word] * right[word], word))
    return Sibling(
        "rewrite", score, f"told in other words within {max(1, apart.days)} days: {_listed(common)}"
    )


def _is_form(one: NearText, other: NearText) -> bool:
    """Tell whether two texts say the same words of other things: a series, or a form that is filled in anew."""
    likeness = liken(one, other)
    return likeness.same > _MOST_VERBATIM and max(likeness.numbers, likeness.names) > _MOST_SWAPPED


def _without_common(text: NearText, other: NearText) -> NearText:
    """Take out what both say word for word below their first paragraph: boilerplate that nobody has marked."""
    lead, _, rest = text.body.partition("\n")
    known = {fold(sentence) for sentence in _SENTENCE_END.split(other.body)}
    kept = [sentence for sentence in _SENTENCE_END.split(rest) if fold(sentence) not in known]
    return NearText(text.title, "\n".join((lead, *kept)))


def _numbers(text: str) -> frozenset[str]:
    return frozenset(number for number in numbers_of(text) if len(number) > 1)


def _names(text: str) -> frozenset[str]:
    return frozenset(s for name in names_of(text) if len(s := skeleton(name)) > 2)


def _keys(numbers: frozenset[str], names: frozenset[str]) -> list[str]:
    longest_first = sorted((n for n in numbers if not _YEAR.fullmatch(n)), key=lambda n: (-len(n), n))
    return [*(f"number {number}" for number in longest_first), *(f"name {name}" for name in sorted(names))]


def _hashed(key: str) -> int:
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big", signed=True)


def _same(one: str, other: str) -> bool:
    return bool(one) and one.casefold() == other.casefold()


def _shared(one: frozenset[str], other: frozenset[str]) -> float:
    fewest = min(len(one), len(other))
    return min(1.0, len(one & other) / fewest) if fewest else 0.0


def _shared_weight(one: _Facts, other: _Facts) -> float:
    """Give the part of the fewer numbers that is shared, long ones counting more, years less."""
    fewest = min(one.weight, other.weight)
    return sum(map(_number_weight, one.numbers & other.numbers)) / fewest if fewest else 0.0


def _number_weight(number: str) -> float:
    return 0.3 if _YEAR.fullmatch(number) else min(len(number), 5) / 2


def _alike_addresses(one: str | None, other: str | None) -> float:
    """Tell how alike two addresses are but for their language: the same path is 1, the same folder one half."""
    if not one or not other:
        return 0.0
    left, right = (
        _LANGUAGE_IN_PATH.sub("", urlsplit(url).path).strip("/").split("/") for url in (one, other)
    )
    if left == right:
        return 1.0
    return 0.5 if len(left) == len(right) and len(left) > 1 else 0.0


def _length(one: str, other: str) -> float:
    shorter, longer = sorted((len(one), len(other)))
    return shorter / longer if longer else 0.0


def _norm(weights: dict[str, float]) -> float:
    return math.sqrt(sum(weight * weight for weight in weights.values()))


def _every_word(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]{3,}", unicodedata.normalize("NFC", text)[:20_000])


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    folded = fold(word)
    # An Arabic article, with what is written onto it, hides the word's beginning.
    bare = re.sub(r"^[وفبكل]?ال(?=\w{3})", "", folded)
    return bare[:_STEM]


def _longest(numbers: frozenset[str]) -> list[str]:
    return sorted(numbers, key=lambda number: (-len(number), number))[:4]


def _written(text: StoryText, skeletons: frozenset[str]) -> set[str]:
    return {name for name in names_of(text.text.body) if skeleton(name) in skeletons}


def _listed(words: list[str]) -> str:
    return ", ".join(words[:8])
