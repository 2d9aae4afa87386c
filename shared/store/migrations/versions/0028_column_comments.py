"""What every column of the views means."""

from pathlib import Path

from alembic import op

from shared.store.migrations.views import restore_views

revision = "0028"
down_revision = "0027"

SQL = Path(__file__).parents[1] / "sql"
VIEWS = [
    "alerts",
    "decisions",
    "deliveries",
    "endpoints",
    "failing_bodies",
    "feed_cards",
    "feed_events",
    "feed_settings",
    "feeds",
    "fetches",
    "gaps",
    "habits",
    "hosts",
    "languages",
    "ledger",
    "matches",
    "polls",
    "releases",
    "revisions",
    "robots",
    "sightings",
    "story_links",
    "subscriptions",
    "topics",
]


def upgrade() -> None:
    op.get_bind().exec_driver_sql(
        (SQL / "0028_column_comments.sql").read_text(encoding="utf-8").replace("%", "%%")
    )


def downgrade() -> None:
    restore_views(revision, *VIEWS)
