"""The bodies of messages: what they hold, and that they stay under 20 kB."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.alerts.payload import MOST_BYTES, Changes, ReleaseFacts, Telling, TopicFacts, build_payload
from shared.domain.topics.evidence import Evidence

AT = datetime(2026, 3, 2, 9, 0, 0, 123_000, tzinfo=UTC)


def telling(**changed: Any) -> Telling:
    whole = Telling(
        event="release.published",
        at=AT,
        topic=TopicFacts("t1", "Medicines", "medicines OR arzneimittel", 3),
        release=ReleaseFacts(
            id="r1",
            url="https://police.example/1",
            title="Vier Festnahmen",
            summary="Die Polizei nahm vier Männer fest.",
            language="de",
            dateline="LINDAU",
            publisher="Polizei Lindau",
            published_at=AT,
            revision=1,
        ),
        evidence=(Evidence("arzneimittel", "Arzneimittel", "body", "lead", 4, 16, None, "de"),),
        snippet="gestohlene Arzneimittel",
    )
    return replace(whole, **changed)


def read(body: bytes) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(body)
    return value


def test_a_message_tells_topic_release_evidence_and_sequence() -> None:
    body = read(build_payload(telling(), 7))

    assert (body["type"], body["timestamp"]) == ("release.published", "2026-03-02T09:00:00.123Z")
    assert body["data"]["topic"]["name"] == "Medicines"
    assert body["data"]["release"]["published_at"] == "2026-03-02T09:00:00.123Z"
    assert body["data"]["match"]["evidence"][0]["text"] == "Arzneimittel"
    assert body["data"]["sequence"] == 7
    assert "changes" not in body["data"]
    assert "truncated" not in body["data"]


def test_a_correction_that_no_longer_matches_has_no_match() -> None:
    body = read(build_payload(telling(event="release.revised", evidence=None), 8))

    assert body["data"]["match"] is None


def test_a_revision_says_what_changed() -> None:
    changes = Changes(body=({"from": "four", "to": "five"},))

    body = read(build_payload(telling(event="release.revised", changes=changes), 9))

    assert body["data"]["changes"]["body"] == [{"from": "four", "to": "five"}]


def test_the_changes_are_the_first_to_be_cut_and_that_is_said() -> None:
    changes = Changes(body=({"from": "x" * 30_000, "to": "y"},))

    body = read(build_payload(telling(event="release.revised", changes=changes), 9))

    assert body["data"]["truncated"] == ["changes"]
    assert body["data"]["match"]["snippet"]


def test_evidence_is_cut_to_twenty_pieces_at_most() -> None:
    piece = Evidence("arzneimittel", "Arzneimittel" * 20, "body", "lead", 4, 244, None, "de")

    body = read(build_payload(telling(evidence=(piece,) * 100), 1))

    assert len(body["data"]["match"]["evidence"]) == 20
    assert "evidence" in body["data"]["truncated"]


@settings(max_examples=60)
@given(
    title=st.text(max_size=4_000),
    summary=st.text(max_size=30_000),
    snippet=st.text(max_size=5_000),
    query=st.text(max_size=5_000),
)
def test_no_text_makes_a_message_of_20_kb(title: str, summary: str, snippet: str, query: str) -> None:
    whole = telling(snippet=snippet)
    long = replace(
        whole,
        topic=replace(whole.topic, query=query),
        release=replace(whole.release, title=title, summary=summary),
    )

    assert len(build_payload(long, 1)) < MOST_BYTES
