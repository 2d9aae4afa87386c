"""Endpoints: their limits, the ramp after a pause, another door to tell of their health."""

from pathlib import Path

from alembic import op

from shared.store.migrations.views import restore_views

revision = "0018"
down_revision = "0017"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
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
