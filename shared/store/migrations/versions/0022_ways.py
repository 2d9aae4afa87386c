"""A pause that ends by itself, and the ways in which one source alone is reached."""

from pathlib import Path

from alembic import op

revision = "0022"
down_revision = "0021"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    op.get_bind().exec_driver_sql((SQL / "0022_ways.sql").read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    op.get_bind().exec_driver_sql("""
        DROP VIEW public.feed_settings;
        CREATE VIEW public.feed_settings AS
        SELECT f.id AS feed_id,
            (SELECT coalesce(jsonb_object_agg(o.key, CASE
                    WHEN o.key IN ('headers', 'cookies')
                    THEN (SELECT jsonb_object_agg(name, '***') FROM jsonb_object_keys(o.value) AS name)
                    ELSE o.value END), '{}')
             FROM jsonb_each(f.options) AS o) AS options,
            f.conditions_off
        FROM core.feeds f
        WHERE f.removed_at IS NULL;
        COMMENT ON VIEW public.feed_settings IS
            'What was set for one feed alone, headers and cookies masked, and why no conditional requests are sent to it.';
        GRANT SELECT ON public.feed_settings TO tocsin_reader;
        ALTER TABLE core.feeds DROP COLUMN paused_until;
    """)
