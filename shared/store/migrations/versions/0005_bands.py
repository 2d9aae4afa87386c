"""The bands by which near copies of a release are found, and the site that a release came from."""

from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0004"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    op.get_bind().exec_driver_sql((SQL / "0005_bands.sql").read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    op.execute("""
        DROP TRIGGER forget_bands ON core.releases;
        DROP FUNCTION core.forget_bands();
        DROP TABLE core.bands;
        ALTER TABLE core.releases DROP COLUMN site, DROP COLUMN bands;
    """)
