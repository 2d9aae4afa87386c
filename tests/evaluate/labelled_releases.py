"""Releases written for this set, labelled with the topics that they are about, and how well topics find them."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import yaml

from shared.domain.language.language import identify_language
from shared.domain.releases.article import zones_of
from shared.domain.releases.boilerplate import worded_boilerplate
from shared.domain.topics.evidence import MatchText, TopicQuery
from shared.domain.topics.lexicon import load_lexicon
from shared.domain.topics.match import Matcher, compile_topics

# The held-out half was written when the lexicon was finished, and never changed it. The stories of "development"
# were unseen once and were read while the lexicon grew: a figure of theirs says little, so the two halves are reported.
Half = Literal["tuning", "held_out", "development"]
HALVES: tuple[Half, ...] = ("tuning", "held_out")
SET_LANGUAGES = ("en", "fr", "es", "ar", "de", "pt", "it", "ru", "zh")
_FOLDER = Path(__file__).parent / "topics"


@dataclass(frozen=True, slots=True)
class LabelledRelease:
    """A release of `written_in`, and the names of the topics that an editor would file it under."""

    written_in: str
    title: str
    lines: tuple[str, ...]
    about: frozenset[str]

    def as_text(self) -> MatchText:
        """Return it as the line would store it: language told from the text, boilerplate found."""
        body = "\n".join(self.lines)
        language = identify_language(f"{self.title}\n{body}", None)
        zones = zones_of(self.lines, worded_boilerplate(self.lines))
        return MatchText(self.title, body, language=language, zones=zones)


@dataclass(frozen=True, slots=True)
class Judgment:
    """What the topics made of one release: rung and right, rung and wrong, silent and wrong."""

    release: LabelledRelease
    right: frozenset[str]
    wrong: frozenset[str]
    missed: frozenset[str]


def load_topics() -> dict[str, str]:
    """Return the queries of the set by topic name."""
    topics = yaml.safe_load((_FOLDER / "topics.yaml").read_text(encoding="utf-8"))
    return {name: topic["query"] for name, topic in topics.items()}


def load_releases(half: Half) -> Iterator[LabelledRelease]:
    """Yield the releases of one half, by language; a language may have several files (`fr-2.yaml`)."""
    for language in SET_LANGUAGES:
        for file in sorted((_FOLDER / half).glob(f"{language}*.yaml")):
            for record in yaml.safe_load(file.read_text(encoding="utf-8")):
                about = frozenset(record["about"])
                yield LabelledRelease(language, record["title"], tuple(record["body"].splitlines()), about)


def judge(release: LabelledRelease) -> Judgment:
    """Match a release with every topic of the set, and compare with its label."""
    rung = frozenset(match.topic_id for match in _matcher().match(release.as_text()))
    return Judgment(release, rung & release.about, rung - release.about, release.about - rung)


@cache
def _matcher() -> Matcher:
    topics = [TopicQuery(name, name, query) for name, query in load_topics().items()]
    return compile_topics(topics, load_lexicon())


@dataclass(frozen=True, slots=True)
class Quality:
    """Figures of one language in one half; `found`, `wrong` and `missed` count pairs of topic and release."""

    releases: int
    found: int
    wrong: int
    missed: int

    @property
    def recall(self) -> float:
        """Of the pairs that are right, the share that rang."""
        return self.found / (self.found + self.missed)

    @property
    def precision(self) -> float:
        """Of the pairs that rang, the share that is right."""
        return self.found / (self.found + self.wrong)


def measure(half: Half) -> dict[str, Quality]:
    """Return the figures of one half by language."""
    counts: dict[str, Counter[str]] = {language: Counter() for language in SET_LANGUAGES}
    for judgment in map(judge, load_releases(half)):
        counts[judgment.release.written_in].update(
            releases=1, found=len(judgment.right), wrong=len(judgment.wrong), missed=len(judgment.missed)
        )
    return {
        language: Quality(count["releases"], count["found"], count["wrong"], count["missed"])
        for language, count in counts.items()
    }
