"""Feeds whose 304s are wrong, their own settings, and the last body that was no feed."""

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    script = (SQL / "0002_misbehaving_servers.sql").read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(script.replace("%", "%%"))


def downgrade() -> None:
    op.execute("""
        DROP VIEW public.failing_bodies, public.feed_settings;
        DROP TABLE core.failing_bodies;
        ALTER TABLE core.feeds DROP COLUMN options, DROP COLUMN conditions_off;
    """)
