"""Full-text search over the stored releases, in websearch syntax: a convenience, not the matcher."""

from typing import Any

from sqlalchemy import Connection, text

_INDEX = text("""
    WITH unread AS MATERIALIZED (
        SELECT release_id FROM core.search_texts WHERE words IS NULL
        ORDER BY release_id DESC LIMIT :most FOR UPDATE SKIP LOCKED)
    UPDATE core.search_texts s SET words = core.search_words(s.language, v.title, v.body)
    FROM unread
    JOIN core.releases r ON r.id = unread.release_id
    JOIN core.revisions v ON v.release_id = r.id AND v.revision = r.revision
    WHERE s.release_id = unread.release_id
""")


def search_releases(
    connection: Connection, query: str, *, language: str | None, most: int
) -> list[dict[str, Any]]:
    """Search titles and bodies, the best first; rows have the columns of `search()`."""
    rows = connection.execute(
        text("SELECT * FROM public.search(:query, :language, :most)"),
        {"query": query, "language": language, "most": most},
    )
    return [dict(row) for row in rows.mappings()]


def index_texts(connection: Connection, most: int) -> int:
    """Put texts that were stored of late into the index of the search, the newest first; give how many."""
    return connection.execute(_INDEX, {"most": most}).rowcount
