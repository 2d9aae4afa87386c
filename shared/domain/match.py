"""The one matcher: what validates a topic, tries it on the archive and rings for it live."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeAlias

from shared.domain.anchors import Anchors, anchors
from shared.domain.concepts import NO_CONCEPTS, Concepts
from shared.domain.evidence import Evidence, MatchText, TopicMatch, TopicQuery
from shared.domain.matching import Findings, Hit, evaluate
from shared.domain.query import Query
from shared.domain.query_parser import parse_query
from shared.domain.reading import ZONE_NAMES, ReadText
from shared.domain.snippet import snippet
from shared.errors import QueryError

_MOST_OF_A_CLAUSE = 3
_MOST_EVIDENCE = 100


def match_query(query: Query, text: MatchText) -> tuple[Evidence, ...] | None:
    """Return the evidence that `query` holds for `text`, None where it does not.

    First the first occurrence of each clause, in the query's order, then the second of each, at most three;
    at most 100 in all. Empty where it holds without a word to show (`lang:fr`).
    """
    return match_read(query, ReadText(text))


def match_read(query: Query, read: ReadText) -> tuple[Evidence, ...] | None:
    """Return what `match_query` does, for a text that has been read already (many queries, one text)."""
    findings = evaluate(query, read)
    return None if findings is None else evidence_of(findings, read)


def evidence_of(findings: Findings, read: ReadText) -> tuple[Evidence, ...]:
    """Return the stretches of text behind `findings`, in the order and number that `match_query` gives."""
    return tuple(islice(_evidence(findings, read), _MOST_EVIDENCE))


def _evidence(findings: Findings, read: ReadText) -> Iterator[Evidence]:
    clauses = dict(findings)
    for nth in range(_MOST_OF_A_CLAUSE):
        for clause, hits in clauses.items():
            if nth < len(hits):
                yield _piece(clause, hits[nth], read)


def _piece(clause: str, hit: Hit, read: ReadText) -> Evidence:
    first, last = read.places[hit.first], read.places[hit.last]
    return Evidence(
        clause=clause,
        text=read.field_text(first)[first.start : last.end],
        field=first.field,
        zone=ZONE_NAMES[first.zone],
        start=first.start,
        end=last.end,
        concept=hit.pattern.concept,
        language=hit.pattern.language,
    )


# What a query's text needs, by that text.
_AnchorsByText: TypeAlias = dict[str, Anchors]


@dataclass(frozen=True, slots=True)
class _Index:
    """For one language: which topics each key wakes, each beginning of a key, and which are never asleep."""

    by_key: Mapping[str, list[int]]
    by_prefix: Mapping[str, list[int]]
    prefix_lengths: tuple[int, ...]
    always: frozenset[int]


@dataclass(frozen=True)
class Matcher:
    """Topics, ready to be matched with any number of texts; make one with `compile_topics`.

    `refused` are the topics whose query no longer parses (a concept that is gone), by id: they match nothing.
    """

    topics: tuple[TopicQuery, ...]
    queries: tuple[Query, ...]
    refused: Mapping[str, QueryError]
    concepts: Concepts = field(default=NO_CONCEPTS, repr=False, compare=False)
    # By language, made when its first text comes: most processes never see most languages.
    _indexes: dict[str | None, _Index] = field(default_factory=dict, init=False, repr=False, compare=False)
    _anchors: dict[str | None, _AnchorsByText] = field(default_factory=dict, repr=False, compare=False)

    def match(self, text: MatchText) -> tuple[TopicMatch, ...]:
        """Return the topics that hold for `text`, in the order they were compiled in, with their evidence."""
        return self.match_read(ReadText(text))

    def match_read(self, read: ReadText) -> tuple[TopicMatch, ...]:
        """Return what `match` does, for a text that has been read already."""
        found = ((self.topics[at], match_read(self.queries[at], read)) for at in self._awake(read))
        return tuple(
            TopicMatch(topic.id, topic.version, evidence, snippet(read.text, evidence))
            for topic, evidence in found
            if evidence is not None
        )

    def _awake(self, read: ReadText) -> list[int]:
        index = self._indexes.get(read.language)
        if index is None:
            index = self._indexes[read.language] = self._index(read.language)
        awake = set(index.always)
        for key in read.terms & index.by_key.keys():
            awake.update(index.by_key[key])
        for length in index.prefix_lengths:
            for beginning in {key[:length] for key in read.terms} & index.by_prefix.keys():
                awake.update(index.by_prefix[beginning])
        return sorted(awake)

    def _index(self, language: str | None) -> _Index:
        before = self._anchors.get(language, {})
        known: _AnchorsByText = {}
        for topic, query in zip(self.topics, self.queries, strict=True):
            text = topic.query
            known[text] = before[text] if text in before else anchors(query, language)
        self._anchors[language] = known
        return _index([known[topic.query] for topic in self.topics])


def compile_topics(
    topics: Iterable[TopicQuery], concepts: Concepts = NO_CONCEPTS, previous: Matcher | None = None
) -> Matcher:
    """Return a matcher of `topics`, whose concepts are resolved in `concepts`.

    A topic whose query is refused stops no other: it is in `Matcher.refused`. Given the `previous` matcher,
    only what is new is read: its queries and anchors hold as long as `concepts` is the same object.
    """
    again = previous if previous is not None and previous.concepts is concepts else None
    known = (
        {topic.query: query for topic, query in zip(again.topics, again.queries, strict=True)}
        if again
        else {}
    )
    parsed: list[tuple[TopicQuery, Query]] = []
    refused: dict[str, QueryError] = {}
    for topic in topics:
        try:
            query = known.get(topic.query) or parse_query(topic.query, concepts)
            parsed.append((topic, query))
        except QueryError as error:
            refused[topic.id] = error
    anchors_before = dict(again._anchors) if again else {}  # noqa: SLF001 - one matcher made from another
    return Matcher(
        tuple(topic for topic, _ in parsed),
        tuple(query for _, query in parsed),
        refused,
        concepts,
        anchors_before,
    )


def _index(needed: Iterable[Anchors]) -> _Index:
    by_key: defaultdict[str, list[int]] = defaultdict(list)
    by_prefix: defaultdict[str, list[int]] = defaultdict(list)
    always = []
    for at, keys in enumerate(needed):
        if keys is None:
            always.append(at)
        for anchor in keys or ():
            (by_prefix if anchor.is_prefix else by_key)[anchor.key].append(at)
    lengths = tuple(sorted({len(beginning) for beginning in by_prefix}))
    return _Index(by_key, by_prefix, lengths, frozenset(always))
