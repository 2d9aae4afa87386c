"""`tocsin release …`: what is stored, in which versions, from where, and for whom it rang."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from services.cli.fitting import field, printable, wrap
from services.cli.output import Json, cell, console, print_json, print_rows
from services.cli.release_decisions import erase, merge, split
from services.cli.stack import open_stack
from shared.clock import now
from shared.domain.since import parse_since
from shared.errors import NotFoundError
from shared.store.catalog import list_view
from shared.store.database import Transaction
from shared.store.listings import list_releases, list_siblings, list_sightings
from shared.store.names import looks_like_id

app = typer.Typer(help="The stored press releases.", no_args_is_help=True)

app.command()(merge)
app.command()(split)
app.command()(erase)

_MARGIN = 17
_FACTS = (
    "id",
    "url",
    "publisher",
    "language",
    "dateline",
    "published_at",
    "published_precision",
    "published_doubt",
    "embargo_until",
    "first_seen_at",
    "updated_at",
    "feed_count",
    "tags",
    "text_source",
    "text_detail",
    "withdrawn_at",
    "withdrawn_reason",
)


def add_to(root: typer.Typer) -> None:
    """Register the commands."""
    root.add_typer(app, name="release")


@app.command(name="list")
def list_all(
    language: Annotated[str | None, typer.Option(help="A two-letter code, such as fr.")] = None,
    since: Annotated[str, typer.Option(help="How far back: 90m, 12h, 30d, 4w or a date.")] = "7d",
    most: Annotated[int, typer.Option(min=1, help="So many, the newest first.")] = 50,
    as_json: Json = False,
) -> None:
    """List releases by when they were first seen, the newest first."""
    start = parse_since(since, now())
    with open_stack() as stack, stack.database.begin() as transaction:
        rows = list_releases(transaction, language=language, since=start, most=most)
    empty = f"No releases since {start:%Y-%m-%d %H:%M} UTC; `tocsin feed list` shows how the feeds are."
    print_rows(rows, ("id", "language", "title"), as_json=as_json, empty=empty, most=most)


@app.command()
def show(
    release: Annotated[str, typer.Argument(metavar="RELEASE", help="A release's id.")], as_json: Json = False
) -> None:
    """Show one release: its text, its revisions, where it was seen, its story, what it matched."""
    with open_stack() as stack, stack.database.begin() as transaction:
        row = _load(transaction, release)
    if as_json:
        print_json(row)
        return
    typer.echo("\n\n".join(filter(None, (_facts(row), _text(row), _revisions(row["revisions"])))))
    for heading, columns in (
        ("sightings", ("feed", "first_seen_at", "last_seen_at", "reason")),
        ("siblings", ("language", "title", "kind", "reason")),
        ("matches", ("topic", "revision", "matched", "matched_at")),
    ):
        typer.echo(f"\n{heading.capitalize()}")
        print_rows(row[heading], columns, as_json=False, empty=f"No {heading}.")


def _load(transaction: Transaction, name: str) -> dict[str, Any]:
    found = list_view(transaction, "releases", where={"id": name}) if looks_like_id(name) else []
    if not found:
        raise NotFoundError(name, "no release has this id; `tocsin release list` shows them")
    (row,) = found
    where = {"release_id": row["id"]}
    matches = list_view(transaction, "matches", where=where, order="revision, topic")
    return row | {
        "revisions": list_view(transaction, "revisions", where=where, order="revision"),
        "sightings": list_sightings(transaction, row["id"]),
        "siblings": list_siblings(transaction, row["id"]),
        "matches": [match | {"matched": _words(match["evidence"])} for match in matches],
    }


def _words(evidence: Sequence[Mapping[str, Any]]) -> str:
    return ", ".join(dict.fromkeys(piece["text"] for piece in evidence))


def _facts(row: Mapping[str, Any]) -> str:
    lines = (field(name, _shown(row[name]), _MARGIN, console.width) for name in _FACTS if row[name])
    return "\n".join([*wrap(printable(row["title"]), console.width), *lines])


def _shown(value: object) -> str:
    return printable(", ".join(value) if isinstance(value, list) else cell(value))


def _text(row: Mapping[str, Any]) -> str:
    paragraphs = (wrap(printable(line), console.width) for line in row["body"].split("\n"))
    return "\n".join("\n".join(lines) for lines in paragraphs)


def _revisions(revisions: Sequence[Mapping[str, Any]]) -> str:
    return "\n".join(line for revision in revisions if revision["changes"] for line in _changed(revision))


def _changed(revision: Mapping[str, Any]) -> list[str]:
    """Say what a revision changed, one line a stretch of words."""
    changes = [(where, change) for where in ("title", "body") for change in revision["changes"][where]]
    lines = (f"“{change['from']}” → “{change['to']}”" for _, change in changes)
    fields = (
        field(f"  {where}", printable(line), _MARGIN, console.width)
        for (where, _), line in zip(changes, lines, strict=True)
    )
    return [f"Revision {revision['revision']}, {cell(revision['made_at'])}", *fields]
