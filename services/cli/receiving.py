"""`tocsin verify`, `trigger` and `schemas`: what an engineer needs who writes a receiver."""

import asyncio
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

import typer

from services.cli.files import read_bounded
from services.cli.output import Json, print_json, print_object
from services.cli.stack import open_stack
from services.cli.subscription import Format, checked_format
from services.cli.typed_address import networks_for_typed
from shared.clock import now
from shared.domain.alerts.delivery import judge_delivery
from shared.domain.alerts.door_answers import Door as DoorKind
from shared.domain.alerts.doors import for_door
from shared.domain.alerts.event_schemas import EVENTS, event_schema
from shared.domain.alerts.samples import sample_event
from shared.domain.alerts.saved_request import SavedRequest, as_row, read_saved_request, write_http_text
from shared.domain.alerts.signing import SECRET_BYTES, is_secret, new_secret, signed_headers
from shared.domain.alerts.verification import Finding, Sent, examine
from shared.domain.since import parse_since
from shared.domain.web.address import Network
from shared.domain.web.answer import Answer, Answered
from shared.domain.web.feed_address import endpoint_url
from shared.domain.web.url import masked_url
from shared.errors import RefusedError, TocsinError
from shared.settings import Settings, load_settings
from shared.store.sent import load_sent
from shared.store.subscriptions import find_endpoint, load_door

Secret = Annotated[
    list[str] | None,
    typer.Option("--secret", metavar="SECRET", help="A whsec_ secret, or a whpk_ key; may be given again."),
]


def add_to(root: typer.Typer) -> None:
    """Register the commands."""
    root.command()(verify)
    root.command()(trigger)
    root.command()(schemas)


def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A saved request; - for stdin.")],
    secret: Secret = None,
    at: Annotated[
        str | None, typer.Option(metavar="INSTANT", help="When it came; without: just now.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Check a saved request; says which part is wrong: the secret, the body, the time or a header.

    FILE holds the headers, an empty line and the body as it came, or one line of `tocsin listen --json`. Where a
    signature does not fit, this Tocsin's own books are asked what it sent, if it has any.
    """
    request = read_saved_request(read_bounded(file))
    came_at = parse_since(at, now()) if at else now()
    keys = secret or []
    finding = examine(request, keys, came_at) if keys else None
    if finding is None or finding.part == "secret or body":
        sent = _load_sent(request)
        finding = examine(request, keys or (sent.secrets if sent else ()), came_at, sent)
    said = {"verified": finding.part is None, "part": finding.part, "reason": finding.reason}
    if finding.part is None or as_json:
        print_object(said, as_json=as_json, text=f"Genuine: {finding.reason}.")
    if finding.part is not None:
        _refuse(file, finding, as_json=as_json)


def _refuse(file: Path, finding: Finding, *, as_json: bool) -> None:
    if as_json:
        sys.exit(1)
    raise RefusedError(str(file), f"{finding.part} wrong: {finding.reason}")


def _load_sent(request: SavedRequest) -> Sent | None:
    """Ask our own books; a receiver's machine has none, and needs none to be started."""
    settings = load_settings()
    if not (settings.database_url or settings.data_dir.exists()):
        return None
    with open_stack(settings=settings) as stack, stack.database.begin() as transaction:
        message = load_sent(transaction, request.headers.get("webhook-id", ""))
    return Sent(message.payload, message.door.secrets) if message else None


def trigger(
    event: Annotated[str, typer.Argument(metavar="EVENT", help="release.published, feed.gap, …")],
    to: Annotated[
        str | None, typer.Option("--to", metavar="URL|ENDPOINT", help="Where to; without: print it.")
    ] = None,
    secret: Annotated[
        str | None, typer.Option("--secret", metavar="SECRET", help="What to sign with; without: a new one.")
    ] = None,
    message_format: Format = "standard",
    as_json: Json = False,
) -> None:
    """Send a sample of an event, signed as the real ones are, or print the request.

    To a known ENDPOINT (its id) it goes with its secret and in its format.
    """
    at = now()
    body = sample_event(event, at)
    if body is None:
        raise RefusedError(event, f"is no event; there are {', '.join(EVENTS)}")
    if secret and not is_secret(secret):
        raise RefusedError("--secret", "is none to sign with; give whsec_… or whsk_…, whole")
    settings = load_settings()
    target = _target(to, secret, message_format, settings)
    request = _signed(target, body, at)
    if to is None:
        _print_request(request, target, as_json=as_json)
        return
    answer = asyncio.run(_post(target, request, settings.proxy))
    _print_answer(answer, request, target, as_json=as_json)


@dataclass(frozen=True, slots=True)
class _Target:
    """Where a sample goes and in what form; `is_new` where its secret was made just now."""

    url: str
    secrets: tuple[str, ...]
    door: DoorKind
    networks: Sequence[Network]
    is_new: bool = False


def _target(to: str | None, secret: str | None, message_format: str, settings: Settings) -> _Target:
    if to and "://" not in to:
        with open_stack(settings=settings) as stack, stack.database.begin() as transaction:
            door = load_door(transaction, find_endpoint(transaction, to))
        return _Target(door.url, door.secrets, door.format, settings.allowed_networks)
    url = endpoint_url(to) if to else ""
    given = secret or new_secret(os.urandom(SECRET_BYTES))
    networks = networks_for_typed(url, settings.allowed_networks)
    return _Target(url, (given,), checked_format(message_format), networks, is_new=not secret)


def _signed(target: _Target, body: bytes, at: datetime) -> SavedRequest:
    payload = for_door(target.door, body)
    headers = signed_headers(target.secrets, f"msg_{uuid4().hex}", int(at.timestamp()), payload)
    return SavedRequest({"content-type": "application/json", **dict(headers)}, payload)


async def _post(target: _Target, request: SavedRequest, proxy: str) -> Answer:
    from shared.http import PostRequest, open_client, post  # noqa: PLC0415 - half a second that others save

    async with open_client(target.networks, proxy=proxy or None) as client:
        return await post(client, PostRequest(target.url, tuple(request.headers.items()), request.body))


def _print_request(request: SavedRequest, target: _Target, *, as_json: bool) -> None:
    if as_json:
        print_json(_row(request, target))
        return
    sys.stdout.buffer.write(write_http_text(request))
    sys.stdout.buffer.flush()
    if target.is_new:
        sys.stderr.write(f"signed with {target.secrets[0]}\n")


def _row(request: SavedRequest, target: _Target) -> dict[str, Any]:
    """Give a request as `verify` reads it, with the secret where it was made just now."""
    return as_row(request) | ({"secret": target.secrets[0]} if target.is_new else {})


def _print_answer(answer: Answer, request: SavedRequest, target: _Target, *, as_json: bool) -> None:
    verdict = judge_delivery(answer, now(), target.door)
    status = answer.status if isinstance(answer, Answered) else None
    if not as_json and verdict.outcome not in {"delivered", "accepted"}:
        raise RefusedError(masked_url(target.url), f"did not take it: {verdict.reason}")
    row = {"outcome": verdict.outcome, "status": status, "ms": answer.ms, "reason": verdict.reason}
    text = f"{verdict.outcome.capitalize()}: {verdict.reason} after {answer.ms} ms."
    if target.is_new:
        text += f"\n  signed with {target.secrets[0]}"
    print_object(row | _row(request, target), as_json=as_json, text=text)


def schemas(
    event: Annotated[str | None, typer.Argument(metavar="[EVENT]", help="One event; without: all.")] = None,
    write: Annotated[
        Path | None, typer.Option("--write", metavar="FOLDER", help="Write a file for each event.")
    ] = None,
) -> None:
    """Print the JSON Schema of an event's body, or of every event's, by its name."""
    if event is not None and event not in EVENTS:
        raise RefusedError(event, f"is no event; there are {', '.join(EVENTS)}")
    if write is None:
        print_json(event_schema(event) if event else {name: event_schema(name) for name in EVENTS})
        return
    for name in [event] if event else EVENTS:
        _write(write / f"{name}.json", event_schema(name))


def _write(path: Path, schema: dict[str, Any]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(schema, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise TocsinError(str(path), f"cannot be written: {error.strerror}") from error
