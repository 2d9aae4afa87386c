"""What happens to feeds, told once to those who subscribe to it."""

from pathlib import Path

from alembic import op

revision = "0004"
down_revision = "0003"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    op.get_bind().exec_driver_sql(
        (SQL / "0004_feed_events.sql").read_text(encoding="utf-8").replace("%", "%%")
    )


def downgrade() -> None:
    op.execute("""
        DROP VIEW public.feed_events, public.subscriptions;
        UPDATE core.messages SET subscription_id = NULL WHERE subscription_id IN (
            SELECT id FROM core.subscriptions WHERE event IS NOT NULL);
        DELETE FROM core.subscriptions WHERE event IS NOT NULL;
        ALTER TABLE core.subscriptions DROP COLUMN event;
        ALTER TABLE core.subscriptions ALTER COLUMN topic_id SET NOT NULL;
        CREATE VIEW public.subscriptions AS
        SELECT s.id, s.topic_id, t.name AS topic, s.endpoint_id, s.format, s.per, s.sequence,
            core.masked_url(e.url) AS url, e.state AS endpoint_state, s.created_at
        FROM core.subscriptions s
        JOIN core.topics t ON t.id = s.topic_id
        JOIN core.endpoints e ON e.id = s.endpoint_id
        WHERE s.removed_at IS NULL;
        COMMENT ON VIEW public.subscriptions IS 'Which topic is told to which endpoint.';
        GRANT SELECT ON public.subscriptions TO tocsin_reader;
        ALTER TABLE core.feeds DROP COLUMN failing_since, DROP COLUMN failing_told;
        DROP TABLE core.feed_events;
    """)
