"""Checks bodies against the schemas: a receiver must let new fields be, the tests must not."""

from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from shared.domain.alerts.event_schemas import EVENTS, event_schema


def faults(body: dict[str, Any]) -> list[str]:
    """List what is wrong with a standard event body; a field that its schema does not have is wrong too."""
    event = body["type"]
    if event not in EVENTS:
        return [f"{event} has no schema: add it to EVENTS in shared/domain/alerts/event_schemas.py"]
    return [f"{one.json_path}: {one.message}" for one in _validator(event).iter_errors(body)]


@cache
def _validator(event: str) -> Draft202012Validator:
    return Draft202012Validator(_closed(event_schema(event)), format_checker=FormatChecker())


def _closed(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: _closed(one) for name, one in schema.items()}
    return closed | {"additionalProperties": False} if isinstance(schema.get("properties"), dict) else closed
