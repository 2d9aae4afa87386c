"""The one matcher: what validates a topic, tries it on the archive and rings for it live."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from shared.domain.topics.clues import Clues, clues_of
from shared.domain.topics.concepts import NO_CONCEPTS, Concepts
from shared.domain.topics.evidence import Evidence, MatchText, TopicMatch, TopicQuery
from shared.domain.topics.matching import Findings, evaluate
from shared.domain.topics.pattern_hits import Hit
from shared.domain.topics.query import Query
from shared.domain.topics.query_parser import parse_query
from shared.domain.topics.reading import ZONE_NAMES, ReadText
from shared.domain.topics.skim import NotSkimmedError, skim_clues
from shared.domain.topics.snippet import snippet
from shared.domain.topics.topic_index import StoredClues, TopicIndex
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


def match_topic(topic: TopicQuery, query: Query, read: ReadText) -> TopicMatch | None:
    """Return what `Matcher.match_read` gives for one topic, whose tree is `query`, None where it does not hold."""
    evidence = match_read(query, read)
    if evidence is None:
        return None
    return TopicMatch(topic.id, topic.version, evidence, snippet(read.text, evidence))


def evidence_of(findings: Findings, read: ReadText) -> tuple[Evidence, ...]:
    """Return the stretches of text behind `findings`, in the order and number that `match_query` gives."""
    clauses = dict(findings).items()
    shown = [
        (clause, hits[nth]) for nth in range(_MOST_OF_A_CLAUSE) for clause, hits in clauses if nth < len(hits)
    ]
    return tuple([_piece(clause, hit, read) for clause, hit in shown[:_MOST_EVIDENCE]])


def _piece(clause: str, hit: Hit, read: ReadText) -> Evidence:
    first_word, last_word, pattern = hit
    first = read.place(first_word)
    end = first.end if first_word == last_word else read.place(last_word).end
    text = read.field_text(first)[first.start : end]
    zone = ZONE_NAMES[first.zone]
    return Evidence(clause, text, first.field, zone, first.start, end, pattern.concept, pattern.language)


class Matcher(Mapping[str, TopicQuery]):
    """Topics by their ids, ready to be matched with any number of texts; made by `compile_topics`, never changed.

    A topic is parsed when a text first wakes it. `refused` are those whose query is found not to parse any more (a
    concept that is gone), by id: they match nothing.
    """

    def __init__(
        self,
        base: TopicIndex,
        recent: TopicIndex,
        gone: frozenset[str],
        concepts: Concepts,
        refused: dict[str, QueryError],
    ) -> None:
        self.concepts = concepts
        self.refused = refused
        self._base = base
        # What was changed since the base was made: small, and made again with every change.
        self._recent = recent
        self._gone = gone

    @property
    def topics(self) -> tuple[TopicQuery, ...]:
        """List the topics, without those that were found to be refused."""
        return tuple(topic for topic in self._live() if topic.id not in self.refused)

    @property
    def unprotected(self) -> tuple[TopicQuery, ...]:
        """List the topics that every text wakes, for want of a word that must be there."""
        found = [self._base.topics[at] for at in self._base.unprotected]
        found = [topic for topic in found if topic.id not in self._gone]
        return (*found, *(self._recent.topics[at] for at in self._recent.unprotected))

    def __len__(self) -> int:
        return len(self._base.topics) - len(self._gone) + len(self._recent.topics)

    def __getitem__(self, topic_id: str) -> TopicQuery:
        at = self._recent.at.get(topic_id)
        if at is not None:
            return self._recent.topics[at]
        if topic_id in self._gone:
            raise KeyError(topic_id)
        return self._base.topics[self._base.at[topic_id]]

    def __iter__(self) -> Iterator[str]:
        return (topic.id for topic in self._live())

    def size_bytes(self) -> int:
        """Return about how much memory the topics and their index take, without the trees of those parsed."""
        return self._base.size_bytes() + self._recent.size_bytes()

    def match(self, text: MatchText) -> tuple[TopicMatch, ...]:
        """Return the topics that hold for `text`, in the order they were compiled in, with their evidence."""
        return self.match_read(ReadText(text))

    def match_read(self, read: ReadText) -> tuple[TopicMatch, ...]:
        """Return what `match` does, for a text that has been read already."""
        # Clients ask for the same: what a query has shown of this text is shown again, not made again.
        shown: dict[str, tuple[tuple[Evidence, ...], str]] = {}
        matches = []
        for topic in self._awake(read):
            found = shown.get(topic.query)
            if found is None:
                evidence = self._evidence(topic, read)
                if evidence is None:
                    continue
                found = shown[topic.query] = evidence, snippet(read.text, evidence)
            matches.append(TopicMatch(topic.id, topic.version, *found))
        return tuple(matches)

    def some(self, start: int, count: int) -> tuple[TopicQuery, ...]:
        """Return up to `count` topics, others for another `start`, to be looked at more closely."""
        known = len(self._base.topics)
        at = start % max(1, known + len(self._recent.topics) - count + 1)
        later = max(0, at - known)
        settled = (topic for topic in self._base.topics[at : at + count] if topic.id not in self._gone)
        return (*settled, *self._recent.topics[later : later + count])[:count]

    def holds(self, topic: TopicQuery, read: ReadText) -> bool:
        """Say whether a topic holds for a text, read without the index."""
        return self._evidence(topic, read) is not None

    def _evidence(self, topic: TopicQuery, read: ReadText) -> tuple[Evidence, ...] | None:
        if topic.id in self.refused:
            return None
        try:
            return match_read(_parsed(topic.query, self.concepts), read)
        except QueryError as error:
            self.refused[topic.id] = error
            return None

    def _awake(self, read: ReadText) -> Iterator[TopicQuery]:
        for at in sorted(self._base.awake(read)):
            topic = self._base.topics[at]
            if topic.id not in self._gone:
                yield topic
        for at in sorted(self._recent.awake(read)):
            yield self._recent.topics[at]

    def _live(self) -> Iterator[TopicQuery]:
        yield from (topic for topic in self._base.topics if topic.id not in self._gone)
        yield from self._recent.topics

    def changed(self, changed: Iterable[TopicQuery], removed: Iterable[str] = ()) -> "Matcher":
        """Return a matcher in which `changed` are new or other than they were and `removed` (ids) are gone.

        What did not change is not read again; every so often all of it is put in order anew.
        """
        new = {topic.id: topic for topic in changed}
        away = {*new, *removed}
        kept = [
            (topic, clues)
            for topic, clues in zip(self._recent.topics, self._recent.clues, strict=True)
            if topic.id not in away
        ]
        refused = {topic_id: error for topic_id, error in self.refused.items() if topic_id not in away}
        recent = _index([*kept, *_with_clues(new.values(), self.concepts, refused)], self.concepts, None)
        gone = self._gone | (away & self._base.at.keys())
        matcher = Matcher(self._base, recent, gone, self.concepts, refused)
        is_much = len(recent.topics) + len(gone) > max(_LEAST_RECENT, len(self._base.topics) // _RECENT_SHARE)
        return matcher._in_order() if is_much else matcher

    def knowing(self, concepts: Concepts) -> "Matcher":
        """Return a matcher with these concepts; only the topics that name one are read again."""
        if concepts is self.concepts:
            return self
        naming = [topic for topic in self._live() if "~" in topic.query]
        other = Matcher(self._base, self._recent, self._gone, concepts, self.refused)
        return other.changed(naming)

    def _in_order(self) -> "Matcher":
        live = [
            pair
            for index in (self._base, self._recent)
            for pair in zip(index.topics, index.clues, strict=True)
            if index is self._recent or pair[0].id not in self._gone
        ]
        # Forms of a concept are those of its phrases: where these may be others, none is taken over.
        like = self._base if self._base.concepts is self.concepts else None
        base = _index(live, self.concepts, like)
        return Matcher(base, _index([], self.concepts, None), frozenset(), self.concepts, self.refused)


# Changes are kept apart from the base until they are so many: more than this, and than this part of it.
_LEAST_RECENT, _RECENT_SHARE = 500, 50
_MOST_PARSED = 10_000
_parsed = lru_cache(maxsize=_MOST_PARSED)(parse_query)


def compile_topics(topics: Iterable[TopicQuery], concepts: Concepts = NO_CONCEPTS) -> Matcher:
    """Return a matcher of `topics`, whose concepts are resolved in `concepts`.

    A topic whose query is refused stops no other: it is in `Matcher.refused`, at once where it names a concept that
    is not there or is out of the ordinary, else from when a text first wakes it.
    """
    refused: dict[str, QueryError] = {}
    base = _index(_with_clues(topics, concepts, refused), concepts, None)
    return Matcher(base, _index([], concepts, None), frozenset(), concepts, refused)


def _index(
    pairs: Sequence[tuple[TopicQuery, StoredClues]], concepts: Concepts, like: TopicIndex | None
) -> TopicIndex:
    topics, clues = tuple(topic for topic, _ in pairs), tuple(clues for _, clues in pairs)
    return TopicIndex(topics, clues, concepts, like)


def _with_clues(
    topics: Iterable[TopicQuery], concepts: Concepts, refused: dict[str, QueryError]
) -> list[tuple[TopicQuery, StoredClues]]:
    found: list[tuple[TopicQuery, StoredClues]] = []
    for topic in topics:
        try:
            found.append((topic, _stored(skim_clues(topic.query, concepts))))
        except NotSkimmedError:
            try:
                found.append((topic, _stored(clues_of(_parsed(topic.query, concepts)))))
            except QueryError as error:
                refused[topic.id] = error
                found.append((topic, ()))
    return found


def _stored(clues: Clues) -> StoredClues:
    # A tuple is a quarter of the size, and nothing for the garbage collector to look at again and again.
    return None if clues is None else tuple(clues)
