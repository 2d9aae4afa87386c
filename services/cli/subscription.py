"""`tocsin subscribe` and `tocsin subscription …`: which topic is told to which endpoint."""

import os
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, cast
from uuid import UUID

import typer

from services.cli.greeting import Greeting, greet
from services.cli.output import Json, print_object, print_rows
from services.cli.stack import Stack, open_stack
from services.cli.timing import DigestAt, Gather, Per, Quiet, Ttl, Zone, checked_timing, timing_words
from shared.clock import now
from shared.domain.alerts.door_answers import Door as DoorKind
from shared.domain.alerts.doors import FORMATS
from shared.domain.alerts.feed_events import EVENT_NAMES
from shared.domain.alerts.holding import Timing
from shared.domain.alerts.signing import SECRET_BYTES, SignatureScheme, new_signing_secret, public_key
from shared.domain.alerts.timing_options import TimingOptions, parse_until
from shared.domain.web.feed_address import endpoint_url
from shared.domain.web.url import masked_url
from shared.errors import NotFoundError, RefusedError
from shared.store.catalog import list_view
from shared.store.database import Transaction
from shared.store.subscriptions import (
    AddedSubscription,
    Door,
    add_event_subscription,
    add_subscription,
    change_timing,
    find_subscription,
    load_door,
    load_door_at,
    load_timing,
    mark_subscription_edited,
    mark_subscription_per,
    mark_subscription_removed,
    mark_subscription_timed,
)
from shared.store.topics import find_topic

if TYPE_CHECKING:
    from shared.backtest import Backtest

app = typer.Typer(help="Which topic is told to which endpoint.", no_args_is_help=True)

Subscription = Annotated[str, typer.Argument(metavar="SUBSCRIPTION", help="A subscription's id.")]
Format = Annotated[str, typer.Option("--format", metavar="FORMAT", help=f"One of {', '.join(FORMATS)}.")]

Signature = Annotated[
    SignatureScheme | None,
    typer.Option(help="How messages are signed: v1 (a shared secret, HMAC) or v1a (ed25519, a public key)."),
]
_NO_SUBSCRIPTIONS = "No topic is told to anyone; `tocsin subscribe TOPIC URL` changes that."


def add_to(root: typer.Typer) -> None:
    """Register the commands."""
    root.add_typer(app, name="subscription")
    root.command()(subscribe)


def subscribe(
    topic: Annotated[
        str, typer.Argument(metavar="TOPIC", help="A topic's id or name, or events of feeds: 'feed.*'.")
    ],
    url: Annotated[str, typer.Argument(metavar="URL", help="Where alerts are posted to.")],
    message_format: Format = "standard",
    no_verify: Annotated[bool, typer.Option("--no-verify", help="Post no test message first.")] = False,
    gather: Gather = None,
    digest: DigestAt = None,
    zone: Zone = None,
    quiet: Quiet = None,
    ttl: Ttl = None,
    signature: Signature = None,
    per: Per = None,
    as_json: Json = False,
) -> None:
    """Tell a topic, or events of feeds, to an endpoint; prints the secret of its messages once."""
    # The matcher costs a third of a second to import; the commands that list and edit need it not.
    from services.cli.topic_changes import foresee  # noqa: PLC0415 - lazily, as above

    door_kind = checked_format(message_format)
    options = checked_timing(TimingOptions(gather, digest, zone, quiet, ttl))
    options.change(Timing(), None)
    address = endpoint_url(url)
    with open_stack() as stack:
        with stack.database.begin() as transaction:
            told = _find_told(transaction, topic)
            name = told.name
            door = load_door_at(transaction, address)
            known = door is not None and _is_told(transaction, told, door)
        secret = new_signing_secret(signature or "v1", os.urandom(SECRET_BYTES))
        secrets = door.secrets if door else (secret,)
        unasked = no_verify or known
        greeting = None if unasked else _verify(stack, address, secrets, name, door_kind, is_new=door is None)
        with stack.database.begin() as transaction:
            added = _add(transaction, told, address, secret, message_format)
            change_timing(transaction, added.id, options)
            if per:
                mark_subscription_per(transaction, added.id, per)
        foreseen = foresee(stack.database, told.query) if told.query and not unasked else None
    _print_subscribed(_Subscribed(added, name, address, greeting, foreseen), as_json=as_json)


@dataclass(frozen=True, slots=True)
class _Told:
    """What is subscribed to: a topic, or events of feeds (`topic_id` None) by their name."""

    name: str
    topic_id: UUID | None = None
    query: str = ""


def _find_told(transaction: Transaction, name: str) -> _Told:
    if name in EVENT_NAMES:
        return _Told(name)
    try:
        topic_id = find_topic(transaction, name)
    except NotFoundError as error:
        if not name.startswith("feed."):
            raise
        events = ", ".join(EVENT_NAMES)
        raise NotFoundError(name, f"no event of feeds has this name; there are {events}") from error
    row = list_view(transaction, "topics", where={"id": topic_id})[0]
    return _Told(row["name"], topic_id, row["query"])


def _add(
    transaction: Transaction, told: _Told, url: str, secret: str, message_format: str
) -> AddedSubscription:
    if told.topic_id is None:
        return add_event_subscription(transaction, told.name, url, secret, message_format=message_format)
    topic_id = find_topic(transaction, str(told.topic_id))
    return add_subscription(transaction, topic_id, url, secret, message_format=message_format)


@dataclass(frozen=True, slots=True)
class _Subscribed:
    added: AddedSubscription
    topic: str
    url: str
    greeting: Greeting | None
    foreseen: "Backtest | None" = None


def _is_told(transaction: Transaction, told: _Told, door: Door) -> bool:
    what = {"topic_id": told.topic_id} if told.topic_id else {"event": told.name}
    where = what | {"endpoint_id": door.endpoint_id}
    return bool(list_view(transaction, "subscriptions", where=where))


def _verify(
    stack: Stack, url: str, secrets: tuple[str, ...], topic: str, door: DoorKind, *, is_new: bool
) -> Greeting:
    """Post a test message before anything is stored; raises RefusedError where it is not taken.

    A new endpoint cannot know its secret: that it answers by distrusting the signature is a good sign.
    """
    greeting = greet(stack.settings, url, secrets, topic, door)
    checks = door == "standard" and is_new
    if not greeting.taken and not (checks and greeting.distrusted):
        raise RefusedError(
            masked_url(url),
            f"did not take a test message: {greeting.reason}; --no-verify subscribes it all the same",
        )
    return greeting


def checked_format(message_format: str) -> DoorKind:
    """Give a format that can be sent; raises BadParameter for what is none."""
    if message_format not in FORMATS:
        raise typer.BadParameter(f"a format is one of {', '.join(FORMATS)}")
    return cast("DoorKind", message_format)


def _print_subscribed(done: _Subscribed, *, as_json: bool) -> None:
    added = done.added
    public = public_key(added.secret or "")
    row = {
        "id": added.id,
        "topic_id": added.topic_id,
        "event": None if added.topic_id else done.topic,
        "endpoint_id": added.endpoint_id,
        "secret": None if public else added.secret,
        "public_key": public,
        "is_new": added.is_new,
        "verified": done.greeting is not None and done.greeting.taken,
        "forecast": asdict(done.foreseen.forecast) if done.foreseen else None,
    }
    print_object(row, as_json=as_json, text="\n".join(_lines(done)))


def _lines(done: _Subscribed) -> list[str]:
    added, greeting = done.added, done.greeting
    said = "Subscribed" if added.is_new else "Subscribed already"
    lines = [f"{said}: {done.topic} → {masked_url(done.url)}", f"  id {added.id}"]
    if greeting and greeting.taken:
        lines.append(f"  The test message was taken: {greeting.reason}.")
    elif greeting:
        lines += [
            f"  It {greeting.reason} to the test message, as a receiver does that has no secret yet:",
            "  give it the secret, then run `tocsin subscription test` with the id above.",
        ]
    if done.foreseen:
        from services.cli.topic_changes import said_foreseen  # noqa: PLC0415 - lazily, as above

        lines.append(said_foreseen(done.foreseen))
    if public := public_key(added.secret or ""):
        lines.append(f"  public key, also at /.well-known/webhook-keys of the API: {public}")
    elif added.secret:
        lines.append(f"  secret, shown this once: {added.secret}")
    elif added.is_new:
        lines.append(
            "  The endpoint is known and keeps its secret; `tocsin endpoint rotate` makes a new one."
        )
    return lines


@app.command(name="list")
def list_subscriptions(as_json: Json = False) -> None:
    """List which topic is told to which endpoint."""
    with open_stack() as stack, stack.database.begin() as transaction:
        rows = list_view(transaction, "subscriptions", order="topic, url")
    columns = ("id", "topic", "url", "endpoint_state")
    print_rows(rows, columns, as_json=as_json, empty=_NO_SUBSCRIPTIONS)


@app.command()
def edit(
    subscription: Subscription,
    message_format: Annotated[
        str | None, typer.Option("--format", metavar="FORMAT", help="standard, slack, discord or teams.")
    ] = None,
    gather: Gather = None,
    digest: DigestAt = None,
    zone: Zone = None,
    quiet: Quiet = None,
    ttl: Ttl = None,
    per: Per = None,
    as_json: Json = False,
) -> None:
    """Change how and when a subscription is told from now on; what it holds is judged anew."""
    options = checked_timing(TimingOptions(gather, digest, zone, quiet, ttl))
    if message_format is None and per is None and not options.given:
        raise typer.BadParameter(
            "say what to change: --format, --gather, --digest, --zone, --quiet, --ttl or --per"
        )
    if message_format is not None:
        checked_format(message_format)
    with open_stack() as stack, stack.database.begin() as transaction:
        subscription_id = find_subscription(transaction, subscription)
        if message_format is not None:
            mark_subscription_edited(transaction, subscription_id, message_format)
        change_timing(transaction, subscription_id, options)
        if per:
            mark_subscription_per(transaction, subscription_id, per)
        row = _load(transaction, subscription_id)
    text = f"{row['topic']} → {row['url']}: told as {row['format']}, {timing_words(row)}."
    print_object(row, as_json=as_json, text=text)


@app.command()
def mute(
    subscription: Subscription,
    until: Annotated[
        str, typer.Option(metavar="WHEN", help="For so long (3h, 2d), or until a date or instant.")
    ],
    as_json: Json = False,
) -> None:
    """Send nothing until an instant; matching goes on, and what matched is told together after it."""
    _mute(subscription, until, as_json=as_json)


@app.command()
def unmute(subscription: Subscription, as_json: Json = False) -> None:
    """End a mute: what was held is told now, in quiet hours after them."""
    _mute(subscription, None, as_json=as_json)


def _mute(subscription: str, until: str | None, *, as_json: bool) -> None:
    with open_stack() as stack, stack.database.begin() as transaction:
        subscription_id = find_subscription(transaction, subscription)
        timing, ttl = load_timing(transaction, subscription_id)
        muted_until = parse_until(until, now(), timing.zone) if until else None
        mark_subscription_timed(transaction, subscription_id, replace(timing, muted_until=muted_until), ttl)
        row = _load(transaction, subscription_id)
    print_object(row, as_json=as_json, text=f"{row['topic']} → {row['url']}: told {timing_words(row)}.")


@app.command()
def remove(subscription: Subscription, as_json: Json = False) -> None:
    """End a subscription; what it was still owed is cancelled, its endpoint stays with its secret."""
    with open_stack() as stack, stack.database.begin() as transaction:
        subscription_id = find_subscription(transaction, subscription)
        row = _load(transaction, subscription_id)
        mark_subscription_removed(transaction, subscription_id)
    print_object(row, as_json=as_json, text=f"Removed: {row['topic']} → {row['url']}")


@app.command(name="test")
def send_test(subscription: Subscription, as_json: Json = False) -> None:
    """Post one signed test message to a subscription's endpoint and say what came back."""
    with open_stack() as stack:
        with stack.database.begin() as transaction:
            row = _load(transaction, find_subscription(transaction, subscription))
            door = load_door(transaction, row["endpoint_id"])
        greeting = greet(stack.settings, door.url, door.secrets, row["topic"], row["format"])
    if not greeting.taken:
        raise RefusedError(
            row["url"], f"did not take the test message: {greeting.reason}; check its secret and its log"
        )
    said = {"id": row["id"], "status": greeting.status, "ms": greeting.ms, "reason": greeting.reason}
    text = f"Taken by {row['url']}: {greeting.reason} after {greeting.ms} ms."
    print_object(said, as_json=as_json, text=text)


def _load(transaction: Transaction, subscription_id: UUID) -> dict[str, Any]:
    return list_view(transaction, "subscriptions", where={"id": subscription_id})[0]
