"""Endpoints: their limits, the ramp after a pause, another door to tell of their health."""

from pathlib import Path

from alembic import op

from shared.store.migrations.indexes import build_index
from shared.store.migrations.views import restore_views

revision = "0018"
down_revision = "0017"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    # What is set for an endpoint, how far it is back after a pause, and what was told of its health.
    op.execute("""
        ALTER TABLE core.endpoints
            ADD COLUMN IF NOT EXISTS concurrency integer NOT NULL DEFAULT 4 CHECK (concurrency BETWEEN 1 AND 100),
            ADD COLUMN IF NOT EXISTS rate double precision CHECK (rate > 0),
            ADD COLUMN IF NOT EXISTS fallback_id uuid REFERENCES core.endpoints CHECK (fallback_id <> id),
            ADD COLUMN IF NOT EXISTS next_send_at timestamptz,
            ADD COLUMN IF NOT EXISTS good_rounds integer NOT NULL DEFAULT 20,
            ADD COLUMN IF NOT EXISTS owed_before uuid,
            ADD COLUMN IF NOT EXISTS health_told integer NOT NULL DEFAULT 0
    """)
    build_index(
        "endpoints_unwell",
        "endpoints",
        "(id) WHERE failing_since IS NOT NULL OR health_told <> 0 OR state = 'disabled'",
    )
    script = (SQL / "0018_endpoint_health.sql").read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(script.replace("%", "%%"))


def downgrade() -> None:
    restore_views(revision, "endpoints")
    op.execute("""
        DROP FUNCTION core.is_open(core.endpoints);
        DROP INDEX core.endpoints_unwell;
        ALTER TABLE core.endpoints DROP COLUMN concurrency, DROP COLUMN rate, DROP COLUMN fallback_id,
            DROP COLUMN next_send_at, DROP COLUMN good_rounds, DROP COLUMN owed_before, DROP COLUMN health_told;
    """)
