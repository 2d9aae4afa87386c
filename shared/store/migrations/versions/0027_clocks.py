"""By how much the clocks of receivers differ from ours."""

from pathlib import Path

from alembic import op

from shared.store.migrations.views import restore_views

revision = "0027"
down_revision = "0026"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    op.get_bind().exec_driver_sql((SQL / "0027_clocks.sql").read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    restore_views(revision, "endpoints")
    op.execute("ALTER TABLE core.endpoints DROP COLUMN clock_ahead_seconds")
