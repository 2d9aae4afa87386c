"""Pages without a feed: how their list is found, and how it looked."""

from pathlib import Path

from alembic import op

from shared.store.migrations.views import restore_views

revision = "0013"
down_revision = "0012"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    op.get_bind().exec_driver_sql((SQL / "0013_pages.sql").read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    restore_views(revision, "feeds")
    # The older poller would read a page as a broken feed: its pages are paused.
    op.execute("""
        UPDATE core.feeds SET state = 'paused' WHERE page <> '' AND state = 'active';
        ALTER TABLE core.feeds DROP COLUMN page, DROP COLUMN page_layout;
    """)
