"""`tocsin listen`: a receiver for an engineer's desk; prints and verifies what arrives, and may pass it on."""

from pathlib import Path
from typing import Annotated

import typer

from services.cli.output import Json
from services.cli.receiving import Secret
from shared.domain.web.feed_address import endpoint_url
from shared.errors import RefusedError


def add_to(root: typer.Typer) -> None:
    """Register the command."""
    root.command()(listen)


def listen(
    port: Annotated[int, typer.Option(min=0, max=65535, help="On 127.0.0.1; 0: any free one.")] = 9000,
    secret: Secret = None,
    secret_file: Annotated[
        Path | None, typer.Option(help="A file with a secret a line, read anew for each request.")
    ] = None,
    forward: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Pass each on, as it came, and answer what that answers."),
    ] = None,
    save: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Keep each request there, for `tocsin verify`.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Receive webhooks: print and verify each; answers 204, or 400 where the signature is wrong."""
    # The HTTP server costs as much to import as all other commands together.
    from services.cli.desk import Desk, serve_desk  # noqa: PLC0415 - lazily, as above

    onward = endpoint_url(forward) if forward else None
    desk = Desk(tuple(secret or ()), secret_file, onward, save, as_json=as_json)
    try:
        serve_desk(desk, port)
    except OSError as error:
        raise RefusedError(
            f"port {port}", f"cannot be listened on: {error.strerror}; try --port 0"
        ) from error
