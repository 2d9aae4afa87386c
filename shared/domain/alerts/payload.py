"""The bodies of webhook messages (DESIGN §6), frozen as bytes the moment they are made."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import datetime
from typing import Any, Literal

from shared.domain.topics.evidence import Evidence

MOST_BYTES = 20_000
MOST_EVIDENCE = 20
LONGEST_QUERY = 2_000

ReleaseEvent = Literal["release.published", "release.revised", "release.withdrawn"]


@dataclass(frozen=True, slots=True)
class TopicFacts:
    """The topic as a receiver reads it."""

    id: str
    name: str
    query: str
    version: int


@dataclass(frozen=True, slots=True)
class ReleaseFacts:
    """The release as a receiver reads it; `url` is masked already.

    `embargo_until` is the instant before which it must not be published, where its text names one.
    """

    id: str
    url: str | None
    title: str
    summary: str
    language: str | None
    dateline: str
    publisher: str
    published_at: datetime
    revision: int
    embargo_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """What a revision changed: word by word, {"from", "to"} pairs."""

    title: tuple[dict[str, str], ...] = ()
    body: tuple[dict[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """When and with what words a release was taken back."""

    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class MatchFacts:
    """Why the topic holds: the words that rang, and the text around the first of them."""

    evidence: tuple[Evidence, ...]
    snippet: str


@dataclass(frozen=True, slots=True)
class Translation:
    """The same release in another language."""

    language: str
    url: str
    title: str


@dataclass(frozen=True, slots=True)
class StoryFacts:
    """The story that the release belongs to, and its translations."""

    id: str | None
    translations: tuple[Translation, ...] = ()


@dataclass(frozen=True, slots=True)
class ReleaseData:
    """The `data` of `release.*`: `match` is null where the revision no longer matches, a correction that is owed.

    `truncated` names what was cut to stay under 20 kB; it, `changes` and `withdrawn` are left out where there
    are none.
    """

    topic: TopicFacts
    release: ReleaseFacts
    match: MatchFacts | None
    sequence: int
    story: StoryFacts
    changes: Changes | None = None
    withdrawn: Withdrawn | None = None
    truncated: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class EndpointFacts:
    """The receiver, its address masked."""

    url: str


@dataclass(frozen=True, slots=True)
class TopicName:
    """The topic that a test message is sent for."""

    name: str


@dataclass(frozen=True, slots=True)
class EndpointTestData:
    """The `data` of `endpoint.test`: nothing happened; it has no sequence."""

    endpoint: EndpointFacts
    topic: TopicName | None = None


@dataclass(frozen=True, slots=True)
class Telling:
    """One thing to tell: what happened, to which release, for which topic, and why.

    `evidence` is None where the revision no longer matches: a correction that is owed.
    """

    event: ReleaseEvent
    at: datetime
    topic: TopicFacts
    release: ReleaseFacts
    evidence: tuple[Evidence, ...] | None
    snippet: str = ""
    changes: Changes | None = None
    story_id: str | None = None
    translations: Sequence[dict[str, str]] = field(default_factory=tuple)
    withdrawn: Withdrawn | None = None


def build_payload(telling: Telling, sequence: int) -> bytes:
    """Write the body of one message: under 20 kB, what was cut named in `data.truncated`.

    Cut in the order of DESIGN §6: changes, snippet, translations, evidence beyond the first 20; a release
    whose own texts are longer still has its summary and title cut.
    """
    data = _data(telling, sequence)
    cut_to_fit(data, lambda: len(encode_body(telling.event, telling.at, data)) < MOST_BYTES)
    return encode_body(telling.event, telling.at, data)


def held_body(telling: Telling) -> dict[str, Any]:
    """Give what is to be told later: the body as it stands now, without a sequence."""
    data = _data(telling, 0)
    del data["sequence"]
    return {"type": telling.event, "timestamp": instant(telling.at), "data": data}


def cut_to_fit(data: dict[str, Any], fits: Callable[[], bool]) -> None:
    """Cut from the data of one telling, in DESIGN §6's order, until it fits; `truncated` names what was cut."""
    truncated: list[str] = []
    for name, cut in _CUTS:
        if fits():
            return
        if cut(data):
            truncated.append(name)
            data["truncated"] = list(truncated)


def encode_body(event: str, at: datetime, data: dict[str, Any]) -> bytes:
    """Write a message body of any type; the bytes are sent as they are, on every attempt."""
    return compact_json({"type": event, "timestamp": instant(at), "data": data})


def compact_json(body: Mapping[str, Any]) -> bytes:
    """Write a body in as few bytes as JSON allows, every script as it is."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def as_json(data: Any) -> dict[str, Any]:  # noqa: ANN401 - any dataclass
    """Give a dataclass as what JSON writes, instants as texts; its own fields that default to None may be left out."""
    whole: dict[str, Any] = _plain(data)
    absent = {one.name for one in fields(data) if one.default is None and whole[one.name] is None}
    return {name: value for name, value in whole.items() if name not in absent}


def _plain(value: Any) -> Any:  # noqa: ANN401 - what JSON writes
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if is_dataclass(value):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value


def instant(at: datetime) -> str:
    """Write an aware instant as RFC 3339 in UTC, with milliseconds."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _data(telling: Telling, sequence: int) -> dict[str, Any]:
    match = None if telling.evidence is None else MatchFacts(telling.evidence, telling.snippet)
    story = StoryFacts(telling.story_id, tuple(Translation(**one) for one in telling.translations))
    changes = telling.changes if telling.event == "release.revised" else None
    return as_json(
        ReleaseData(telling.topic, telling.release, match, sequence, story, changes, telling.withdrawn)
    )


def _cut_changes(data: dict[str, Any]) -> bool:
    return data.pop("changes", None) is not None


def _cut_snippet(data: dict[str, Any]) -> bool:
    if not (data["match"] and data["match"]["snippet"]):
        return False
    data["match"]["snippet"] = ""
    return True


def _cut_translations(data: dict[str, Any]) -> bool:
    had = bool(data["story"]["translations"])
    data["story"]["translations"] = []
    return had


def _cut_evidence(data: dict[str, Any]) -> bool:
    if not data["match"] or len(data["match"]["evidence"]) <= MOST_EVIDENCE:
        return False
    data["match"]["evidence"] = data["match"]["evidence"][:MOST_EVIDENCE]
    return True


def _cut_summary(data: dict[str, Any]) -> bool:
    return _shorten(data["release"], "summary", 1_000)


def _cut_texts(data: dict[str, Any]) -> bool:
    pieces = [_shorten(piece, "text", 200) for piece in (data["match"] or {}).get("evidence", [])]
    query = "topic" in data and _shorten(data["topic"], "query", LONGEST_QUERY)
    return any([_shorten(data["release"], "title", 500), query, *pieces])


def _shorten(holder: dict[str, Any], name: str, most: int) -> bool:
    if len(holder[name]) <= most:
        return False
    holder[name] = holder[name][: most - 1] + "…"
    return True


_CUTS = (
    ("changes", _cut_changes),
    ("snippet", _cut_snippet),
    ("translations", _cut_translations),
    ("evidence", _cut_evidence),
    ("summary", _cut_summary),
    ("texts", _cut_texts),
)
