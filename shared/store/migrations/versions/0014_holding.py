"""Holding: when a subscription may be told, what it holds until then, and how long a message is good for."""

from pathlib import Path

from alembic import op

revision = "0014"
down_revision = "0013"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    op.get_bind().exec_driver_sql((SQL / "0014_holding.sql").read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    op.execute("""
        DROP VIEW core.due_messages;
        DROP VIEW public.ledger, public.alerts, public.subscriptions;
        DROP INDEX core.alerts_held;
        DELETE FROM core.alerts WHERE state = 'held';
        ALTER TABLE core.alerts DROP COLUMN telling;
        ALTER TABLE core.messages DROP COLUMN expires_at;
        ALTER TABLE core.subscriptions DROP COLUMN gather, DROP COLUMN digest_at, DROP COLUMN zone,
            DROP COLUMN quiet_from, DROP COLUMN quiet_to, DROP COLUMN muted_until, DROP COLUMN ttl,
            DROP COLUMN held_until;
        DROP FUNCTION core.is_silent(timestamptz, text, time, time);
    """)
    line, events = ((SQL / f"{name}.sql").read_text(encoding="utf-8") for name in ("0001_views", "0004_feed_events"))
    for script, view in ((events, "subscriptions"), (line, "alerts"), (line, "ledger")):
        start = script.index(f"VIEW public.{view} AS")
        op.execute(f"CREATE {script[start : script.index(';', start)]}")
    op.execute("""
        COMMENT ON VIEW public.subscriptions IS 'Which topic is told to which endpoint.';
        COMMENT ON VIEW public.alerts IS 'One promise a match and subscription, with its one state.';
        COMMENT ON VIEW public.ledger IS 'For each subscription: matches, and what became of each; missing is 0.';
        GRANT SELECT ON public.subscriptions, public.alerts, public.ledger TO tocsin_reader;
    """)
