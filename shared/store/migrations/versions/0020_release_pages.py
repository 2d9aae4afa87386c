"""Pages: robots.txt, late ones, what feeds' pages are worth, and releases that cannot be filed."""

from pathlib import Path

from alembic import op

from shared.store.migrations.indexes import build_index
from shared.store.migrations.views import restore_views

revision = "0020"
down_revision = "0019"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE core.releases
            ADD COLUMN IF NOT EXISTS filing_failures integer NOT NULL DEFAULT 0,
            ADD COLUMN IF NOT EXISTS late_until timestamptz,
            ADD COLUMN IF NOT EXISTS page_etag text NOT NULL DEFAULT '',
            ADD COLUMN IF NOT EXISTS page_modified text NOT NULL DEFAULT ''
    """)
    build_index("releases_awaiting", "releases", "(ring_at) WHERE state = 'settling' OR late_until IS NOT NULL")
    op.get_bind().exec_driver_sql((SQL / "0020_release_pages.sql").read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    restore_views(revision, "releases")
    op.execute("""
        DROP VIEW public.robots;
        DROP TABLE core.robots;
        DROP INDEX core.releases_awaiting;
        ALTER TABLE core.hosts DROP COLUMN pages_from;
        ALTER TABLE core.feeds DROP COLUMN page_votes, DROP COLUMN page_voted_at;
        ALTER TABLE core.releases DROP COLUMN filing_failures, DROP COLUMN late_until, DROP COLUMN page_etag,
            DROP COLUMN page_modified;
    """)
