"""Decisions of a person: what is one release, what is two, and what is erased."""

from pathlib import Path

from alembic import op

from shared.store.migrations.indexes import build_index
from shared.store.migrations.views import restore_views

revision = "0024"
down_revision = "0023"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    # A release that was merged into another keeps its texts, matches and alerts, and is shown no more. A sighting that
    # a person put where it is stays there, whatever its entry says; `merged_from`: where it was.
    op.execute("""
        ALTER TABLE core.releases
            ADD COLUMN IF NOT EXISTS merged_into uuid REFERENCES core.releases,
            ADD COLUMN IF NOT EXISTS erased_at timestamptz;
        ALTER TABLE core.sightings
            ADD COLUMN IF NOT EXISTS by_hand boolean NOT NULL DEFAULT false,
            ADD COLUMN IF NOT EXISTS merged_from uuid;
    """)
    build_index("releases_merged", "releases", "(merged_into) WHERE merged_into IS NOT NULL")
    build_index("sightings_by_hand", "sightings", "(feed_id, entry_key) WHERE by_hand")
    op.get_bind().exec_driver_sql((SQL / "0024_decisions.sql").read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    op.execute("DROP VIEW public.decisions")
    restore_views(revision, "releases")
    # The older schema cannot hide a release: what was merged is shown again, what was erased goes with its alerts.
    op.execute("""
        ALTER TABLE core.releases DROP COLUMN merged_into;
        DELETE FROM core.releases WHERE erased_at IS NOT NULL;
        ALTER TABLE core.releases DROP COLUMN erased_at;
        ALTER TABLE core.sightings DROP COLUMN by_hand, DROP COLUMN merged_from;
        DROP TABLE core.decisions, core.erased;
    """)
