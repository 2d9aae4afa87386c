"""The compiled topics of one process, kept as new as the database says they are."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.domain.evidence import MatchText, TopicMatch, TopicQuery
from shared.domain.lexicon import load_lexicon
from shared.domain.match import Matcher, compile_topics
from shared.domain.reading import ReadText
from shared.logs import get_log
from shared.store.database import Transaction
from shared.store.watch import load_watch

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
    topics: Mapping[str, TopicQuery] = field(default_factory=dict)
    matcher: Matcher = field(default_factory=lambda: compile_topics((), load_lexicon()))

    def match(self, text: MatchText) -> Judged:
        """Read one text and match it with every topic."""
        read = ReadText(text)
        return Judged(text, read.language, tuple(read.terms), self.matcher.match_read(read))


@dataclass(slots=True)
class Watching:
    """The newest compiled topics; its threads each go on with what they were given."""

    newest: CompiledTopics = field(default_factory=CompiledTopics)

    def at(self, transaction: Transaction, version: int) -> CompiledTopics:
        """Give the topics of `version`, loaded and compiled again where the newest are another's.

        Where `version` is not held, those given may be newer; they say so.
        """
        newest = self.newest
        if newest.version == version:
            return newest
        watch = load_watch(transaction)
        compiled = CompiledTopics(
            watch.version,
            {topic.id: topic for topic in watch.topics},
            compile_topics(watch.topics, load_lexicon(), previous=newest.matcher),
        )
        for topic_id, error in compiled.matcher.refused.items():
            log.error("topic cannot ring", topic=compiled.topics[topic_id].name, reason=str(error))
        # One assignment: a thread sees the topics before or the topics after, never one's words for another's.
        self.newest = compiled
        return compiled
