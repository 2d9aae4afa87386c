"""Decisions of a person: what is one release, what is two, and what is erased."""

from pathlib import Path

from alembic import op

from shared.store.migrations.views import restore_views

revision = "0024"
down_revision = "0023"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
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
