"""`tocsin`: every command, and the one place where an error becomes a line and an exit status."""

import sys
from collections.abc import Sequence

import typer

from services.cli import (
    alert,
    backup,
    compose,
    concept,
    endpoint,
    feed,
    listen,
    parse,
    receiving,
    release,
    run,
    schema_page,
    settings_page,
    sql,
    subscription,
    topic,
)
from shared.errors import QueryError, TocsinError

app = typer.Typer(
    name="tocsin",
    help="Watches press-release feeds and rings the bell.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
run.add_to(app)
compose.add_to(app)
app.add_typer(feed.app, name="feed")
app.add_typer(topic.app, name="topic")
app.add_typer(concept.app, name="concept")
app.command()(subscription.subscribe)
app.add_typer(subscription.app, name="subscription")
app.add_typer(endpoint.app, name="endpoint")
alert.add_to(app)
app.add_typer(release.app, name="release")
sql.add_to(app)
schema_page.add_to(app)
backup.add_to(app)
parse.add_to(app)
settings_page.add_to(app)
receiving.add_to(app)
listen.add_to(app)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command: exit 0 fine, 1 refused with one line on standard error, 2 wrong usage."""
    try:
        app(arguments)
    except TocsinError as error:
        if isinstance(error, QueryError) and sys.stderr.isatty():
            sys.stderr.write(f"{error.query}\n{' ' * (error.column - 1)}^\n")
        sys.stderr.write(f"tocsin: {' '.join(str(error).split())}\n")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
