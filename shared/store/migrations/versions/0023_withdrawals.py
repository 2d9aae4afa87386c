"""Withdrawals: when, and with what words, a release was taken back."""

from pathlib import Path

from alembic import op

from shared.store.migrations.views import restore_views

revision = "0023"
down_revision = "0022"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    op.get_bind().exec_driver_sql((SQL / "0023_withdrawals.sql").read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    restore_views(revision, "releases")
    op.execute("ALTER TABLE core.releases DROP COLUMN withdrawn_at, DROP COLUMN withdrawn_reason")
