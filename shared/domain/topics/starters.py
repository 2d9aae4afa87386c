"""Starter topics: ready queries for the priorities that police work across borders begins with."""

from dataclasses import dataclass
from importlib.resources import files

import yaml


@dataclass(frozen=True, slots=True)
class StarterTopic:
    """A topic that is ready to be watched; `about` says in a few words what it rings for."""

    name: str
    about: str
    query: str


def load_starters() -> tuple[StarterTopic, ...]:
    """Return the starter topics of `shared/domain/topics/starters.yaml`, in its order."""
    records = yaml.safe_load((files("shared.domain.topics") / "starters.yaml").read_bytes())
    return tuple(StarterTopic(record["name"], record["about"], record["query"]) for record in records)
