"""Pages: robots.txt, late ones, what feeds' pages are worth, and releases that cannot be filed."""

from pathlib import Path

from alembic import op

from shared.store.migrations.views import restore_views

revision = "0020"
down_revision = "0019"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
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
