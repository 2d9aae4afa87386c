"""Stories: which releases tell the same thing, in other languages or other words."""

from pathlib import Path

from alembic import op

from shared.store.migrations.indexes import build_index
from shared.store.migrations.views import restore_views

revision = "0011"
down_revision = "0010"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    # A release's story is that of the release that told it first; NULL: its own.
    build_index("releases_story", "releases", "((coalesce(story_id, id)))")
    op.get_bind().exec_driver_sql((SQL / "0011_stories.sql").read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    op.execute("DROP VIEW public.story_links")
    restore_views(revision, "releases")
    op.execute("DROP TABLE core.story_links, core.translations; DROP INDEX core.releases_story")
