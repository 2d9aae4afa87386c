"""What was stored of late, for those who listen: releases and alerts by the instant in their ids."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Connection, text


@dataclass(frozen=True, slots=True)
class NewRow:
    """A stored release or alert, with the columns of its view."""

    kind: Literal["release", "alert"]
    id: UUID
    row: dict[str, Any]


_NEW = {
    "release": "SELECT * FROM public.releases WHERE id >= :floor ORDER BY id LIMIT :most",
    "alert": (
        "SELECT a.*, t.name AS topic, v.title FROM public.alerts a JOIN core.topics t ON t.id = a.topic_id "
        "JOIN core.revisions v ON v.release_id = a.release_id AND v.revision = a.revision "
        "WHERE a.id >= :floor AND (CAST(:topic AS uuid) IS NULL OR a.topic_id = :topic) "
        "ORDER BY a.id LIMIT :most"
    ),
}
_MOST = 1_000


def list_new_rows(
    connection: Connection, since: datetime, *, topic_id: UUID | None = None
) -> Sequence[NewRow]:
    """List what was made at or after an instant, the oldest first; with a topic, its alerts alone."""
    kinds: tuple[Literal["release", "alert"], ...] = ("alert",) if topic_id else ("release", "alert")
    rows = []
    for kind in kinds:
        values = {"floor": first_id_at(since), "most": _MOST, "topic": topic_id}
        if kind == "release":
            del values["topic"]
        found = connection.execute(text(_NEW[kind]), values).mappings()
        rows += [NewRow(kind, row["id"], dict(row)) for row in found]
    return sorted(rows, key=lambda row: row.id)


def first_id_at(instant: datetime) -> UUID:
    """Give the lowest UUIDv7 of an instant's millisecond (RFC 9562, section 5.7)."""
    return UUID(int=(int(instant.timestamp() * 1000) << 80) | (7 << 76) | (2 << 62))


def instant_of(row_id: UUID) -> float:
    """Give the seconds since 1970 that a UUIDv7 was made at."""
    return (row_id.int >> 80) / 1000
