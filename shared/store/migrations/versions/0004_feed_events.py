"""What happens to feeds, told once to those who subscribe to it."""

from pathlib import Path

from alembic import op

from shared.store.migrations.indexes import build_index
from shared.store.migrations.views import restore_views

revision = "0004"
down_revision = "0003"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE core.subscriptions ADD COLUMN IF NOT EXISTS event text CHECK (event IN ('feed.*', 'feed.failing',
            'feed.gap', 'feed.gone', 'feed.language_quiet', 'feed.moved', 'feed.quiet', 'feed.recovered'))
    """)
    build_index(
        "subscriptions_event",
        "subscriptions",
        "(event, endpoint_id) WHERE removed_at IS NULL AND event IS NOT NULL",
        unique=True,
    )
    op.get_bind().exec_driver_sql(
        (SQL / "0004_feed_events.sql").read_text(encoding="utf-8").replace("%", "%%")
    )


def downgrade() -> None:
    op.execute("DROP VIEW public.feed_events")
    restore_views(revision, "subscriptions")
    # The older schema subscribes to topics alone: what was owed of events is still sent, and no more is made.
    op.execute("""
        UPDATE core.messages SET subscription_id = NULL WHERE subscription_id IN (
            SELECT id FROM core.subscriptions WHERE event IS NOT NULL);
        DELETE FROM core.subscriptions WHERE event IS NOT NULL;
        ALTER TABLE core.subscriptions DROP COLUMN event;
        ALTER TABLE core.subscriptions ALTER COLUMN topic_id SET NOT NULL;
        ALTER TABLE core.feeds DROP COLUMN failing_since, DROP COLUMN failing_told;
        DROP TABLE core.feed_events;
    """)
