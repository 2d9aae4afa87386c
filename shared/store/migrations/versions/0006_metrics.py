"""What processes count, summed for `/metrics`."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE core.metrics (
            name text NOT NULL,
            labels jsonb NOT NULL,
            value double precision NOT NULL,
            PRIMARY KEY (name, labels)
        )
    """)


def downgrade() -> None:
    op.execute("DROP TABLE core.metrics")
