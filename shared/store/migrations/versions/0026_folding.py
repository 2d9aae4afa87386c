"""Alerts of a story that a subscription has been told already: which alert told it first."""

from pathlib import Path

from alembic import op

revision = "0026"
down_revision = "0025"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    op.get_bind().exec_driver_sql((SQL / "0026_folding.sql").read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    # The older schema folds nothing: what was folded counts as told by its message, what is held tells by itself.
    op.execute("""
        UPDATE core.alerts SET folded = false WHERE folded;
        ALTER TABLE core.alerts DROP COLUMN folded_into;
    """)
