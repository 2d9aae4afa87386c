"""Listings for people: rows of a view with what makes them readable, the newest first."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, TextClause, text

_ALERTS = text("""
    SELECT a.*, t.name AS topic, v.title
    FROM public.alerts a
    JOIN core.topics t ON t.id = a.topic_id
    JOIN core.revisions v ON v.release_id = a.release_id AND v.revision = a.revision
    WHERE (CAST(:state AS text) IS NULL OR a.state = :state)
        AND (CAST(:topic AS uuid) IS NULL OR a.topic_id = :topic)
    ORDER BY a.id DESC LIMIT :most
""")

_TOLD = text("""
    SELECT a.*, t.name AS topic, v.title, core.masked_url(r.url) AS url, r.embargo_until, m.evidence, m.snippet,
        b.webhook_id, b.attempts, s.removed_at AS ended_at, e.id AS endpoint_id, e.url AS endpoint,
        e.state AS endpoint_state, e.reason AS endpoint_reason, e.paused_until,
        core.is_silent(s.muted_until, s.zone, s.quiet_from, s.quiet_to) AS silent
    FROM public.alerts a
    JOIN core.topics t ON t.id = a.topic_id
    JOIN core.subscriptions s ON s.id = a.subscription_id
    JOIN public.endpoints e ON e.id = s.endpoint_id
    JOIN core.revisions v ON v.release_id = a.release_id AND v.revision = a.revision
    JOIN core.releases r ON r.id = a.release_id
    LEFT JOIN core.matches m
        ON m.release_id = a.release_id AND m.revision = a.revision AND m.topic_id = a.topic_id
    LEFT JOIN core.messages b ON b.id = a.message_id
    WHERE a.id = :id
""")

_RELEASES = text("""
    SELECT * FROM public.releases
    WHERE first_seen_at >= :since AND (CAST(:language AS text) IS NULL OR language = :language)
    ORDER BY first_seen_at DESC, id DESC LIMIT :most
""")

_SIGHTINGS = text("""
    SELECT s.*, f.title AS feed, core.masked_url(f.url) AS feed_url
    FROM public.sightings s JOIN core.feeds f ON f.id = s.feed_id
    WHERE s.release_id = :id ORDER BY s.first_seen_at, s.feed_id
""")

_SIBLINGS = text("""
    SELECT r.id, r.language, r.title, r.publisher, r.url, r.first_seen_at,
        coalesce(l.kind, '') AS kind, coalesce(l.reason, '') AS reason
    FROM core.releases s
    JOIN core.releases own ON own.id = :id
        AND coalesce(s.story_id, s.id) = coalesce(own.story_id, own.id) AND s.id <> own.id
    JOIN public.releases r ON r.id = s.id
    LEFT JOIN public.story_links l ON l.release_id = own.id AND l.sibling_id = s.id
    ORDER BY r.first_seen_at, r.id
""")

_GAPS = text("""
    SELECT g.*, f.title AS feed, core.masked_url(f.url) AS feed_url
    FROM public.gaps g JOIN core.feeds f ON f.id = g.feed_id
    WHERE g.to_at >= :since AND (CAST(:feed AS uuid) IS NULL OR g.feed_id = :feed)
    ORDER BY g.to_at DESC
""")

_RUNG = text("""
    SELECT m.matched_at, m.snippet, r.id, r.title, r.url, r.publisher, r.published_at
    FROM public.matches m JOIN public.releases r ON r.id = m.release_id AND r.revision = m.revision
    WHERE m.topic_id = :topic
    ORDER BY m.matched_at DESC, m.release_id DESC LIMIT :most
""")

_EVENTS = text("""
    SELECT e.*, f.title AS feed, core.masked_url(f.url) AS feed_url
    FROM public.feed_events e LEFT JOIN core.feeds f ON f.id = e.feed_id
    WHERE e.at > now() - interval '1 day'
    ORDER BY e.at DESC, e.id DESC LIMIT :most
""")

_FAILING = text("""
    SELECT * FROM public.endpoints WHERE failing_since IS NOT NULL OR state = 'disabled'
    ORDER BY failing_since NULLS LAST, url LIMIT :most
""")

_SKEWED = text("""
    SELECT url, clock_ahead_seconds FROM public.endpoints
    WHERE clock_ahead_seconds IS NOT NULL ORDER BY abs(clock_ahead_seconds) DESC LIMIT :most
""")

_LEDGER = text("""
    SELECT l.*, core.masked_url(e.url) AS endpoint
    FROM public.ledger l
    JOIN core.subscriptions s ON s.id = l.subscription_id
    JOIN core.endpoints e ON e.id = s.endpoint_id
    ORDER BY l.topic, e.url
""")


def list_alerts(
    connection: Connection, *, state: str | None = None, topic_id: UUID | None = None, most: int
) -> list[dict[str, Any]]:
    """List alerts with their `topic` and the release's `title` in the revision they are about."""
    return _rows(connection, _ALERTS, state=state, topic=topic_id, most=most)


def load_alert(connection: Connection, alert_id: UUID) -> dict[str, Any]:
    """Load one alert with why it matched, its message, and how its endpoint is."""
    return _rows(connection, _TOLD, id=alert_id)[0]


def list_releases(
    connection: Connection, *, language: str | None = None, since: datetime, most: int
) -> list[dict[str, Any]]:
    """List releases first seen since an instant, in their latest revision."""
    return _rows(connection, _RELEASES, language=language, since=since, most=most)


def list_sightings(connection: Connection, release_id: UUID) -> list[dict[str, Any]]:
    """List where a release was seen, the first sighting first, with the `feed` and its address."""
    return _rows(connection, _SIGHTINGS, id=release_id)


def list_siblings(connection: Connection, release_id: UUID) -> list[dict[str, Any]]:
    """List the other releases of a release's story, the first told first, with what links each and the reason.

    A sibling that is linked to another one of the story only has `kind` and `reason` empty.
    """
    return _rows(connection, _SIBLINGS, id=release_id)


def list_gaps(
    connection: Connection, *, feed_id: UUID | None = None, since: datetime
) -> list[dict[str, Any]]:
    """List gaps that ended since an instant, with the `feed` and its address."""
    return _rows(connection, _GAPS, feed=feed_id, since=since)


def list_rung(connection: Connection, topic_id: UUID, *, most: int) -> list[dict[str, Any]]:
    """List the releases whose latest revision a topic rang for, the latest match first."""
    return _rows(connection, _RUNG, topic=topic_id, most=most)


def list_latest_events(connection: Connection, most: int) -> list[dict[str, Any]]:
    """List what happened to feeds within a day, with the `feed` and its address."""
    return _rows(connection, _EVENTS, most=most)


def list_failing_endpoints(connection: Connection, most: int) -> list[dict[str, Any]]:
    """List the endpoints that fail or are disabled, those that have failed the longest first."""
    return _rows(connection, _FAILING, most=most)


def list_skewed_endpoints(connection: Connection, most: int) -> list[dict[str, Any]]:
    """List the endpoints whose clocks differ from ours by over a minute, the worst first."""
    return _rows(connection, _SKEWED, most=most)


def list_ledger(connection: Connection) -> list[dict[str, Any]]:
    """List the ledger with each subscription's `endpoint`."""
    return _rows(connection, _LEDGER)


def _rows(connection: Connection, statement: TextClause, **parameters: object) -> list[dict[str, Any]]:
    found: Sequence[Any] = connection.execute(statement, parameters).mappings().all()
    return [dict(row) for row in found]
