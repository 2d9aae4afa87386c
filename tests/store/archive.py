"""Puts releases into the store as the line leaves them, without running the line."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from shared.clock import now
from shared.store.database import Database


def store_release(
    database: Database, title: str, body: str, *, language: str = "fr", seen_at: datetime | None = None
) -> UUID:
    """Store one settled release in its first revision, first seen just now or at `seen_at`."""
    facts = {"title": title, "body": body, "language": language, "at": seen_at or now()}
    with database.begin() as connection:
        release_id: UUID = connection.execute(
            text(
                "INSERT INTO core.releases (state, first_seen_at, updated_at, text_source) "
                "VALUES ('settled', :at, :at, 'feed') RETURNING id"
            ),
            facts,
        ).scalar_one()
        connection.execute(
            text(
                "INSERT INTO core.revisions (release_id, revision, title, body, language, words, made_at) "
                "VALUES (:id, 1, :title, :body, :language, '', :at)"
            ),
            facts | {"id": release_id},
        )
    return release_id
