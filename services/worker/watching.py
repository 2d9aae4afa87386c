"""The compiled topics of one process, kept as new as the database says they are."""

from dataclasses import dataclass, field

from shared.domain.evidence import MatchText, TopicMatch
from shared.domain.lexicon import load_lexicon
from shared.domain.match import Matcher, compile_topics
from shared.domain.reading import ReadText
from shared.logs import get_log
from shared.store.concepts import load_concepts
from shared.store.database import Transaction
from shared.store.watch import load_changes

log = get_log("worker")


@dataclass(frozen=True, slots=True)
class Judged:
    """One text with the topics that hold for it, and what it is found by again: its language and its terms."""

    text: MatchText
    language: str | None
    terms: tuple[str, ...]
    matches: tuple[TopicMatch, ...]


@dataclass(frozen=True, slots=True)
class CompiledTopics:
    """Every live topic, compiled, as of one version of what is watched."""

    version: int = 0
    topics: Matcher = field(default_factory=lambda: compile_topics((), load_lexicon()))

    def match(self, text: MatchText) -> Judged:
        """Read one text and match it with every topic."""
        read = ReadText(text)
        return Judged(text, read.language, tuple(read.terms), self.topics.match_read(read))


@dataclass(slots=True)
class Watching:
    """The newest compiled topics; its threads each go on with what they were given."""

    newest: CompiledTopics = field(default_factory=CompiledTopics)

    def at(self, transaction: Transaction, version: int) -> CompiledTopics:
        """Give the topics of `version`; where the newest are another's, only what changed since is read.

        Where `version` is not held, those given may be newer; they say so.
        """
        newest = self.newest
        if newest.version == version:
            return newest
        changes = load_changes(transaction, newest.version)
        concepts = load_concepts(transaction)
        topics = (
            newest.topics.knowing(concepts).changed(changes.topics, changes.removed)
            if changes.since
            else compile_topics(changes.topics, concepts)
        )
        for topic in changes.topics:
            if topic.id in topics.refused:
                log.error("topic cannot ring", topic=topic.name, reason=str(topics.refused[topic.id]))
        # One assignment: a thread sees the topics before or the topics after, never one's words for another's.
        self.newest = compiled = CompiledTopics(changes.version, topics)
        return compiled
