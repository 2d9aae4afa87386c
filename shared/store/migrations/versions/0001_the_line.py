"""The line: feeds, polls, fetches, releases, topics, alerts, messages, deliveries, and the views."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    for name in ("0001_tables", "0001_views", "0001_reader", "0001_comments"):
        op.get_bind().exec_driver_sql((SQL / f"{name}.sql").read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    op.execute("""
        DROP FUNCTION public.search(text, text);
        DROP VIEW public.ledger, public.deliveries, public.alerts, public.matches, public.endpoints,
            public.subscriptions, public.topics, public.fetches, public.gaps, public.polls, public.feeds,
            public.sightings, public.revisions, public.releases;
        DROP SCHEMA core CASCADE;
    """)
