"""What the views hold, read from the database itself: their columns, what each means, and how they hang together."""

from dataclasses import dataclass

from sqlalchemy import Connection, text


@dataclass(frozen=True, slots=True)
class ViewColumn:
    """One column of a view."""

    name: str
    type: str
    comment: str


@dataclass(frozen=True, slots=True)
class ViewPage:
    """One view, with its columns in order."""

    name: str
    comment: str
    columns: tuple[ViewColumn, ...]


_COLUMNS = text("""
    SELECT c.relname AS view, coalesce(obj_description(c.oid), '') AS about, a.attname AS name,
        format_type(a.atttypid, a.atttypmod) AS type, coalesce(col_description(c.oid, a.attnum), '') AS comment
    FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'v'
    ORDER BY c.relname, a.attnum
""")


def load_views(connection: Connection) -> tuple[ViewPage, ...]:
    """Load every public view, by name."""
    columns: dict[tuple[str, str], list[ViewColumn]] = {}
    for row in connection.execute(_COLUMNS):
        columns.setdefault((row.view, row.about), []).append(ViewColumn(row.name, row.type, row.comment))
    return tuple(ViewPage(name, about, tuple(of_view)) for (name, about), of_view in columns.items())
