"""Subscriptions and the endpoints they tell: this topic, to that receiver."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, text

from shared.errors import NotFoundError
from shared.store.names import looks_like_id
from shared.store.topics import end_subscription
from shared.store.watch import raise_watched_version


@dataclass(frozen=True, slots=True)
class AddedSubscription:
    """A subscription that is there now; `secret` only where its endpoint was made by this call."""

    id: UUID
    topic_id: UUID
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
    endpoint = connection.execute(
        text(
            "INSERT INTO core.endpoints (url, secret) VALUES (:url, :secret) "
            "ON CONFLICT (url) DO UPDATE SET url = excluded.url RETURNING id, (xmax = 0) AS is_new"
        ),
        {"url": url, "secret": secret},
    ).one()
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


def mark_subscription_removed(connection: Connection, subscription_id: UUID) -> None:
    """End a subscription; its endpoint stays, with its secret."""
    raise_watched_version(connection)
    end_subscription(connection, subscription_id)


def find_endpoint(connection: Connection, name: str) -> UUID:
    """Find an endpoint by its id or address; raises NotFoundError with the next step."""
    endpoint: UUID | None = connection.scalar(
        text("SELECT id FROM core.endpoints WHERE url = :name OR id::text = :id"),
        {"name": name, "id": name.lower() if looks_like_id(name) else ""},
    )
    if endpoint is None:
        raise NotFoundError(name, "no endpoint has this id or address; `tocsin endpoint list` shows them")
    return endpoint


def mark_endpoint_enabled(connection: Connection, endpoint_id: UUID) -> None:
    """Let an endpoint be sent to again at once; what it is owed is due."""
    connection.execute(
        text(
            "UPDATE core.endpoints SET state = 'active', reason = '', paused_until = NULL, failures = 0, "
            "failing_since = NULL, rings = 0, ring_at = now() WHERE id = :id"
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
        {"secret": secret, "hours": hours, "id": endpoint_id},
    )
