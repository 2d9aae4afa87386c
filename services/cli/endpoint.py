"""`tocsin endpoint …`: the receivers of webhooks, their health and their secrets."""

import os
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

import typer

from services.cli.output import Json, cell, print_json, print_object, print_rows
from services.cli.stack import open_stack
from services.cli.subscription import Signature
from shared.domain.alerts.signing import SECRET_BYTES, new_signing_secret, public_key, scheme_of
from shared.domain.alerts.timing_options import parse_length
from shared.errors import RefusedError
from shared.store.catalog import list_view
from shared.store.database import Transaction
from shared.store.endpoint_settings import load_endpoint_settings, mark_endpoint_set
from shared.store.subscriptions import find_endpoint, load_door, mark_endpoint_enabled, mark_secret_rotated

app = typer.Typer(help="The receivers of webhooks.", no_args_is_help=True)

Endpoint = Annotated[str, typer.Argument(metavar="ENDPOINT", help="An endpoint's id or address.")]
_DELIVERIES_SHOWN = 10
_NO_ENDPOINTS = "No endpoint is known; `tocsin subscribe TOPIC URL` makes one."


def add_to(root: typer.Typer) -> None:
    """Register the commands."""
    root.add_typer(app, name="endpoint")


@app.command(name="list")
def list_endpoints(as_json: Json = False) -> None:
    """List the endpoints and how they are."""
    with open_stack() as stack, stack.database.begin() as transaction:
        rows = list_view(transaction, "endpoints", order="url")
    columns = ("url", "state", "owed", "paused_until", "reason")
    print_rows(rows, columns, as_json=as_json, empty=_NO_ENDPOINTS)


@app.command()
def show(endpoint: Endpoint, as_json: Json = False) -> None:
    """Show one endpoint, what is told to it, and the last attempts."""
    with open_stack() as stack, stack.database.begin() as transaction:
        endpoint_id = find_endpoint(transaction, endpoint)
        where = {"endpoint_id": endpoint_id}
        row = _load(transaction, endpoint_id)
        subscriptions = list_view(transaction, "subscriptions", where=where, order="topic")
        deliveries = list_view(
            transaction, "deliveries", where=where, order="started_at DESC", most=_DELIVERIES_SHOWN
        )
    if as_json:
        print_json(row | {"subscriptions": subscriptions, "deliveries": deliveries})
        return
    lines = [f"{name:14} {cell(value)}" for name, value in row.items()]
    lines += [f"{'told':14} {one['topic']}" for one in subscriptions]
    print_object(row, as_json=False, text="\n".join(lines))
    columns = ("started_at", "outcome", "status", "ms", "error")
    print_rows(deliveries, columns, as_json=False, empty="Nothing was sent to it yet.")


@app.command()
def edit(
    endpoint: Endpoint,
    concurrency: Annotated[
        int | None, typer.Option(min=1, max=100, help="So many posts may be under way at once.")
    ] = None,
    rate: Annotated[
        float | None,
        typer.Option(min=0, max=10_000, help="Start so many posts a second at most; 0: no limit."),
    ] = None,
    fallback: Annotated[
        str | None,
        typer.Option(
            metavar="ENDPOINT", help="Who is told when it fails: an endpoint's id or address; or none."
        ),
    ] = None,
    heartbeat: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Send a heartbeat so often (1h, 1d), the first now; or none."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Set an endpoint's limits, who is told when it fails, and how often it has a heartbeat."""
    if concurrency is None and rate is None and fallback is None and heartbeat is None:
        raise typer.BadParameter("say what to set: --concurrency, --rate, --fallback or --heartbeat")
    with open_stack() as stack, stack.database.begin() as transaction:
        endpoint_id = find_endpoint(transaction, endpoint)
        settings = load_endpoint_settings(transaction, endpoint_id)
        if concurrency is not None:
            settings = replace(settings, concurrency=concurrency)
        if rate is not None:
            settings = replace(settings, rate=rate or None)
        if fallback is not None:
            settings = replace(settings, fallback_id=_fallback(transaction, endpoint_id, fallback))
        if heartbeat is not None:
            every = None if heartbeat == "none" else parse_length(heartbeat)
            settings = replace(settings, heartbeat=every)
        mark_endpoint_set(transaction, endpoint_id, settings)
        row = _load(transaction, endpoint_id)
    print_object(row, as_json=as_json, text=_set_words(row))


def _fallback(transaction: Transaction, endpoint_id: UUID, name: str) -> UUID | None:
    if name == "none":
        return None
    fallback_id = find_endpoint(transaction, name)
    if fallback_id == endpoint_id:
        raise RefusedError(name, "cannot tell of its own failures; name another endpoint")
    return fallback_id


def _set_words(row: dict[str, Any]) -> str:
    rate = f"{row['rate']:g} a second" if row["rate"] else "as fast as it answers"
    told = f"told to {row['fallback_id']}" if row["fallback_id"] else "told in the log and in `tocsin status`"
    beat = row["heartbeat_seconds"]
    heartbeat = f" A heartbeat every {timedelta(seconds=beat)}." if beat else ""
    return f"{row['url']}: {row['concurrency']} posts at once, {rate}; its failures are {told}.{heartbeat}"


@app.command()
def enable(endpoint: Endpoint, as_json: Json = False) -> None:
    """Send to a paused or disabled endpoint again at once."""
    with open_stack() as stack, stack.database.begin() as transaction:
        endpoint_id = find_endpoint(transaction, endpoint)
        mark_endpoint_enabled(transaction, endpoint_id)
        row = _load(transaction, endpoint_id)
    print_object(row, as_json=as_json, text=f"Enabled: {row['url']}; what it is owed is due now.")


@app.command()
def rotate(
    endpoint: Endpoint,
    hours: Annotated[
        float, typer.Option(min=0, max=168, help="How long messages are signed with both secrets.")
    ] = 24,
    signature: Signature = None,
    as_json: Json = False,
) -> None:
    """Give an endpoint a new secret, printed once; the one before is signed with for some hours more."""
    with open_stack() as stack, stack.database.begin() as transaction:
        endpoint_id = find_endpoint(transaction, endpoint)
        scheme = signature or scheme_of(load_door(transaction, endpoint_id).secrets[0])
        secret = new_signing_secret(scheme, os.urandom(SECRET_BYTES))
        mark_secret_rotated(transaction, endpoint_id, secret, hours=hours)
        row = _load(transaction, endpoint_id)
    public = public_key(secret)
    shown = f"public key: {public}" if public else f"secret, shown this once: {secret}"
    text = f"{row['url']}: messages carry both signatures for {hours:g} hours.\n  {shown}"
    said = {"secret": None if public else secret, "public_key": public}
    print_object(row | said, as_json=as_json, text=text)


def _load(transaction: Transaction, endpoint_id: UUID) -> dict[str, Any]:
    return list_view(transaction, "endpoints", where={"id": endpoint_id})[0]
