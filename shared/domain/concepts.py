"""Concepts: meanings with their phrases in several languages, as the parser resolves `~concept`."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from shared.domain.folding import fold


class ConceptPhrase(NamedTuple):
    """One phrase that says concept `concept_id` in `language`."""

    concept_id: str
    language: str
    phrase: str


@dataclass(frozen=True, slots=True)
class ConceptEntry:
    """A meaning: `id` in letters, digits and hyphens, phrases as (language, phrase), ids of broader ones."""

    id: str
    phrases: tuple[tuple[str, str], ...]
    broader: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Concepts:
    """A lexicon, frozen: found by id or by any phrase, whatever its case and accents.

    Two are equal only where they are the same object: a lexicon is too large to compare.
    """

    entries: tuple[ConceptEntry, ...] = ()
    _by_name: dict[str, str] = field(init=False, repr=False, compare=False)
    _by_id: dict[str, ConceptEntry] = field(init=False, repr=False, compare=False)
    _narrower: dict[str, list[str]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_id", {entry.id: entry for entry in self.entries})
        object.__setattr__(self, "_by_name", _names(self.entries))
        object.__setattr__(self, "_narrower", _narrower(self.entries))

    def find(self, name: str) -> str | None:
        """Return the id of the concept that `name` is the id or a phrase of, None where there is none."""
        return name if name in self._by_id else self._by_name.get(_name_key(name))

    def nearest(self, name: str) -> str | None:
        """Return the known name that looks most like `name`, None where none does."""
        close = difflib.get_close_matches(_name_key(name), self._by_name, n=1, cutoff=0.6)
        return self._by_name[close[0]] if close else None

    def phrases(self, concept_id: str) -> tuple[ConceptPhrase, ...]:
        """Return the phrases of a concept and of every narrower one, its own first."""
        found = dict.fromkeys([concept_id])
        for known in (waiting := [concept_id]):
            new = [narrower for narrower in self._narrower.get(known, ()) if narrower not in found]
            found.update(dict.fromkeys(new))
            waiting.extend(new)
        return tuple(
            ConceptPhrase(each, language, phrase)
            for each in found
            for language, phrase in self._by_id[each].phrases
        )


def _names(entries: Iterable[ConceptEntry]) -> dict[str, str]:
    names: dict[str, str] = {}
    for entry in entries:
        for name in (entry.id, *(phrase for _, phrase in entry.phrases)):
            names.setdefault(_name_key(name), entry.id)
    return names


def _narrower(entries: Iterable[ConceptEntry]) -> dict[str, list[str]]:
    narrower: dict[str, list[str]] = {}
    for entry in entries:
        for broader in entry.broader:
            narrower.setdefault(broader, []).append(entry.id)
    return narrower


def _name_key(name: str) -> str:
    return " ".join(fold(word) for word in name.replace("-", " ").split())


NO_CONCEPTS = Concepts()
