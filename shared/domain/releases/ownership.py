"""Which of two carriers speaks for itself: the publisher of a release, or a wire that passes it on."""

import re

from shared.domain.language.folding import fold

_LEAST_LETTERS, _LEAST_MENTIONS = 4, 2
_WORD = re.compile(r"[^\W\d_]+")
# What feeds are called, whoever publishes them.
_ANYBODYS = frozenset({
    "actualites", "aktuelles", "communiques", "comunicados", "comunicati", "feed", "from", "latest", "media",
    "medien", "meldungen", "news", "newsroom", "noticias", "notizie", "office", "prensa", "press", "presse",
    "pressemitteilungen", "releases", "release", "room", "stampa", "the", "updates",
})  # fmt: skip


def speaks_for_itself(publisher: str, site: str, other_publisher: str, other_site: str, text: str) -> bool:
    """Tell whether a release is this publisher's own rather than the other's: its text keeps naming it."""
    words = [fold(word) for word in _WORD.findall(text)]
    ours, theirs = _mentions(publisher, site, words), _mentions(other_publisher, other_site, words)
    return ours >= _LEAST_MENTIONS and ours >= 2 * theirs


def _mentions(publisher: str, site: str, words: list[str]) -> int:
    """Count how often a text names a publisher: by the rarest word of its name, or by that of its site."""
    name = [fold(word) for word in _WORD.findall(publisher)]
    telling = [word for word in name if len(word) >= _LEAST_LETTERS and word not in _ANYBODYS]
    label = fold(site.split(".", maxsplit=1)[0])
    by_name = min((words.count(word) for word in telling), default=0)
    return max(by_name, words.count(label) if len(label) >= _LEAST_LETTERS and label not in _ANYBODYS else 0)
