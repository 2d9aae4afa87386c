"""Ids made by the database before the rows that refer to each other are written."""

from uuid import UUID

from sqlalchemy import Connection, text


def new_ids(connection: Connection, count: int) -> list[UUID]:
    """Make `count` UUIDv7 in ascending order, in one round trip."""
    rows = connection.scalars(
        text("SELECT uuidv7() AS id FROM generate_series(1, :count) ORDER BY id"), {"count": count}
    )
    return list(rows)
