"""Takes public views back to what they were before a migration, with their comments and rights."""

import re
from pathlib import Path

from alembic import op

_SQL = Path(__file__).parent / "sql"


def restore_views(revision: str, *names: str) -> None:
    """Make views anew as the scripts in `sql/` before `revision` left them; name those that read each other together.

    A view cannot lose a column that it shows, so each is dropped first, and its comments go with it.
    """
    earlier = "".join(
        path.read_text(encoding="utf-8") for path in sorted(_SQL.glob("*.sql")) if path.stem < revision
    )
    made = re.findall(
        r"^CREATE (?:OR REPLACE )?VIEW public\.(\w+) AS(\s.*?);$", earlier, re.MULTILINE | re.DOTALL
    )
    newest = {name: body for name, body in made if name in names}
    views = ", ".join(f"public.{name}" for name in names)
    statements = [f"DROP VIEW {views}"]
    statements += [f"CREATE VIEW public.{name} AS{newest[name]}" for name in names]
    statements += [words for name in names for words in _comments(earlier, name)]
    statements += [f"GRANT SELECT ON {views} TO tocsin_reader"]
    for statement in statements:
        op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def _comments(script: str, view: str) -> list[str]:
    about = rf"(?:VIEW public\.{view}|COLUMN public\.{view}\.\w+)"
    return re.findall(rf"^COMMENT ON {about}\s+IS\s.*?;$", script, re.MULTILINE | re.DOTALL)
