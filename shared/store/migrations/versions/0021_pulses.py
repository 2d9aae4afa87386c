"""Heartbeats to endpoints, the last check of the ledger, and what a receiver answered in the view."""

from pathlib import Path

from alembic import op

from shared.store.migrations.indexes import build_index
from shared.store.migrations.views import restore_views

revision = "0021"
down_revision = "0020"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    # Heartbeats go to endpoints that asked for them.
    op.execute("""
        ALTER TABLE core.endpoints
            ADD COLUMN IF NOT EXISTS heartbeat interval CHECK (heartbeat > interval '0'),
            ADD COLUMN IF NOT EXISTS heartbeat_due_at timestamptz,
            ADD COLUMN IF NOT EXISTS heartbeat_told_at timestamptz
    """)
    build_index("endpoints_heartbeat", "endpoints", "(heartbeat_due_at) WHERE heartbeat_due_at IS NOT NULL")
    script = (SQL / "0021_pulses.sql").read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(script.replace("%", "%%"))


def downgrade() -> None:
    restore_views(revision, "endpoints", "deliveries")
    op.execute("""
        DROP TABLE core.ledger_check;
        ALTER TABLE core.endpoints DROP COLUMN heartbeat, DROP COLUMN heartbeat_due_at,
            DROP COLUMN heartbeat_told_at;
    """)
