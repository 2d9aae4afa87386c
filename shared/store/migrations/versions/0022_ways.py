"""A pause that ends by itself, and the ways in which one source alone is reached."""

from pathlib import Path

from alembic import op

from shared.store.migrations.views import restore_views

revision = "0022"
down_revision = "0021"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    op.get_bind().exec_driver_sql((SQL / "0022_ways.sql").read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    restore_views(revision, "feed_settings")
    # The older view would show a proxy's password, and the older schema never ends a pause: neither stays.
    op.execute("""
        UPDATE core.feeds SET options = options - 'proxy'
        WHERE options ->> 'proxy' <> core.masked_url(options ->> 'proxy');
        UPDATE core.feeds SET state = 'active', next_poll_at = greatest(next_poll_at, paused_until)
        WHERE state = 'paused' AND paused_until IS NOT NULL;
        ALTER TABLE core.feeds DROP COLUMN paused_until;
    """)
