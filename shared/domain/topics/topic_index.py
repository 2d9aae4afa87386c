"""Topics by the clues that wake them, so that what a text costs grows with its hits and not with the topics."""

import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from shared.domain.topics.anchors import clue_anchors
from shared.domain.topics.concepts import Concepts
from shared.domain.topics.evidence import TopicQuery
from shared.domain.topics.reading import ReadText

# A key of a few letters and the tuple of its clue.
_ENTRY_BYTES = 110
# The clues' forms are kept for so many languages, those whose first text came last.
_MOST_LANGUAGES = 24


# `shared.domain.topics.clues.Clues`, as they are kept.
StoredClues: TypeAlias = tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class _Forms:
    """In one language: the clues that each key, and each beginning of one, is a form of."""

    by_key: Mapping[str, tuple[str, ...]]
    by_prefix: Mapping[str, tuple[str, ...]]
    prefix_lengths: tuple[int, ...]


class TopicIndex:
    """Topics that never change again; which of them a text may hold for.

    `clues` are those of each of `topics`, in their order. What is known of the clues in `like`, an index with the
    same concepts, is taken over.
    """

    def __init__(
        self,
        topics: tuple[TopicQuery, ...],
        clues: tuple[StoredClues, ...],
        concepts: Concepts,
        like: "TopicIndex | None" = None,
    ) -> None:
        self.topics = topics
        self.clues = clues
        self.at = {topic.id: at for at, topic in enumerate(topics)}
        self.unprotected = tuple(at for at, wanted in enumerate(clues) if wanted is None)
        self.concepts = concepts
        self._by_clue = _by_clue(clues)
        self._forms: dict[str | None, _Forms] = {}
        if like is not None:
            new = self._by_clue.keys() - like._by_clue.keys()  # noqa: SLF001 - one index made from another
            for language, forms in list(like._forms.items()):  # noqa: SLF001 - as above
                self._forms[language] = _extended(forms, new, language, concepts)

    def awake(self, read: ReadText) -> set[int]:
        """Return the places in `topics` of those that `read` may satisfy: all that it does, and some more."""
        forms = self._forms_in(read.language)
        terms = read.terms
        found = {clue for key in forms.by_key.keys() & terms for clue in forms.by_key[key]}
        for length in forms.prefix_lengths:
            for beginning in {term[:length] for term in terms} & forms.by_prefix.keys():
                found.update(forms.by_prefix[beginning])
        found.add(f"@{read.language}")
        awake = set(self.unprotected)
        for clue in found:
            awake.update(self._by_clue.get(clue, ()))
        return awake

    def size_bytes(self) -> int:
        """Return about how much memory the topics, their clues and the forms of these take."""
        tables = (t for forms in list(self._forms.values()) for t in (forms.by_key, forms.by_prefix))
        return self._own_size + sum(sys.getsizeof(table) + _ENTRY_BYTES * len(table) for table in tables)

    @cached_property
    def _own_size(self) -> int:
        tables = sum(map(sys.getsizeof, (self.topics, self.clues, self.at, self._by_clue)))
        entries = sum(sys.getsizeof(clue) + sys.getsizeof(at) for clue, at in self._by_clue.items())
        return tables + entries + sum(map(_size, self.topics))

    def _forms_in(self, language: str | None) -> _Forms:
        """Give the forms of the clues in a language, made when its first text comes."""
        forms = self._forms.get(language)
        if forms is None:
            forms = self._forms[language] = _extended(
                _NO_FORMS, self._by_clue.keys(), language, self.concepts
            )
            if len(self._forms) > _MOST_LANGUAGES:
                self._forms.pop(next(iter(self._forms)), None)
        return forms


_NO_FORMS = _Forms({}, {}, ())


def _by_clue(clues: tuple[StoredClues, ...]) -> Mapping[str, tuple[int, ...]]:
    by_clue: defaultdict[str, list[int]] = defaultdict(list)
    for at, wanted in enumerate(clues):
        for clue in wanted or ():
            by_clue[clue].append(at)
    return {clue: tuple(places) for clue, places in by_clue.items()}


def _extended(forms: _Forms, clues: Iterable[str], language: str | None, concepts: Concepts) -> _Forms:
    by_key, by_prefix = dict(forms.by_key), dict(forms.by_prefix)
    for clue in clues:
        if clue[0] == "@":
            continue
        for anchor in clue_anchors(clue, language, concepts):
            table = by_prefix if anchor.is_prefix else by_key
            table[anchor.key] = (*table.get(anchor.key, ()), clue)
    return _Forms(by_key, by_prefix, tuple(sorted({len(beginning) for beginning in by_prefix})))


def _size(topic: TopicQuery) -> int:
    return sys.getsizeof(topic) + sum(map(sys.getsizeof, (topic.id, topic.name, topic.query)))
