"""By how much the clocks of receivers differ from ours."""

from alembic import op

revision = "0027"
down_revision = "0026"

VIEW = """
    CREATE {or_replace} VIEW public.endpoints AS
    SELECT id, core.masked_url(url) AS url, state, reason, paused_until, failures, failing_since, created_at,
        concurrency, rate, fallback_id,
        CASE WHEN state <> 'disabled' THEN failing_since + interval '5 days' END AS disabled_at,
        (SELECT count(*) FROM core.messages m WHERE m.endpoint_id = e.id AND m.state = 'pending')::integer AS owed,
        extract(epoch FROM heartbeat)::integer AS heartbeat_seconds, heartbeat_due_at{more}
    FROM core.endpoints e;
"""


def upgrade() -> None:
    op.execute("ALTER TABLE core.endpoints ADD COLUMN clock_ahead_seconds integer")
    op.execute(VIEW.format(or_replace="OR REPLACE", more=", clock_ahead_seconds"))
    op.execute("""
        COMMENT ON COLUMN public.endpoints.clock_ahead_seconds IS
        'By how much its clock is ahead of ours (behind: negative), where that is over a minute.'
    """)


def downgrade() -> None:
    op.execute("""
        DROP VIEW public.endpoints;
        ALTER TABLE core.endpoints DROP COLUMN clock_ahead_seconds;
    """)
    op.execute(VIEW.format(or_replace="", more=""))
    op.execute("""
        COMMENT ON VIEW public.endpoints IS 'Receivers of webhooks and how they are.';
        GRANT SELECT ON public.endpoints TO tocsin_reader;
    """)
