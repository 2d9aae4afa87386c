"""The built-in lexicon: concepts that press releases are about, with their phrases in nine languages."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from shared.domain.topics.concepts import ConceptEntry, Concepts, PhraseRule

LEXICON_LANGUAGES = ("en", "fr", "es", "ar", "de", "pt", "it", "ru", "zh")

# libyaml reads the files in a tenth of the time, where PyYAML was built with it.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def load_lexicon() -> Concepts:
    """Return the built-in concepts, read once from `shared/domain/topics/lexicon/*.yaml`.

    The same object each time: what was parsed with it need not be parsed again.
    """
    return Concepts(tuple(_entries()))


def _entries() -> Iterator[ConceptEntry]:
    folder = files("shared.domain.topics") / "lexicon"
    # A phrase names the first concept that has it: what goes on from a file is read behind it.
    for file in sorted(folder.iterdir(), key=lambda each: each.name.removesuffix(".yaml")):
        if file.name.endswith(".yaml"):
            for record in _plain(yaml.compose(file.read_bytes(), Loader=_Loader)):
                yield _entry(record)


def _plain(node: yaml.Node | None) -> Any:  # noqa: ANN401 - what YAML holds
    """Read lists, mappings and texts and nothing else: it takes two thirds of the time of a whole loader."""
    match node:
        case yaml.ScalarNode():
            return node.value
        case yaml.SequenceNode():
            return [_plain(each) for each in node.value]
        case yaml.MappingNode():
            return {key.value: _plain(value) for key, value in node.value}
        case _:
            return []


def _entry(record: dict[str, Any]) -> ConceptEntry:
    rules = [
        rule
        for language in LEXICON_LANGUAGES
        for item in record.get(language, ())
        for rule in _rules(language, item)
    ]
    return ConceptEntry(
        record["id"],
        tuple((rule.language, rule.phrase) for rule in rules),
        tuple(record.get("broader", ())),
        record["definition"],
        tuple(rule for rule in rules if rule.is_doubtful or not rule.inflects),
    )


def _rules(language: str, item: str | dict[str, list[str]]) -> Iterator[PhraseRule]:
    """Read a phrase, or several that share `needs` and `forbids`; those under `written` do not inflect."""
    if isinstance(item, str):
        yield PhraseRule(language, item)
        return
    needs, forbids = tuple(item.get("needs", ())), tuple(item.get("forbids", ()))
    for key in ("phrases", "written"):
        for phrase in item.get(key, ()):
            yield PhraseRule(language, phrase, needs, forbids, inflects=key == "phrases")
