"""Since when a subscription must have been made to have been told what a correction undoes."""

from pathlib import Path

from alembic import op

from shared.store.migrations.views import restore_views

revision = "0029"
down_revision = "0028"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    op.get_bind().exec_driver_sql(
        (SQL / "0029_corrections.sql").read_text(encoding="utf-8").replace("%", "%%")
    )


def downgrade() -> None:
    restore_views(revision, "ledger")
    op.execute("ALTER TABLE core.matches DROP COLUMN corrects_version")
