"""The rhythm of a feed, what it asks of its pollers, and whether it is quiet."""

from pathlib import Path

from alembic import op

from shared.store.migrations.views import restore_views

revision = "0003"
down_revision = "0002"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    op.get_bind().exec_driver_sql((SQL / "0003_rhythm.sql").read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    restore_views(revision, "feeds")
    op.execute("""
        DROP INDEX core.feeds_quiet;
        ALTER TABLE core.feeds DROP COLUMN rhythm, DROP COLUMN rhythm_words, DROP COLUMN spoke_at,
            DROP COLUMN quiet_after, DROP COLUMN quiet_since, DROP COLUMN quiet_chance,
            DROP COLUMN quiet_words, DROP COLUMN quiet_judged_at, DROP COLUMN missing_since, DROP COLUMN every_minutes,
            DROP COLUMN skip_hours, DROP COLUMN skip_days;
    """)
