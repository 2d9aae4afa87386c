"""`tocsin concept …`: the meanings that `~concept` finds in every language that it has phrases for."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.cli.output import Json, print_object, print_rows
from services.cli.stack import open_stack
from shared.errors import RefusedError

if TYPE_CHECKING:
    from shared.domain.topics.concepts import ConceptEntry, ConceptPhrase, Concepts

app = typer.Typer(help="The meanings that ~concept finds, and their phrases.", no_args_is_help=True)

_MOST_DOUBTS = 20

Named = Annotated[str, typer.Argument(metavar="CONCEPT", help="Its id, or any phrase that says it.")]


def add_to(root: typer.Typer) -> None:
    """Register the commands."""
    root.add_typer(app, name="concept")


@app.command(name="list")
def list_concepts(
    word: Annotated[
        str, typer.Argument(metavar="WORD", help="Only those with this in their id, definition or phrases.")
    ] = "",
    as_json: Json = False,
) -> None:
    """List the concepts, with what each means."""
    lexicon = _lexicon()
    rows = [_row(entry, lexicon) for entry in lexicon.entries if _mentions(entry, word)]
    empty = f"No concept has “{word}” in it; `tocsin concept list` shows all {len(lexicon.entries)}."
    print_rows(rows, ("id", "definition"), as_json=as_json, empty=empty)


@app.command()
def show(concept: Named, as_json: Json = False) -> None:
    """Show a concept: its phrases by language, what is broader and what is narrower."""
    lexicon = _lexicon()
    entry = lexicon.get(_found(concept.removeprefix("~"), lexicon))
    row = _row(entry, lexicon)
    print_object(row, as_json=as_json, text="\n".join(_lines(entry, row)))


@app.command()
def add(
    concept: Annotated[
        str, typer.Argument(metavar="ID", help="What to call it, in letters, digits and hyphens.")
    ],
    phrase: Annotated[
        list[str], typer.Option(help='A language and a phrase, as en:"dog trafficking"; as often as needed.')
    ],
    broader: Annotated[list[str], typer.Option(help="A broader concept's id.")] = [],  # noqa: B006 - typer copies it
    definition: Annotated[str, typer.Option(help="What it means, in a sentence.")] = "",
    as_json: Json = False,
) -> None:
    """Add a concept of your own, or give yours other phrases; topics know it at once."""
    from shared.domain.topics.concepts import ConceptEntry  # noqa: PLC0415 - lazily, as below

    pairs = (each.partition(":") for each in phrase)
    phrases = tuple((language, words) if sign else ("", language) for language, sign, words in pairs)
    _add([ConceptEntry(concept.removeprefix("~"), phrases, tuple(broader), definition)], as_json)


@app.command(name="import")
def import_concepts(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, or SKOS as .rdf, .ttl or .jsonld.")],
    as_json: Json = False,
) -> None:
    """Add every concept of a file; again it changes nothing."""
    from services.cli.concept_files import read_concepts  # noqa: PLC0415 - lazily, as below

    _add(read_concepts(file), as_json)


def _add(entries: "Sequence[ConceptEntry]", as_json: bool) -> None:
    from shared.domain.topics.lexicon import load_lexicon  # noqa: PLC0415 - lazily, as below
    from shared.domain.topics.own_concepts import checked_concept, warnings  # noqa: PLC0415 - lazily, as below
    from shared.store.concepts import add_concepts, load_concepts  # noqa: PLC0415 - lazily, as below

    checked = [checked_concept(entry, load_lexicon()) for entry in entries]
    with open_stack() as stack, stack.database.begin() as transaction:
        doubts = list(warnings(checked, load_concepts(transaction)))
        done = add_concepts(transaction, checked)
    lines = [f"Added {done.added} concepts, changed {done.changed}, {done.unchanged} were there already."]
    lines += [f"  doubtful: {doubt}" for doubt in doubts[:_MOST_DOUBTS]]
    if len(doubts) > _MOST_DOUBTS:
        lines.append(f"  … and {len(doubts) - _MOST_DOUBTS} more doubts; --json lists them.")
    row = asdict(done) | {"ids": [entry.id for entry in checked], "doubts": doubts}
    print_object(row, as_json=as_json, text="\n".join(lines))


def _lexicon() -> "Concepts":
    from shared.store.concepts import load_concepts  # noqa: PLC0415 - lazily: a tenth of a second to read

    with open_stack() as stack, stack.database.begin() as transaction:
        return load_concepts(transaction)


def _found(name: str, lexicon: "Concepts") -> str:
    found = lexicon.find(name)
    if found is None:
        nearest = lexicon.nearest(name)
        advice = f"did you mean {nearest}?" if nearest else "`tocsin concept list WORD` searches them"
        raise RefusedError(name, f"is no concept; {advice}")
    return found


def _mentions(entry: "ConceptEntry", word: str) -> bool:
    sought = word.removeprefix("~").casefold()
    return any(sought in each.casefold() for each in (entry.id, entry.definition, *_texts(entry)))


def _texts(entry: "ConceptEntry") -> list[str]:
    return [phrase for _, phrase in entry.phrases]


def _row(entry: "ConceptEntry", lexicon: "Concepts") -> dict[str, Any]:
    by_language: dict[str, list[dict[str, Any]]] = {}
    for each in entry.own_phrases():
        said = {
            "phrase": each.phrase,
            "needs": list(each.needs),
            "forbids": list(each.forbids),
            "inflects": each.inflects,
        }
        by_language.setdefault(each.language, []).append(said)
    return {
        "id": entry.id,
        "definition": entry.definition,
        "broader": list(entry.broader),
        "narrower": list(lexicon.narrower(entry.id)),
        "phrases": by_language,
    }


def _lines(entry: "ConceptEntry", row: dict[str, Any]) -> list[str]:
    lines = [f"~{entry.id}: {entry.definition}"]
    lines += [f"  {name}  {', '.join(row[name])}" for name in ("broader", "narrower") if row[name]]
    for language in row["phrases"]:
        said = ", ".join(_shown(each) for each in entry.own_phrases() if each.language == language)
        lines.append(f"  {language}  {said}")
    return lines


def _shown(phrase: "ConceptPhrase") -> str:
    form = "" if phrase.inflects else "in this form"
    near = f"near {' or '.join(phrase.needs)}" if phrase.needs else ""
    away = f"not near {' or '.join(phrase.forbids)}" if phrase.forbids else ""
    context = ", ".join(filter(None, (form, near, away)))
    return f"{phrase.phrase} ({context})" if context else phrase.phrase
