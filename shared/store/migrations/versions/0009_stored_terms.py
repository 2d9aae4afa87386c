"""The terms of each revision, by which a topic finds the stored releases that it may ring for."""

from pathlib import Path

from alembic import op

from shared.store.migrations.indexes import build_index

revision = "0009"
down_revision = "0008"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    build_index("revisions_made", "revisions", "(made_at)")
    op.get_bind().exec_driver_sql((SQL / "0009_stored_terms.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    op.execute("DROP INDEX core.revisions_made; DROP TABLE core.read_texts")
