"""Identity cards of feeds: what is learnt of their guids, dates and texts."""

from pathlib import Path

from alembic import op

revision = "0007"
down_revision = "0006"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    op.get_bind().exec_driver_sql(
        (SQL / "0007_feed_cards.sql").read_text(encoding="utf-8").replace("%", "%%")
    )


def downgrade() -> None:
    op.execute("""
        DROP VIEW public.feed_cards;
        DROP TABLE core.feed_cards;
        ALTER TABLE core.feeds DROP COLUMN trusts_dates;
        ALTER TABLE core.sightings DROP COLUMN claim, DROP COLUMN redated;
    """)
