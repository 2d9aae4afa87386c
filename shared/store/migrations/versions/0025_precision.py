"""How exactly a release says when it was published."""

from pathlib import Path

from alembic import op

from shared.store.migrations.views import restore_views

revision = "0025"
down_revision = "0024"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    op.get_bind().exec_driver_sql((SQL / "0025_precision.sql").read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    restore_views(revision, "releases")
    op.execute("ALTER TABLE core.releases DROP COLUMN published_precision")
