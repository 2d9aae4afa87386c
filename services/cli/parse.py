"""`tocsin parse`: a feed document or a page from a file, as the line sees it; nothing is stored."""

from pathlib import Path
from typing import Annotated

import typer

from services.cli.output import Json, console, print_json


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(parse)


def parse(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A feed document or a page; - for stdin.")],
    url: Annotated[str, typer.Option(help="Where it came from: relative links start there.")] = "",
    as_json: Json = False,
) -> None:
    """Read a feed document or a page as the line would, and print what it takes from it."""
    # What reads feeds and pages costs over half a second to import; the other commands need none of it.
    from services.cli.document import document_text, read_document  # noqa: PLC0415 - lazily, as above

    found = read_document(file, url)
    if as_json:
        print_json(found)
    else:
        console.print(document_text(found, console.width), markup=False, soft_wrap=True)
