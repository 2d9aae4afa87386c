"""Concepts that a user writes: what is refused, and what is taken with a warning."""

import re
from collections.abc import Iterable, Iterator, Sequence

from shared.domain.language.common_words import STOP_WORDS
from shared.domain.language.stemming import primary_language
from shared.domain.language.words import split_words
from shared.domain.topics.concepts import ConceptEntry, Concepts
from shared.errors import RefusedError

_ID = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_LONGEST_ID, _MOST_PHRASES, _LONGEST_PHRASE = 100, 500, 200
_SHORT_WORD = 4


def concept_id(name: str) -> str:
    """Return the id that a name or the end of a URI makes: its words in small letters, with hyphens between."""
    return "-".join(re.findall(r"[^\W_]+", name.casefold()))[:_LONGEST_ID].strip("-")


def checked_concept(entry: ConceptEntry, builtin: Concepts) -> ConceptEntry:
    """Return a concept that can be stored; raises RefusedError with the next step for what cannot."""
    if not _ID.fullmatch(entry.id) or len(entry.id) > _LONGEST_ID:
        raise RefusedError(
            entry.id[:80], "is no id of a concept; give letters and digits with hyphens between"
        )
    if builtin.find(entry.id) == entry.id:
        raise RefusedError(
            entry.id, "is a built-in concept; give yours another id, with this as its broader one"
        )
    phrases = tuple(
        dict.fromkeys((_language(code, entry.id), " ".join(p.split())) for code, p in entry.phrases)
    )
    phrases = tuple(
        pair for pair in phrases if len(pair[1]) <= _LONGEST_PHRASE and split_words(pair[1], None)
    )
    if not phrases:
        raise RefusedError(entry.id, 'has no phrase to find it by; give --phrase en:"two words"')
    if len(phrases) > _MOST_PHRASES:
        raise RefusedError(entry.id, f"has more than {_MOST_PHRASES} phrases; make narrower concepts of it")
    return ConceptEntry(entry.id, phrases, tuple(dict.fromkeys(entry.broader)), entry.definition.strip())


def _language(code: str, concept: str) -> str:
    language = primary_language(code)
    if language is None or not re.fullmatch("[a-z]{2,3}", language):
        raise RefusedError(concept, f"{code!r} is no language; write a phrase as en:words or fr:mots")
    return language


def warnings(entries: Sequence[ConceptEntry], known: Concepts) -> Iterator[str]:
    """Yield what is doubtful of new concepts beside those that are known."""
    owners: dict[tuple[str, str], str] = {}
    ids = {entry.id for entry in (*known.entries, *entries)}
    new = {entry.id for entry in entries}
    for entry in (*(each for each in known.entries if each.id not in new), *entries):
        related = {entry.id, *entry.broader}
        for language, phrase in entry.phrases:
            owner = owners.setdefault((language, phrase.casefold()), entry.id)
            if entry.id in new and owner not in related:
                yield f"{entry.id}: “{phrase}” ({language}) says {owner} too; one of them may be the broader"
        if entry.id in new:
            yield from _own_warnings(entry, ids)


def _own_warnings(entry: ConceptEntry, ids: set[str]) -> Iterator[str]:
    for broader in entry.broader:
        if broader not in ids:
            yield f"{entry.id}: its broader concept {broader} is not there"
    for language, phrase in _common(entry.phrases):
        yield f"{entry.id}: “{phrase}” ({language}) is short or common and will ring for much else"


def _common(phrases: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for language, phrase in phrases:
        words = split_words(phrase, None)
        folded = words[0].form.folded
        short = folded.isascii() and len(folded) < _SHORT_WORD and not words[0].form.capitals
        if len(words) == 1 and (short or folded in STOP_WORDS):
            yield language, phrase
