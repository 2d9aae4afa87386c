"""`tocsin alert …`, `ledger` and `gaps`: what was told, what was not, and the proof that the sums agree."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal

import typer

from services.cli.because import because
from services.cli.curl import curl_command
from services.cli.fitting import field, printable, wrap
from services.cli.next_step import NextStep, next_step
from services.cli.output import Json, cell, console, print_json, print_object, print_rows
from services.cli.stack import open_stack
from shared.clock import now
from shared.domain.since import parse_since
from shared.domain.topics.evidence import Evidence
from shared.errors import RefusedError
from shared.store.catalog import list_view
from shared.store.database import Transaction
from shared.store.feeds import find_feed
from shared.store.listings import list_alerts, list_gaps, list_ledger, load_alert
from shared.store.replay import Replayed, find_alerts, replay_alerts, replay_missing, replay_topic
from shared.store.sent import load_sent
from shared.store.topics import find_topic

app = typer.Typer(help="What was told, to whom, and why.", no_args_is_help=True)

State = Annotated[
    Literal["pending", "held", "delivered", "accepted", "folded", "dead", "cancelled"] | None,
    typer.Option(help="Only alerts in this state."),
]
Topic = Annotated[str | None, typer.Option(metavar="TOPIC", help="A topic's id or name.")]
_SINCE = "How far back: 90m, 12h, 30d, 4w or a date."
_EVER = "1970-01-01"
_MARGIN = 14
_LEDGER_STATES = ("delivered", "accepted", "held", "folded", "pending", "dead", "cancelled")
_SELDOM = frozenset({"accepted", "held", "folded"})


def add_to(root: typer.Typer) -> None:
    """Register the commands."""
    root.add_typer(app, name="alert")
    root.command()(ledger)
    root.command()(gaps)


@app.command(name="list")
def list_all(
    state: State = None,
    topic: Topic = None,
    most: Annotated[int, typer.Option(min=1, help="So many, the newest first.")] = 50,
    as_json: Json = False,
) -> None:
    """List alerts, the newest first."""
    with open_stack() as stack, stack.database.begin() as transaction:
        topic_id = find_topic(transaction, topic) if topic else None
        rows = list_alerts(transaction, state=state, topic_id=topic_id, most=most)
    empty = "No alerts; `tocsin topic list` shows what is watched, `tocsin subscription list` who is told."
    print_rows(rows, ("id", "state", "topic", "title"), as_json=as_json, empty=empty, most=most)


@app.command()
def show(
    alert: Annotated[str, typer.Argument(metavar="ALERT", help="An alert's id, or its webhook-id.")],
    curl: Annotated[
        bool, typer.Option("--curl", help="Print its request, signed now, with the whole address.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show one alert: why it matched, each attempt to tell it, and what happens next."""
    with open_stack() as stack, stack.database.begin() as transaction:
        row = load_alert(transaction, _only(transaction, alert))
        if curl:
            typer.echo(_request(transaction, alert, row["webhook_id"]))
            return
        where = {"message_id": row["message_id"]}
        deliveries = list_view(transaction, "deliveries", where=where, order="started_at")
    step = next_step(row, now())
    if as_json:
        print_json(row | {"deliveries": deliveries, "next": asdict(step)})
        return
    typer.echo(_story(row, step, console.width))
    columns = ("started_at", "attempt", "outcome", "status", "ms", "error")
    print_rows(deliveries, columns, as_json=False, empty="No attempt was made yet.")
    for one in deliveries:
        if one["answer"]:
            typer.echo(field(f"answer {one['attempt']}", printable(one["answer"]), _MARGIN, console.width))


def _request(transaction: Transaction, alert: str, webhook_id: str | None) -> str:
    message = load_sent(transaction, webhook_id) if webhook_id else None
    if message is None:
        raise RefusedError(alert, "has no message: it is held, or was cancelled before one was made")
    return curl_command(message, now())


def _only(transaction: Transaction, name: str) -> Any:  # noqa: ANN401 - an id, as the store gives it
    found = find_alerts(transaction, name)
    if len(found) > 1:
        raise RefusedError(name, f"tells several alerts: {', '.join(map(str, found))}; name one of them")
    return found[0]


def _story(row: Mapping[str, Any], step: NextStep, width: int) -> str:
    facts = {
        "release": f"{row['release_id']}, revision {row['revision']}",
        "url": row["url"],
        "embargo": _embargo(row["embargo_until"]),
        "topic": row["topic"],
        "endpoint": f"{row['endpoint']} ({row['endpoint_state']})",
        "webhook-id": row["webhook_id"],
        "sequence": row["sequence"],
        "state": f"{row['state']}{': ' if row['reason'] else ''}{row['reason']}",
        "made at": row["created_at"],
        "told at": row["told_at"],
        "matched": _why(row["evidence"]),
        "snippet": row["snippet"],
        "next": _coming(step),
    }
    texts = ((name, printable(cell(value))) for name, value in facts.items())
    lines = (field(name, text, _MARGIN, width) for name, text in texts if text)
    return "\n".join([*wrap(printable(row["title"]), width), *lines])


def _embargo(until: datetime | None) -> str:
    return f"not to be published before {cell(until)}" if until else ""


def _why(evidence: Sequence[Mapping[str, Any]] | None) -> str:
    if evidence is None:
        return "no longer: a correction that was owed"
    return because(tuple(Evidence(**piece) for piece in evidence))


def _coming(step: NextStep) -> str:
    return f"{step.what}{f' ({cell(step.at)})' if step.at else ''}"


@app.command()
def replay(
    alerts: Annotated[
        list[str] | None, typer.Argument(metavar="[ALERT]...", help="Alerts' ids, or their webhook-ids.")
    ] = None,
    topic: Topic = None,
    since: Annotated[str | None, typer.Option(help=f"With --topic or --missing. {_SINCE}")] = None,
    missing: Annotated[
        bool,
        typer.Option("--missing", help="What was never attempted or never arrived, of --topic or of all."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Make alerts due now, delivered ones too, with the same id and bytes; pauses still hold."""
    if bool(alerts) == bool(topic or missing) or (bool(topic or missing) != bool(since) and not missing):
        how = "name alerts, or a topic and how far back: --topic TOPIC --since 1d, or --missing"
        raise typer.BadParameter(how)
    start = parse_since(since or _EVER, now())
    with open_stack() as stack, stack.database.begin() as transaction:
        topic_id = find_topic(transaction, topic) if topic else None
        if missing:
            done = replay_missing(transaction, start, topic_id)
        elif topic_id:
            done = replay_topic(transaction, topic_id, start)
        else:
            done = _replay_named(transaction, alerts or [])
    print_object(asdict(done), as_json=as_json, text=_told(done))


def _replay_named(transaction: Transaction, alerts: Sequence[str]) -> Replayed:
    done = replay_alerts(transaction, alerts)
    if not done.replayed and not done.disabled:
        raise RefusedError("replay", f"nothing of this can be told again: {'; '.join(_left_out(done))}")
    return done


def _told(done: Replayed) -> str:
    lines = [f"Due now: {done.replayed} messages to {done.endpoints} endpoints."]
    if done.paused:
        lines.append(f"{done.paused} of them wait for a pause; `tocsin endpoint list` shows until when.")
    return "\n".join([*lines, *(f"Left out: {line}." for line in _left_out(done))])


def _left_out(done: Replayed) -> list[str]:
    reasons = (
        (done.disabled, "to a disabled endpoint; `tocsin endpoint enable` lets it be sent to"),
        (done.ended, "of an ended subscription; `tocsin subscribe` makes a new one"),
        (done.without_message, "without a message: held, or cancelled before one was made"),
    )
    return [f"{count} {reason}" for count, reason in reasons if count]


def ledger(as_json: Json = False) -> None:
    """Show for each subscription what matched and what became of it; `missing` is 0."""
    with open_stack() as stack, stack.database.begin() as transaction:
        rows = list_ledger(transaction)
    used = [state for state in _LEDGER_STATES if state not in _SELDOM or any(row[state] for row in rows)]
    columns = ("topic", "endpoint", "matched", *used, "missing")
    empty = "No subscriptions; `tocsin subscribe TOPIC URL` makes one."
    print_rows(rows, columns, as_json=as_json, empty=empty)
    missing = sum(row["missing"] for row in rows)
    if missing:
        where = '`tocsin sql "select * from ledger where missing <> 0"`'
        sys.stderr.write(f"tocsin: ledger: {missing} matches and alerts do not agree; report {where}\n")


def gaps(
    feed: Annotated[
        str | None, typer.Option(metavar="FEED", help="A feed's id, address or unique title.")
    ] = None,
    since: Annotated[str, typer.Option(help=_SINCE)] = "7d",
    as_json: Json = False,
) -> None:
    """List the times in which a feed may have published more than was seen."""
    start = parse_since(since, now())
    with open_stack() as stack, stack.database.begin() as transaction:
        feed_id = find_feed(transaction, feed) if feed else None
        rows = list_gaps(transaction, feed_id=feed_id, since=start)
    empty = f"No gaps since {start:%Y-%m-%d %H:%M} UTC; `tocsin feed list` shows how the feeds are."
    named = [row | {"feed": row["feed"] or row["feed_url"]} for row in rows]
    print_rows(named, ("feed", "from_at", "to_at", "reason"), as_json=as_json, empty=empty)
