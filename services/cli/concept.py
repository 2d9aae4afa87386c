"""`tocsin concept …`: the meanings that `~concept` finds in every language that it has phrases for."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.cli.output import Json, print_object, print_rows
from shared.errors import RefusedError

if TYPE_CHECKING:
    from shared.domain.concepts import ConceptEntry, ConceptPhrase, Concepts

app = typer.Typer(help="The meanings that ~concept finds, and their phrases.", no_args_is_help=True)

Named = Annotated[str, typer.Argument(metavar="CONCEPT", help="Its id, or any phrase that says it.")]


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


def _lexicon() -> "Concepts":
    from shared.domain.lexicon import load_lexicon  # noqa: PLC0415 - lazily: a tenth of a second to read

    return load_lexicon()


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
