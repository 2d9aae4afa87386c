"""Concepts: meanings with their phrases in several languages, as the parser resolves `~concept`."""

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from shared.domain.language.folding import fold


class ConceptPhrase(NamedTuple):
    """One phrase that says concept `concept_id` in `language`.

    A doubtful one counts only near one of the phrases that it `needs`, and never near one that it `forbids`. One
    that does not `inflect` is found in this form alone: its stem is that of other words (French *amiante*, *ami*).
    """

    concept_id: str
    language: str
    phrase: str
    needs: tuple[str, ...] = ()
    forbids: tuple[str, ...] = ()
    inflects: bool = True


class PhraseRule(NamedTuple):
    """How a phrase of `language` is found, where it is not as any other; see `ConceptPhrase`."""

    language: str
    phrase: str
    needs: tuple[str, ...] = ()
    forbids: tuple[str, ...] = ()
    inflects: bool = True

    @property
    def is_doubtful(self) -> bool:
        """Say whether the phrase alone does not tell that the concept is meant."""
        return bool(self.needs or self.forbids)


@dataclass(frozen=True, slots=True)
class ConceptEntry:
    """A meaning: `id` in letters, digits and hyphens, phrases as (language, phrase), ids of broader ones.

    `rules` are for those of its `phrases` that need one; a doubtful phrase does not name the concept.
    """

    id: str
    phrases: tuple[tuple[str, str], ...]
    broader: tuple[str, ...] = ()
    definition: str = ""
    rules: tuple[PhraseRule, ...] = ()

    def own_phrases(self) -> Iterator[ConceptPhrase]:
        """Yield the phrases of this concept alone, in their order, with their rules."""
        rules = {(each.language, each.phrase): each for each in self.rules}
        for language, phrase in self.phrases:
            rule = rules.get((language, phrase), _NO_RULE)
            yield ConceptPhrase(self.id, language, phrase, rule.needs, rule.forbids, rule.inflects)


_NO_RULE = PhraseRule("", "")


@dataclass(frozen=True, eq=False)
class Concepts:
    """A lexicon, frozen: found by id or by any phrase, whatever its case and accents.

    Two are equal only where they are the same object: a lexicon is too large to compare.
    """

    entries: tuple[ConceptEntry, ...] = ()
    _by_name: dict[str, str] = field(init=False, repr=False, compare=False)
    _by_id: dict[str, ConceptEntry] = field(init=False, repr=False, compare=False)
    _narrower: dict[str, list[str]] = field(init=False, repr=False, compare=False)
    _phrases: dict[str, tuple[ConceptPhrase, ...]] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_id", {entry.id: entry for entry in self.entries})
        object.__setattr__(self, "_by_name", _names(self.entries))
        object.__setattr__(self, "_narrower", _narrower(self.entries))

    def find(self, name: str) -> str | None:
        """Return the id of the concept that `name` is the id or a phrase of, None where there is none."""
        return name if name in self._by_id else self._by_name.get(_name_key(name))

    def get(self, concept_id: str) -> ConceptEntry:
        """Return the concept of this id; raise KeyError where there is none."""
        return self._by_id[concept_id]

    def narrower(self, concept_id: str) -> tuple[str, ...]:
        """Return the ids of the concepts that are directly narrower, in the lexicon's order."""
        return tuple(self._narrower.get(concept_id, ()))

    def nearest(self, name: str) -> str | None:
        """Return the known name that looks most like `name`, None where none does."""
        close = difflib.get_close_matches(_name_key(name), self._by_name, n=1, cutoff=0.6)
        return self._by_name[close[0]] if close else None

    def phrases(self, concept_id: str) -> tuple[ConceptPhrase, ...]:
        """Return the phrases of a concept and of every narrower one, its own first; the same tuple each time."""
        if concept_id not in self._phrases:
            self._phrases[concept_id] = self._all_phrases(concept_id)
        return self._phrases[concept_id]

    def _all_phrases(self, concept_id: str) -> tuple[ConceptPhrase, ...]:
        found = dict.fromkeys([concept_id])
        for known in (waiting := [concept_id]):
            new = [narrower for narrower in self._narrower.get(known, ()) if narrower not in found]
            found.update(dict.fromkeys(new))
            waiting.extend(new)
        return tuple(phrase for each in found for phrase in self._by_id[each].own_phrases())


def _names(entries: Iterable[ConceptEntry]) -> dict[str, str]:
    names: dict[str, str] = {}
    for entry in entries:
        doubtful = {(each.language, each.phrase) for each in entry.rules if each.is_doubtful}
        telling = (each[1] for each in entry.phrases if each not in doubtful)
        for name in (entry.id, *telling):
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
