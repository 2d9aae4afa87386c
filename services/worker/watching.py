"""The compiled topics of one process, kept as new as the database says they are."""

from dataclasses import dataclass, field

from shared.domain.evidence import MatchText, TopicMatch, TopicQuery
from shared.domain.lexicon import load_lexicon
from shared.domain.match import Matcher, compile_topics
from shared.logs import get_log
from shared.store.database import Transaction
from shared.store.watch import load_watch

log = get_log("worker")


@dataclass(slots=True)
class CompiledTopics:
    """Every live topic, compiled once for each version of what is watched."""

    version: int = 0
    topics: dict[str, TopicQuery] = field(default_factory=dict)
    matcher: Matcher = field(default_factory=lambda: compile_topics((), load_lexicon()))

    def bring_up_to(self, transaction: Transaction, version: int) -> bool:
        """Load and compile again where `version` is another than ours; tell whether it was."""
        if version == self.version:
            return False
        watch = load_watch(transaction)
        self.version = version
        self.topics = {topic.id: topic for topic in watch.topics}
        self.matcher = compile_topics(watch.topics, load_lexicon(), previous=self.matcher)
        for topic_id, error in self.matcher.refused.items():
            log.error(
                "topic cannot ring", topic=self.topics[topic_id].name, topic_id=topic_id, reason=str(error)
            )
        return True

    def match(self, text: MatchText) -> tuple[TopicMatch, ...]:
        """Match one text with every topic."""
        return self.matcher.match(text)
