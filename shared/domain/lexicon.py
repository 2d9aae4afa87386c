"""The built-in lexicon: concepts that press releases are about, with their phrases in nine languages."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from shared.domain.concepts import ConceptEntry, Concepts, PhraseContext

LEXICON_LANGUAGES = ("en", "fr", "es", "ar", "de", "pt", "it", "ru", "zh")

# libyaml reads the files in a tenth of the time, where PyYAML was built with it.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def load_lexicon() -> Concepts:
    """Return the built-in concepts, read once from `shared/domain/lexicon/*.yaml`.

    The same object each time: what was parsed with it need not be parsed again.
    """
    return Concepts(tuple(_entries()))


def _entries() -> Iterator[ConceptEntry]:
    folder = files("shared.domain") / "lexicon"
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        if file.name.endswith(".yaml"):
            for record in yaml.load(file.read_bytes(), Loader=_Loader):  # noqa: S506 - a safe loader, either of two
                yield _entry(record)


def _entry(record: dict[str, Any]) -> ConceptEntry:
    said = [
        (language, item if isinstance(item, dict) else {"phrases": [item]})
        for language in LEXICON_LANGUAGES
        for item in record.get(language, ())
    ]
    return ConceptEntry(
        record["id"],
        tuple((language, phrase) for language, item in said for phrase in item["phrases"]),
        tuple(record.get("broader", ())),
        record["definition"],
        tuple(context for language, item in said if len(item) > 1 for context in _contexts(language, item)),
    )


def _contexts(language: str, item: dict[str, list[str]]) -> Iterator[PhraseContext]:
    needs, forbids = tuple(item.get("needs", ())), tuple(item.get("forbids", ()))
    for phrase in item["phrases"]:
        yield PhraseContext(language, phrase, needs, forbids)
