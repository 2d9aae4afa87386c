"""Reads a webhook's payload into a value; whatever comes from outside is narrowed and cleaned here."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

# Marks that turn the reading direction of what follows: a title could re-order our own line with them.
DIRECTION_MARKS = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Reason:
    """One piece of evidence: the clause of the topic, the words that satisfied it, and where they stand."""

    clause: str
    text: str
    zone: str


@dataclass(frozen=True, slots=True)
class ReceivedMessage:
    """A message as received; what it lacks is empty or None, and `matches` is False for `match: null`."""

    type: str
    topic: str = ""
    title: str = ""
    url: str = ""
    language: str = ""
    publisher: str = ""
    published_at: datetime | None = None
    revision: int | None = None
    reasons: tuple[Reason, ...] = ()
    matches: bool = True
    sequence: int | None = None


def read_message(payload: object) -> ReceivedMessage:
    """Read the JSON value of a webhook's body; never raises: parts of another shape are left out."""
    envelope = _mapping(payload)
    data = _mapping(envelope.get("data"))
    release = _mapping(data.get("release"))
    return ReceivedMessage(
        type=_words(envelope.get("type")) or "untyped",
        topic=_words(_mapping(data.get("topic")).get("name")),
        title=_words(release.get("title")),
        url=_words(release.get("url")),
        language=_words(release.get("language")),
        publisher=_words(release.get("publisher")),
        published_at=_instant(release.get("published_at")),
        revision=_number(release.get("revision")),
        reasons=_reasons(_mapping(data.get("match")).get("evidence")),
        matches="match" not in data or data["match"] is not None,
        sequence=_number(data.get("sequence")),
    )


def milliseconds_since(published_at: datetime | None, received_at: datetime) -> int | None:
    """Count the milliseconds from publication to receipt; negative where the publisher's clock is ahead."""
    if published_at is None:
        return None
    return round((received_at - published_at).total_seconds() * 1000)


def clean_words(text: str) -> str:
    """Make outside text safe to print on one line: no control codes, no direction marks."""
    kept = "".join(" " if _is_unprintable(char) else char for char in text if char not in DIRECTION_MARKS)
    return SPACES.sub(" ", kept).strip()


def _is_unprintable(char: str) -> bool:
    # Cc: control codes, which a terminal obeys. Cs: half a surrogate pair: JSON carries it, no stream can.
    return unicodedata.category(char) in {"Cc", "Cs"}


def _reasons(value: object) -> tuple[Reason, ...]:
    pieces = (_mapping(piece) for piece in value) if isinstance(value, list) else ()
    reasons = (
        Reason(
            _words(piece.get("clause")),
            _words(piece.get("text")),
            _words(piece.get("zone")) or _words(piece.get("field")),
        )
        for piece in pieces
    )
    return tuple(dict.fromkeys(reason for reason in reasons if reason.text))


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _words(value: object) -> str:
    return clean_words(value) if isinstance(value, str) else ""


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _instant(value: object) -> datetime | None:
    try:
        instant = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return instant.replace(tzinfo=UTC) if instant and instant.tzinfo is None else instant
