"""Pages without a feed: how their list is found, and how it looked."""

from pathlib import Path

from alembic import op

revision = "0013"
down_revision = "0012"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    op.get_bind().exec_driver_sql((SQL / "0013_pages.sql").read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    op.execute("""
        DROP VIEW public.feeds;
        CREATE VIEW public.feeds AS
        SELECT id, core.masked_url(url) AS url, title, state, folder, kind, language, item_count, failures,
            last_polled_at, last_changed_at, last_outcome, last_detail, next_poll_at, trusts_guids, created_at,
            rhythm_words AS rhythm, spoke_at,
            CASE WHEN failures = 0 THEN quiet_since END AS quiet_since,
            CASE WHEN failures = 0 THEN quiet_chance END AS quiet_chance,
            CASE WHEN failures = 0 THEN quiet_words ELSE '' END AS quiet
        FROM core.feeds
        WHERE removed_at IS NULL;
        COMMENT ON VIEW public.feeds IS 'The addresses that are polled, with what the last poll found.';
        GRANT SELECT ON public.feeds TO tocsin_reader;
        ALTER TABLE core.feeds DROP COLUMN page, DROP COLUMN page_layout;
    """)
