"""Heartbeats to endpoints, the last check of the ledger, and what a receiver answered in the view."""

from pathlib import Path

from alembic import op

revision = "0021"
down_revision = "0020"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    script = (SQL / "0021_pulses.sql").read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(script.replace("%", "%%"))


def downgrade() -> None:
    health, line = (
        next(SQL.glob(name)).read_text(encoding="utf-8") for name in ("*_endpoint_health.sql", "0001_views.sql")
    )
    op.execute("DROP VIEW public.endpoints, public.deliveries")
    for script, view in ((health, "endpoints"), (line, "deliveries")):
        start = script.index(f"VIEW public.{view} AS")
        op.execute(f"CREATE {script[start : script.index(';', start)]}")
    op.execute("""
        COMMENT ON VIEW public.endpoints IS 'Receivers of webhooks and how they are.';
        COMMENT ON VIEW public.deliveries IS 'One row an HTTP attempt at a message; kept 30 days.';
        GRANT SELECT ON public.endpoints, public.deliveries TO tocsin_reader;
        DROP TABLE core.ledger_check;
        ALTER TABLE core.endpoints DROP COLUMN heartbeat, DROP COLUMN heartbeat_due_at,
            DROP COLUMN heartbeat_told_at;
    """)
