"""Subscriptions and the endpoints they tell: this topic, to that receiver."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Row, text
from sqlalchemy.exc import DataError

from shared.domain.alerts.door_answers import Door as DoorKind
from shared.domain.alerts.holding import Timing
from shared.domain.alerts.timing_options import TimingOptions
from shared.errors import NotFoundError, RefusedError
from shared.store.names import looks_like_id
from shared.store.topics import end_subscriptions
from shared.store.vault import vault_of
from shared.store.watch import raise_watched_version, timing_of


@dataclass(frozen=True, slots=True)
class AddedSubscription:
    """A subscription that is there now; `secret` only where its endpoint was made by this call."""

    id: UUID
    topic_id: UUID | None
    endpoint_id: UUID
    is_new: bool
    secret: str | None


def add_subscription(
    connection: Connection, topic_id: UUID, url: str, secret: str, *, message_format: str = "standard"
) -> AddedSubscription:
    """Tell a topic to a URL from the next stored release on; the same pair again is the same subscription.

    An endpoint that is known keeps its own secret, and `secret` is not used.
    """
    version = raise_watched_version(connection)
    endpoint = add_endpoint(connection, url, secret)
    pair = {"topic": topic_id, "endpoint": endpoint.id}
    known: UUID | None = connection.scalar(
        text(
            "SELECT id FROM core.subscriptions "
            "WHERE topic_id = :topic AND endpoint_id = :endpoint AND removed_at IS NULL"
        ),
        pair,
    )
    subscription: UUID = (
        known
        or connection.execute(
            text(
                "INSERT INTO core.subscriptions (topic_id, endpoint_id, format, since_version) "
                "VALUES (:topic, :endpoint, :format, :version) RETURNING id"
            ),
            pair | {"format": message_format, "version": version},
        ).scalar_one()
    )
    shown = secret if endpoint.is_new else None
    return AddedSubscription(subscription, topic_id, endpoint.id, known is None, shown)


def add_event_subscription(
    connection: Connection, event: str, url: str, secret: str, *, message_format: str = "standard"
) -> AddedSubscription:
    """Tell events of feeds (`feed.*`, or one by its name) to a URL from now on; otherwise as for a topic."""
    endpoint = add_endpoint(connection, url, secret)
    pair = {"event": event, "endpoint": endpoint.id, "format": message_format}
    row = connection.execute(
        text(
            "INSERT INTO core.subscriptions (event, endpoint_id, format, since_version) "
            "SELECT :event, :endpoint, :format, version FROM core.topic_version "
            "ON CONFLICT (event, endpoint_id) WHERE removed_at IS NULL AND event IS NOT NULL "
            "DO UPDATE SET event = excluded.event RETURNING id, (xmax = 0) AS is_new"
        ),
        pair,
    ).one()
    return AddedSubscription(row.id, None, endpoint.id, row.is_new, secret if endpoint.is_new else None)


class AddedEndpoint(NamedTuple):
    """An endpoint that is there now; `is_new` tells whether this call made it."""

    id: UUID
    is_new: bool


def add_endpoint(connection: Connection, url: str, secret: str) -> AddedEndpoint:
    """Make an endpoint of an address; one that is known keeps its own secret."""
    row = connection.execute(
        text(
            "INSERT INTO core.endpoints (url, secret) VALUES (:url, :secret) "
            "ON CONFLICT (url) DO UPDATE SET url = excluded.url RETURNING id, (xmax = 0) AS is_new"
        ),
        {"url": url, "secret": vault_of(connection).seal(secret)},
    ).one()
    return AddedEndpoint(row.id, row.is_new)


def mark_subscription_removed(connection: Connection, subscription_id: UUID) -> None:
    """End a subscription; its endpoint stays, with its secret."""
    raise_watched_version(connection)
    end_subscriptions(connection, [subscription_id])


def find_subscription(connection: Connection, name: str) -> UUID:
    """Find a subscription by its id; raises NotFoundError with the next step."""
    subscription: UUID | None = connection.scalar(
        text("SELECT id FROM core.subscriptions WHERE removed_at IS NULL AND id::text = :id"),
        {"id": name.lower()},
    )
    if subscription is None:
        raise NotFoundError(name, "no subscription has this id; `tocsin subscription list` shows them")
    return subscription


def mark_subscription_edited(connection: Connection, subscription_id: UUID, message_format: str) -> None:
    """Give what is told from now on another format; messages that are made already keep theirs."""
    raise_watched_version(connection)
    connection.execute(
        text("UPDATE core.subscriptions SET format = :format WHERE id = :id"),
        {"format": message_format, "id": subscription_id},
    )


def mark_subscription_per(connection: Connection, subscription_id: UUID, per: str) -> None:
    """Tell each `release` from now on, or each `story` once."""
    raise_watched_version(connection)
    connection.execute(
        text("UPDATE core.subscriptions SET per = :per WHERE id = :id"), {"per": per, "id": subscription_id}
    )


def change_timing(connection: Connection, subscription_id: UUID, options: TimingOptions) -> None:
    """Change what `options` say of when a subscription is told; raises RefusedError for what cannot be."""
    if options.given:
        timing, ttl = options.change(*load_timing(connection, subscription_id))
        mark_subscription_timed(connection, subscription_id, timing, ttl)


def load_timing(connection: Connection, subscription_id: UUID) -> tuple[Timing, timedelta | None]:
    """Load when a subscription may be told, and for how long its messages are good, to change them.

    What is watched is held first, as wherever a release is stored: two that took the locks in turn would stand.
    """
    raise_watched_version(connection)
    row = connection.execute(
        text("SELECT * FROM core.subscriptions WHERE id = :id FOR UPDATE"), {"id": subscription_id}
    ).one()
    return timing_of(row), row.ttl


def mark_subscription_timed(
    connection: Connection, subscription_id: UUID, timing: Timing, ttl: timedelta | None
) -> None:
    """Change when a subscription is told; what it holds is judged anew within a second.

    Raises RefusedError for a zone that the database does not know, and where events of feeds, which are told one
    by one, would be gathered or let expire.
    """
    raise_watched_version(connection)
    event = connection.scalar(
        text("SELECT event FROM core.subscriptions WHERE id = :id"), {"id": subscription_id}
    )
    if event and (timing.gather or timing.digest_at or ttl):
        raise RefusedError(event, "events of feeds are told one by one; --quiet and mute hold them too")
    begins, ends = timing.quiet or (None, None)
    facts = {"zone": timing.zone, "gather": timing.gather, "digest": timing.digest_at, "begins": begins}
    facts |= {"ends": ends, "muted": timing.muted_until, "ttl": ttl, "id": subscription_id}
    try:
        connection.execute(_TIMED, facts)
    except DataError as error:
        raise RefusedError(timing.zone, "is no time zone that the database knows") from error


_TIMED = text("""
    UPDATE core.subscriptions SET zone = :zone, gather = :gather, digest_at = :digest, quiet_from = :begins,
        quiet_to = :ends, muted_until = :muted, ttl = :ttl,
        held_until = CASE WHEN held_until IS NOT NULL THEN now() END
    WHERE id = :id
""")


@dataclass(frozen=True, slots=True)
class Subscribed:
    """How a topic is told to an address, unmasked, for an export."""

    topic_id: UUID
    url: str
    format: str
    per: str
    timing: TimingOptions


def list_subscribed(connection: Connection) -> list[Subscribed]:
    """List every subscription to a topic, by address."""
    rows = connection.execute(
        text(
            "SELECT s.*, e.url FROM core.subscriptions s JOIN core.endpoints e ON e.id = s.endpoint_id "
            "WHERE s.removed_at IS NULL AND s.topic_id IS NOT NULL ORDER BY e.url"
        )
    )
    return [
        Subscribed(row.topic_id, row.url, row.format, row.per, TimingOptions.of(timing_of(row), row.ttl))
        for row in rows
    ]


def find_endpoint(connection: Connection, name: str) -> UUID:
    """Find an endpoint by its id or address; raises NotFoundError with the next step."""
    endpoint: UUID | None = connection.scalar(
        text("SELECT id FROM core.endpoints WHERE url = :name OR id::text = :id"),
        {"name": name, "id": name.lower() if looks_like_id(name) else ""},
    )
    if endpoint is None:
        raise NotFoundError(name, "no endpoint has this id or address; `tocsin endpoint list` shows them")
    return endpoint


@dataclass(frozen=True, slots=True)
class Door:
    """Where an endpoint is and what it is signed for with: the current secret, then one that rotates out.

    `format` is what it is told in: that of its newest subscription.
    """

    endpoint_id: UUID
    url: str
    secrets: tuple[str, ...]
    format: DoorKind = "standard"


def load_door(connection: Connection, endpoint_id: UUID) -> Door:
    """Load the address and the secrets of an endpoint, unmasked."""
    row = connection.execute(text(f"{_DOOR} WHERE id = :id"), {"id": endpoint_id}).one()
    return _door(connection, row)


def load_door_at(connection: Connection, url: str) -> Door | None:
    """Load the endpoint at this address, None where there is none."""
    row = connection.execute(text(f"{_DOOR} WHERE url = :url"), {"url": url}).one_or_none()
    return _door(connection, row) if row else None


_DOOR = """SELECT id, url, secret, core.door_format(id) AS format,
    CASE WHEN previous_secret_until > now() THEN previous_secret END AS previous_secret FROM core.endpoints"""


def _door(connection: Connection, row: Row[Any]) -> Door:
    vault = vault_of(connection)
    secrets = tuple(vault.open(secret) for secret in (row.secret, row.previous_secret) if secret)
    return Door(row.id, row.url, secrets, row.format)


def mark_endpoint_enabled(connection: Connection, endpoint_id: UUID) -> None:
    """Let an endpoint be sent to again at once; what it is owed is due."""
    connection.execute(
        text(
            "UPDATE core.endpoints SET state = 'active', reason = '', paused_until = NULL, failures = 0, "
            "failing_since = NULL, health_told = 0, good_rounds = 0, owed_before = uuidv7(), next_send_at = NULL, "
            "rings = 0, ring_at = now() WHERE id = :id"
        ),
        {"id": endpoint_id},
    )


def mark_secret_rotated(connection: Connection, endpoint_id: UUID, secret: str, *, hours: float) -> None:
    """Give an endpoint a new secret; for some hours every message is signed with both."""
    connection.execute(
        text(
            "UPDATE core.endpoints SET previous_secret = secret, secret = :secret, "
            "previous_secret_until = now() + make_interval(secs => :hours * 3600) WHERE id = :id"
        ),
        {"secret": vault_of(connection).seal(secret), "hours": hours, "id": endpoint_id},
    )
