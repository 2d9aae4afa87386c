"""A snippet: the part of a release's body around what rang, to be read at a glance."""

from shared.domain.topics.evidence import Evidence, MatchText

_LENGTH = 200
_CUT = "…"


def snippet(text: MatchText, evidence: tuple[Evidence, ...]) -> str:
    """Return about 200 characters of the body around its first evidence, else its beginning, else the title.

    Cut between words, with … where something was left out; line breaks are spaces.
    """
    body = text.body
    if not body or body.isspace():
        return " ".join(text.title.split())
    for piece in evidence:
        if piece.field == "body":
            return _cut(body, *_window(body, piece.start, piece.end))
    return _cut(body, *_window(body, 0, 0))


def _window(body: str, start: int, end: int) -> tuple[int, int]:
    margin = max(0, (_LENGTH - (end - start)) // 2)
    first = max(0, start - margin)
    last = min(len(body), max(first + _LENGTH, end))
    first = max(0, min(first, last - _LENGTH)) if end - start < _LENGTH else start
    return _to_word_start(body, first, start), _to_word_end(body, last, end)


def _to_word_start(body: str, at: int, latest: int) -> int:
    space = body.find(" ", at, latest)
    return space + 1 if at > 0 and not body[at - 1].isspace() and space >= 0 else at


def _to_word_end(body: str, at: int, earliest: int) -> int:
    space = body.rfind(" ", earliest, at)
    return space if at < len(body) and not body[at].isspace() and space >= 0 else at


def _cut(body: str, start: int, end: int) -> str:
    before = _CUT if start > 0 and not body[:start].isspace() else ""
    after = _CUT if end < len(body) and not body[end:].isspace() else ""
    return f"{before}{' '.join(body[start:end].split())}{after}"
