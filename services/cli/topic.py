"""`tocsin topic …`: the queries that someone watches."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from services.cli.output import Json, print_json, print_object, print_rows
from services.cli.stack import Stack, open_stack
from shared.clock import now
from shared.domain.since import parse_since
from shared.errors import NotFoundError
from shared.store.catalog import list_view
from shared.store.database import Transaction
from shared.store.names import checked_name, looks_like_id
from shared.store.topics import add_topic, find_topic, mark_topic_edited, mark_topic_removed

app = typer.Typer(help="The queries that someone watches.", no_args_is_help=True)

Topic = Annotated[str, typer.Argument(metavar="TOPIC", help="A topic's id or name.")]
Query = Annotated[
    str, typer.Argument(metavar="QUERY", help="What to watch for; -- ends the options before a -query.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Take a broad query without asking.")]

_NO_TOPICS = "No topics are watched; `tocsin topic add NAME QUERY` adds one."


def add_to(root: typer.Typer) -> None:
    """Register the commands."""
    root.add_typer(app, name="topic")


@app.command()
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What to call it; unique.")],
    query: Query,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Watch for what a query describes; says back in words what was understood."""
    from services.cli import topic_changes  # noqa: PLC0415 - lazily, as below
    from services.cli.linting import lint  # noqa: PLC0415 - lazily, as below

    understood = _understand(query)
    checked = checked_name(name)
    with open_stack() as stack:
        with stack.database.begin() as transaction:
            is_known = bool(list_view(transaction, "topics", where={"name": checked}))
        linted = lint(stack.database, query)
        foreseen = topic_changes.foresee(stack.database, query)
        if not yes and not is_known:
            topic_changes.ask_if_flood(foreseen)
        with stack.database.begin() as transaction:
            added = add_topic(transaction, checked, query)
            row = _load(transaction, added.id)
    said = "Watching" if added.is_new else "Watched already"
    forecast = topic_changes.said_foreseen(foreseen)
    advised = "".join(f"\n{line}" for line in linted.lines()[1:])
    text = f"{said} {row['name']}: {understood}.\n{forecast}\n  id {row['id']}{advised}"
    more = {
        "is_new": added.is_new,
        "understood": understood,
        "forecast": asdict(foreseen.forecast),
        "advice": [asdict(each) for each in linted.advice],
    }
    print_object(row | more, as_json=as_json, text=text)


def _understand(query: str) -> str:
    """Say in words what a query means; raises QueryError with the column where it cannot be used."""
    # The parser and the matcher cost a quarter of a second to import; most commands need neither.
    from services.cli.parsing import parse_known  # noqa: PLC0415 - lazily, as above
    from shared.domain.topics.query_words import describe_query  # noqa: PLC0415 - lazily, as above

    return describe_query(parse_known(query))


@app.command(name="list")
def list_topics(as_json: Json = False) -> None:
    """List the topics, when each last rang and how much it has read since."""
    with open_stack() as stack, stack.database.begin() as transaction:
        rows = list_view(transaction, "topics", order="name")
    columns = ("name", "query", "last_rang_at", "releases_read_since")
    print_rows(rows, columns, as_json=as_json, empty=_NO_TOPICS)


@app.command()
def edit(topic: Topic, query: Query, yes: Yes = False, as_json: Json = False) -> None:
    """Give a topic another query; what it has told stays told."""
    from services.cli import topic_changes  # noqa: PLC0415 - lazily, as above

    understood = _understand(query)
    with open_stack() as stack:
        with stack.database.begin() as transaction:
            topic_id = find_topic(transaction, topic)
            before = _load(transaction, topic_id)["query"]
        foreseen = topic_changes.foresee(stack.database, query)
        difference = topic_changes.difference_to(stack.database, before, foreseen)
        if not yes:
            topic_changes.ask_if_different(difference)
            topic_changes.ask_if_flood(foreseen)
        with stack.database.begin() as transaction:
            mark_topic_edited(transaction, topic_id, query)
            row = _load(transaction, topic_id)
    text = [f"Watching {row['name']}, version {row['version']}: {understood}.", *difference.lines()]
    more = {"understood": understood, "difference": difference.as_row()}
    print_object(row | more, as_json=as_json, text="\n".join(text))


@app.command()
def starter(
    yes: Annotated[bool, typer.Option("--yes", help="Add them without asking.")] = False,
    as_json: Json = False,
) -> None:
    """Watch seven ready topics: terrorism, borders, vulnerable people, cyberspace and others."""
    from services.cli.starter import add_starters  # noqa: PLC0415 - lazily, as above

    with open_stack() as stack:
        done = add_starters(stack, yes=yes)
    print_object(done.as_row(), as_json=as_json, text=done.as_text())


@app.command()
def remove(topic: Topic, as_json: Json = False) -> None:
    """Stop watching a topic; its subscriptions end, and what they were owed is cancelled."""
    with open_stack() as stack, stack.database.begin() as transaction:
        topic_id = find_topic(transaction, topic)
        row = _load(transaction, topic_id)
        mark_topic_removed(transaction, topic_id)
    print_object(row, as_json=as_json, text=f"Removed: {row['name']}, with its subscriptions.")


def _load(transaction: Transaction, topic_id: UUID) -> dict[str, Any]:
    return list_view(transaction, "topics", where={"id": topic_id})[0]


Tried = Annotated[
    str,
    typer.Argument(
        metavar="QUERY", help="A query; or a topic, by id or name; -- ends the options before a -query."
    ),
]


def _watched_query(stack: Stack, named: str) -> str:
    """Give the query of the topic that goes by this name or id; what no topic is called is a query itself."""
    with stack.database.begin() as transaction:
        try:
            return str(_load(transaction, find_topic(transaction, named))["query"])
        except NotFoundError:
            return named


@app.command(name="test")
def try_on_archive(
    query: Tried,
    since: Annotated[str, typer.Option(help="How far back: 90m, 12h, 30d, 4w or a date.")] = "30d",
    as_json: Json = False,
) -> None:
    """Show the stored releases that a query or a topic would have rung for, and the words that made it."""
    from services.cli.trial import trial_lines, trial_row, try_query  # noqa: PLC0415 - lazily, as above

    start = parse_since(since, now())
    with open_stack() as stack:
        trial = try_query(stack.database, _watched_query(stack, query), start)
    if as_json:
        print_json(trial_row(trial))
    else:
        print_object({}, as_json=False, text="\n".join(trial_lines(trial)))


@app.command()
def explain(
    query: Tried,
    source: Annotated[
        str, typer.Argument(metavar="FILE|RELEASE", help="A text or HTML file, or a release's id.")
    ],
    as_json: Json = False,
) -> None:
    """Show clause by clause why a text matches a query, or why it does not."""
    from services.cli.explaining import explain_text, load_text  # noqa: PLC0415 - lazily, as above
    from services.cli.parsing import parse_known  # noqa: PLC0415 - lazily, as above
    from shared.domain.topics.query_lint import lint_query as lint_clauses  # noqa: PLC0415 - lazily, as above
    from shared.domain.topics.query_lint import lint_text  # noqa: PLC0415 - lazily, as above

    if looks_like_id(source) and not Path(source).exists():
        # Only beside a stored release: a file is explained without a database.
        with open_stack() as stack:
            query = _watched_query(stack, query)
    tree = parse_known(query)
    explained = explain_text(tree, load_text(source))
    advice = [*lint_text(query), *lint_clauses(tree)]
    lines = [explained.as_text(), *(f"  column {each.column}: {each.text}: {each.advice}" for each in advice)]
    row = explained.as_row() | {"advice": [asdict(each) for each in advice]}
    print_object(row, as_json=as_json, text="\n".join(lines))


@app.command(name="lint")
def lint_query(
    source: Annotated[
        str, typer.Argument(metavar="QUERY|FILE", help="A query, or a file of topics; -- ends the options.")
    ],
    as_json: Json = False,
) -> None:
    """Advise on queries that may not mean what their writer thinks, with a repair; changes nothing."""
    from services.cli.linting import lint_source  # noqa: PLC0415 - lazily, as above

    with open_stack() as stack:
        linted = lint_source(stack.database, source)
    if as_json:
        print_json([each.as_row() for each in linted])
    else:
        print_object({}, as_json=False, text="\n".join(line for each in linted for line in each.lines()))


@app.command(name="export")
def export_topics(as_json: Json = False) -> None:
    """Print topics, subscriptions and what is set for endpoints as YAML; addresses in full, no secrets."""
    from services.cli import endpoint_files, topic_files  # noqa: PLC0415 - lazily, as above

    with open_stack() as stack, stack.database.begin() as transaction:
        listed = topic_files.list_topics(transaction)
        endpoints = endpoint_files.list_endpoints(transaction)
    if as_json:
        print_json([topic.as_row() for topic in listed])
    else:
        typer.echo(topic_files.write_topics(listed, endpoints), nl=False)


@app.command(name="import")
def import_topics(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What export printed; - reads stdin.")],
    as_json: Json = False,
) -> None:
    """Watch every topic of a file and subscribe its endpoints, as it says; again it changes nothing."""
    from services.cli import topic_files  # noqa: PLC0415 - lazily, as above

    listed = topic_files.read_topics(file)
    with open_stack() as stack, stack.database.begin() as transaction:
        done = topic_files.add_listed(transaction, listed)
    print_object(done.as_row(), as_json=as_json, text=done.as_text())
