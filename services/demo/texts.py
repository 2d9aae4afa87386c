"""The words of the demo's four offices, read from one YAML file for each language."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

LANGUAGES = ("en", "fr", "es", "ar")


@dataclass(frozen=True, slots=True)
class StoryTexts:
    """One thing that happens, in several wordings; every title, lead and fact is a `str.format` template."""

    topic: str
    titles: tuple[str, ...]
    leads: tuple[str, ...]
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OfficeTexts:
    """Everything one office can say; `slots` gives each template word its possible values."""

    language: str
    office: str
    path: str
    about: str
    correction: str
    slots: Mapping[str, tuple[str, ...]]
    stories: tuple[StoryTexts, ...]
    quotes: tuple[str, ...]
    closings: tuple[str, ...]


@cache
def office_texts() -> tuple[OfficeTexts, ...]:
    """Read the four offices, in the order of `LANGUAGES`."""
    return tuple(_read_office(language) for language in LANGUAGES)


def _read_office(language: str) -> OfficeTexts:
    source = files(__package__).joinpath("texts", f"{language}.yaml").read_text(encoding="utf-8")
    data: dict[str, Any] = yaml.safe_load(source)
    return OfficeTexts(
        language=data["language"],
        office=data["office"],
        path=data["path"],
        about=data["about"].strip(),
        correction=data["correction"],
        slots={name: tuple(values) for name, values in data["slots"].items()},
        stories=tuple(_read_story(story) for story in data["stories"]),
        quotes=tuple(data["quotes"]),
        closings=tuple(data["closings"]),
    )


def _read_story(story: dict[str, Any]) -> StoryTexts:
    return StoryTexts(story["topic"], tuple(story["titles"]), tuple(story["leads"]), tuple(story["facts"]))
