"""Full-text search over the stored releases, in websearch syntax: a convenience, not the matcher."""

from typing import Any

from sqlalchemy import Connection, text


def search_releases(
    connection: Connection, query: str, *, language: str | None, most: int
) -> list[dict[str, Any]]:
    """Search titles and bodies, the best first; rows have the columns of `search()`."""
    rows = connection.execute(
        text("SELECT * FROM public.search(:query, :language) LIMIT :most"),
        {"query": query, "language": language, "most": most},
    )
    return [dict(row) for row in rows.mappings()]
