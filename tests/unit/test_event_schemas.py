"""Every event has a schema and a sample; both are made of the code that sends it."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from shared.domain.alerts.doors import FORMATS, for_door
from shared.domain.alerts.event_schemas import EVENTS, event_schema
from shared.domain.alerts.samples import sample_event
from tests.unit.doors import refusal
from tests.unit.events import faults

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PAGES = Path(__file__).parents[2] / "docs" / "schemas"


def sample(event: str) -> dict[str, Any]:
    body = sample_event(event, AT)
    assert body is not None
    value: dict[str, Any] = json.loads(body)
    return value


@pytest.mark.parametrize("event", EVENTS)
def test_the_sample_of_an_event_is_as_its_schema_says_with_no_field_more(event: str) -> None:
    Draft202012Validator.check_schema(event_schema(event))
    assert faults(sample(event)) == []


@pytest.mark.parametrize("event", EVENTS)
def test_the_schema_in_the_documentation_is_the_one_that_is_sent(event: str) -> None:
    written = (PAGES / f"{event}.json").read_text(encoding="utf-8")
    assert json.loads(written) == event_schema(event), "run `tocsin schemas --write docs/schemas`"


def test_the_documentation_has_a_schema_of_every_event_and_no_other() -> None:
    assert {path.stem for path in PAGES.glob("*.json")} == set(EVENTS)


@pytest.mark.parametrize("chat", [name for name in FORMATS if name != "standard"])
@pytest.mark.parametrize("event", EVENTS)
def test_every_event_has_a_form_for_every_chat(event: str, chat: str) -> None:
    body = sample_event(event, AT)
    assert body is not None
    assert refusal(chat, for_door(chat, body)) is None


def test_a_schema_finds_a_body_that_lacks_what_it_must_have() -> None:
    body = sample("release.published")
    del body["data"]["topic"]
    assert faults(body)


def test_an_event_that_nobody_knows_has_no_sample() -> None:
    assert sample_event("release.imagined", AT) is None
