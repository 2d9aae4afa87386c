"""Endpoints: their limits, the ramp after a pause, another door to tell of their health."""

from pathlib import Path

from alembic import op

revision = "0018"
down_revision = "0017"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    script = (SQL / "0018_endpoint_health.sql").read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(script.replace("%", "%%"))


def downgrade() -> None:
    op.execute("""
        DROP VIEW public.endpoints;
        DROP FUNCTION core.is_open(core.endpoints);
        DROP INDEX core.endpoints_unwell;
        ALTER TABLE core.endpoints DROP COLUMN concurrency, DROP COLUMN rate, DROP COLUMN fallback_id,
            DROP COLUMN next_send_at, DROP COLUMN good_rounds, DROP COLUMN owed_before, DROP COLUMN health_told;
        CREATE VIEW public.endpoints AS
        SELECT id, core.masked_url(url) AS url, state, reason, paused_until, failures, failing_since, created_at
        FROM core.endpoints;
        COMMENT ON VIEW public.endpoints IS 'Receivers of webhooks and how they are.';
        GRANT SELECT ON public.endpoints TO tocsin_reader;
    """)
