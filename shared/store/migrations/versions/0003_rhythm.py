"""The rhythm of a feed, what it asks of its pollers, and whether it is quiet."""

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0002"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    op.get_bind().exec_driver_sql((SQL / "0003_rhythm.sql").read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    op.execute("""
        DROP VIEW public.feeds;
        CREATE VIEW public.feeds AS
        SELECT id, core.masked_url(url) AS url, title, state, folder, kind, language, item_count, failures,
            last_polled_at, last_changed_at, last_outcome, last_detail, next_poll_at, trusts_guids, created_at
        FROM core.feeds
        WHERE removed_at IS NULL;
        COMMENT ON VIEW public.feeds IS 'The addresses that are polled, with what the last poll found.';
        GRANT SELECT ON public.feeds TO tocsin_reader;
        DROP INDEX core.feeds_quiet;
        ALTER TABLE core.feeds DROP COLUMN rhythm, DROP COLUMN rhythm_words, DROP COLUMN spoke_at,
            DROP COLUMN quiet_after, DROP COLUMN quiet_since, DROP COLUMN quiet_chance,
            DROP COLUMN quiet_words, DROP COLUMN quiet_judged_at, DROP COLUMN missing_since, DROP COLUMN every_minutes,
            DROP COLUMN skip_hours, DROP COLUMN skip_days;
    """)
