"""The compiled topics of one process, kept as new as the database says they are."""

from dataclasses import dataclass, field
from threading import Event, Lock

from shared.domain.topics.evidence import MatchText, TopicMatch
from shared.domain.topics.lexicon import load_lexicon
from shared.domain.topics.match import Matcher, compile_topics
from shared.domain.topics.reading import ReadText
from shared.errors import ServiceError
from shared.logs import get_log
from shared.store.concepts import load_concepts
from shared.store.database import Database, Transaction
from shared.store.heartbeats import mark_said
from shared.store.watch import get_watched_version, load_changes

LOOK_SECONDS = 1.0

log = get_log("worker")


@dataclass(frozen=True, slots=True)
class Judged:
    """One text with the topics that hold for it, and what it is found by again: its language and its terms."""

    text: MatchText
    language: str | None
    terms: tuple[str, ...]
    matches: tuple[TopicMatch, ...]


@dataclass(slots=True)
class SelfChecks:
    """Compares, of some texts, what the index gave with reading a few topics without it.

    An index that loses matches is the oldest fault of such a matcher, and nobody misses what never rang.
    """

    read: int = 0
    checked: int = 0
    differences: int = 0

    def check(self, topics: Matcher, read: ReadText, matches: tuple[TopicMatch, ...]) -> None:
        """Check the text where its turn has come."""
        self.read += 1
        if self.read % CHECKED_EVERY != 1 or not topics:
            return
        rang = {match.topic_id for match in matches}
        for topic in topics.some(self.read * _CHECKED_TOPICS // CHECKED_EVERY, _CHECKED_TOPICS):
            self.checked += 1
            if topics.holds(topic, read) != (topic.id in rang):
                self.differences += 1
                log.error("the index and the query differ", topic=topic.name, title=read.text.title)

    def said(self, topics: Matcher) -> str:
        """Say in a line what is watched, in how much memory, and what the checks found."""
        open_ones = [topic.name for topic in topics.unprotected]
        named = (
            f" ({', '.join(open_ones[:_NAMED])}{', …' if len(open_ones) > _NAMED else ''})"
            if open_ones
            else ""
        )
        size = f"{topics.size_bytes() / 1e6:.1f} MB"
        awake = f"{len(open_ones)} without a word to wake them{named}"
        return f"{len(topics)} topics in {size}, {awake}; {self.differences} differences in {self.checked} checks"


CHECKED_EVERY, _CHECKED_TOPICS, _NAMED = 50, 20, 5


@dataclass(frozen=True, slots=True)
class CompiledTopics:
    """Every live topic, compiled, as of one version of what is watched."""

    version: int = 0
    topics: Matcher = field(default_factory=lambda: compile_topics((), load_lexicon()))
    checks: SelfChecks = field(default_factory=SelfChecks)

    def match(self, text: MatchText) -> Judged:
        """Read one text and match it with every topic."""
        read = ReadText(text)
        matches = self.topics.match_read(read)
        self.checks.check(self.topics, read, matches)
        return Judged(text, read.language, tuple(read.terms), matches)


@dataclass(slots=True)
class Watching:
    """The newest compiled topics; its threads each go on with what they were given."""

    newest: CompiledTopics = field(default_factory=CompiledTopics)
    _turn: Lock = field(default_factory=Lock)

    def said(self) -> str:
        """Say in a line what this process watches; nothing before it has looked."""
        return self.newest.checks.said(self.newest.topics) if self.newest.version else ""

    def at(self, transaction: Transaction, version: int) -> CompiledTopics:
        """Give the topics of `version`; where the newest are another's, only what changed since is read.

        Where `version` is not held, those given may be newer; they say so.
        """
        newest = self.newest
        if newest.version == version:
            return newest
        # Of a task and the look of an idle second, one loads; the other then finds it done.
        with self._turn:
            newest = self.newest
            return newest if newest.version == version else self._load(transaction, newest)

    def _load(self, transaction: Transaction, newest: CompiledTopics) -> CompiledTopics:
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
        self.newest = compiled = CompiledTopics(changes.version, topics, newest.checks)
        return compiled


def watch_until(stop: Event, database: Database, topics: Watching, instance: str) -> None:
    """Look every second for what is watched by now, so that a process that has nothing to do knows it as well.

    Nothing depends on it: with each release the version is looked at anyway. `instance` is the process as its
    signs of life name it; where there are any, they say what it watches now.
    """
    while True:
        try:
            _look(database, topics, instance)
        except ServiceError:
            pass  # the tasks say that the database does not answer; the next second tries again
        except Exception:  # a loop's edge, as above
            log.exception("not looked for changed topics")
        if stop.wait(LOOK_SECONDS):
            return


def _look(database: Database, topics: Watching, instance: str) -> None:
    before = topics.newest
    with database.begin() as transaction:
        if topics.at(transaction, get_watched_version(transaction)) is not before:
            mark_said(transaction, instance, topics.said())
