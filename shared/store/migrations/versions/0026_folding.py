"""Alerts of a story that a subscription has been told already: which alert told it first."""

from pathlib import Path

from alembic import op

from shared.store.migrations.indexes import build_index

revision = "0026"
down_revision = "0025"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    # The alert that told the story first, of one that was folded into it.
    op.execute("""
        ALTER TABLE core.alerts
            ADD COLUMN IF NOT EXISTS folded_into uuid REFERENCES core.alerts ON DELETE CASCADE
    """)
    build_index("alerts_folded", "alerts", "(folded_into) WHERE folded_into IS NOT NULL")
    op.get_bind().exec_driver_sql((SQL / "0026_folding.sql").read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    # The older schema folds nothing: what was folded counts as told by its message, what is held tells by itself.
    op.execute("""
        UPDATE core.alerts SET folded = false WHERE folded;
        ALTER TABLE core.alerts DROP COLUMN folded_into;
    """)
