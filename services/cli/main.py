"""`tocsin`: every command, and the one place where an error becomes a line and an exit status."""

import sys
from collections.abc import Sequence
from importlib import import_module

import typer

from services.cli.verbs import VERBS
from shared.errors import QueryError, TocsinError


def make_app(first: str) -> typer.Typer:
    """Make the command line for one that begins with this word: with that verb, or with the list of all."""
    app = typer.Typer(
        name="tocsin", no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False
    )
    # A group also where there is only one command.
    app.callback(help="Watches press-release feeds and rings the bell.")(_nothing)
    if verb := VERBS.get(first):
        import_module(f"services.cli.{verb.module}").add_to(app)
    else:
        for name, known in VERBS.items():
            app.command(name, help=known.help, hidden=known.hidden)(_nothing)
    return app


def _nothing() -> None:
    """Stand for a verb in the list, where none is run."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command: exit 0 fine, 1 refused with one line on standard error, 2 wrong usage."""
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        make_app(next(iter(arguments), ""))(arguments)
    except TocsinError as error:
        if isinstance(error, QueryError) and sys.stderr.isatty():
            sys.stderr.write(f"{error.query}\n{' ' * (error.column - 1)}^\n")
        sys.stderr.write(f"tocsin: {' '.join(str(error).split())}\n")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
