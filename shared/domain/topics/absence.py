"""Whether a text says that what a phrase names is absent ("no sign of fraud"), right before or behind the phrase.

After NegEx (Chapman et al. 2001, "A simple algorithm for identifying negated findings and diseases in discharge
summaries"): trigger phrases with a short reach, and longer phrases that hold a trigger and negate nothing.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from shared.domain.topics.pattern_hits import Hit, hits_everywhere
from shared.domain.topics.patterns import Pattern, patterns
from shared.domain.topics.query import Phrase
from shared.domain.topics.reading import ReadText

_BETWEEN = 2
# In scripts without spaces a character counts as a word, and words have two.
_BETWEEN_UNSPACED = 4
_SENTENCE_ENDS = re.compile(r"[.!?…:;。！？；：؟؛۔।]")


@dataclass(frozen=True, slots=True)
class _Triggers:
    before: tuple[Pattern, ...]
    after: tuple[Pattern, ...]
    neither: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class _Absences:
    before: tuple[Hit, ...]
    after: tuple[Hit, ...]


def said_absent(hit: Hit, read: ReadText) -> Hit | None:
    """Return the stretch that says that what `hit` names is absent, None where the text does not say so."""
    absences = _absences_in(read)
    for trigger in absences.before:
        if _leads_to(trigger, hit, read):
            return trigger
    for trigger in absences.after:
        if _leads_to(hit, trigger, read):
            return trigger
    return None


def _absences_in(read: ReadText) -> _Absences:
    """Return what `absence.yaml` lists for the text's language and the text says; the text remembers them."""
    known: _Absences | None = read.remembered.get(_triggers)
    if known is None:
        known = read.remembered[_triggers] = _find_absences(read)
    return known


def _find_absences(read: ReadText) -> _Absences:
    triggers = _triggers().get(read.language or "")
    if triggers is None:
        return _NOTHING
    neither = hits_everywhere(triggers.neither, read)
    return _Absences(
        *(
            tuple(_not_within(neither, hits_everywhere(kind, read)))
            for kind in (triggers.before, triggers.after)
        )
    )


_NOTHING = _Absences((), ())


def _not_within(longer: Iterable[Hit], found: list[Hit]) -> list[Hit]:
    return [
        hit for hit in found if not any(each.first <= hit.first and hit.last <= each.last for each in longer)
    ]


def _leads_to(early: Hit, late: Hit, read: ReadText) -> bool:
    between = late.first - early.last - 1
    if not 0 <= between <= _BETWEEN_UNSPACED:
        return False
    before, after = read.place(early.last), read.place(late.first)
    most = _BETWEEN_UNSPACED if after.form.unspaced else _BETWEEN
    # A sentence ends with its paragraph.
    if between > most or after.rank - before.rank - 1 != between:
        return False
    return not _SENTENCE_ENDS.search(read.field_text(before), before.end, after.start)


@cache
def _triggers() -> dict[str, _Triggers]:
    lists = yaml.safe_load((files("shared.domain.topics") / "absence.yaml").read_bytes())
    return {
        language: _Triggers(*(_patterns(phrases[kind], language) for kind in ("before", "after", "neither")))
        for language, phrases in lists.items()
    }


def _patterns(phrases: list[str], language: str) -> tuple[Pattern, ...]:
    return tuple(pattern for phrase in phrases for pattern in patterns(Phrase(phrase), language))
