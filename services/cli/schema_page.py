"""`tocsin schema`: the views for people, as a page, and as a picture of how they hang together."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Annotated

import typer

from services.cli.output import Json, print_json, print_rows
from services.cli.stack import open_stack
from shared.errors import NotFoundError
from shared.store.schema_page import ViewPage, load_views

_INTRODUCTION = """\
# The views

What `tocsin sql` and every client of the role `tocsin_reader` can read; [queries.md](queries.md) has questions for it.
These are the views of version 1: columns are added, never renamed, moved or removed. This page and its picture are
written by `tocsin schema --markdown` from the database itself.
"""


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(schema)


def schema(
    view: Annotated[str | None, typer.Argument(metavar="[VIEW]", help="Only this view.")] = None,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="The page docs/schema.md, with its picture.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show the views that can be queried, and what each of their columns means."""
    with open_stack() as stack, stack.database.begin() as transaction:
        views = load_views(transaction)
    if markdown:
        typer.echo(write_page(views), nl=False)
        return
    shown = [one for one in views if view in {None, one.name}]
    if not shown:
        raise NotFoundError(str(view), f"no view has this name; there are {', '.join(v.name for v in views)}")
    if as_json:
        print_json([asdict(one) for one in shown])
        return
    for one in shown:
        typer.echo(f"{one.name}: {one.comment}")
        rows = [asdict(column) for column in one.columns]
        print_rows(rows, ("name", "type", "comment"), as_json=False, empty="")
        typer.echo()


def write_page(views: Sequence[ViewPage]) -> str:
    """Write docs/schema.md."""
    picture = "\n".join(["```mermaid", "erDiagram", *_relations(views), "```"])
    return "\n".join([_INTRODUCTION, picture, *map(_section, views)])


def _relations(views: Sequence[ViewPage]) -> Iterator[str]:
    """Draw a line where a view's column is named after the id of another view."""
    names = {view.name for view in views}
    for view in views:
        for column in view.columns:
            other = f"{column.name.removesuffix('_id')}s"
            if column.name.endswith("_id") and other in names - {view.name}:
                yield f"    {other} ||--o{{ {view.name} : {column.name}"


def _section(view: ViewPage) -> str:
    rows = [f"| `{c.name}` | {c.type} | {c.comment} |" for c in view.columns]
    return "\n".join(
        [f"\n## {view.name}\n", view.comment, "\n| column | type | what it says |\n|---|---|---|", *rows]
    )
