"""Hosts that asked to wait."""

from pathlib import Path

from alembic import op

revision = "0017"
down_revision = "0016"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    op.get_bind().exec_driver_sql((SQL / "0017_waits.sql").read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    op.execute("DROP VIEW public.hosts")
    op.execute("ALTER TABLE core.hosts DROP COLUMN waits_until, DROP COLUMN waits_why")
