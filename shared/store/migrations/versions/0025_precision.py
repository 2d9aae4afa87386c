"""How exactly a release says when it was published."""

from pathlib import Path

from alembic import op

revision = "0025"
down_revision = "0024"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    op.get_bind().exec_driver_sql((SQL / "0025_precision.sql").read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    # A view cannot lose a column that it shows: the column stays until the view that shows it goes.
    op.execute("UPDATE core.releases SET published_precision = ''")
