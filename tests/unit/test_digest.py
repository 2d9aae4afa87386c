"""A digest tells everything that was held, in the order it came, in messages under 20 kB."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.alerts.digest import Digest, Held, build_digest, plan_digest
from shared.domain.alerts.payload import MOST_BYTES, ReleaseFacts, Telling, TopicFacts, held_body
from shared.domain.topics.evidence import Evidence

NOW = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
TOPIC = TopicFacts("t1", "Harbours", "port OR hafen", 3)


def held(count: int = 1, since: datetime = NOW - timedelta(hours=9)) -> Held:
    return Held(count, since, "quiet hours", "UTC", NOW)


def body(number: int, title: str = "Port closed", summary: str = "", text: str = "port") -> dict[str, Any]:
    release = ReleaseFacts(str(number), None, title, summary, "en", "", "", NOW, 1)
    evidence = (Evidence(clause="port", text=text, field="title", zone="title", start=0, end=4),)
    return held_body(Telling("release.published", NOW, TOPIC, release, evidence))


def written(digest: Digest) -> list[bytes]:
    return [build_digest(digest, number, 40 + number) for number in range(1, len(digest.parts) + 1)]


def test_a_few_alerts_are_one_message_that_says_what_was_held() -> None:
    (only,) = written(plan_digest(TOPIC, held(2), [body(1), body(2)]))
    told = json.loads(only)
    assert (told["type"], told["data"]["sequence"]) == ("release.digest", 41)
    assert told["data"]["held"]["words"] == "held 2 since 22:00"
    assert [alert["release"]["id"] for alert in told["data"]["alerts"]] == ["1", "2"]


def test_what_was_held_for_days_says_since_which_day() -> None:
    assert held(5, NOW - timedelta(days=2)).in_words() == "held 5 since 2026-02-28 07:00"


@settings(max_examples=25)
@given(
    st.lists(
        st.tuples(st.integers(0, 9_000), st.integers(0, 30_000), st.sampled_from("aé語😀")),
        min_size=1,
        max_size=30,
    )
)
def test_nothing_is_left_out_and_no_message_reaches_20_kb(lengths: list[tuple[int, int, str]]) -> None:
    bodies = [body(n, sign * title, sign * summary) for n, (title, summary, sign) in enumerate(lengths)]
    messages = written(plan_digest(TOPIC, held(len(bodies)), bodies))

    assert all(len(message) < MOST_BYTES for message in messages)
    told = [alert["release"]["id"] for message in messages for alert in json.loads(message)["data"]["alerts"]]
    assert told == [str(number) for number in range(len(bodies))]


def test_a_query_of_any_length_leaves_room_for_what_it_found() -> None:
    topic = TopicFacts("t1", "Harbours", "port OR " * 5_000, 3)
    (only,) = written(plan_digest(topic, held(), [body(1)]))
    assert len(only) < MOST_BYTES
    assert json.loads(only)["data"]["alerts"]
