"""Heartbeats to endpoints, the last check of the ledger, and what a receiver answered in the view."""

from pathlib import Path

from alembic import op

from shared.store.migrations.views import restore_views

revision = "0021"
down_revision = "0020"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    script = (SQL / "0021_pulses.sql").read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(script.replace("%", "%%"))


def downgrade() -> None:
    restore_views(revision, "endpoints", "deliveries")
    op.execute("""
        DROP TABLE core.ledger_check;
        ALTER TABLE core.endpoints DROP COLUMN heartbeat, DROP COLUMN heartbeat_due_at,
            DROP COLUMN heartbeat_told_at;
    """)
