"""Concepts of the user's own, beside the built-in lexicon."""

from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE core.concepts (
            id text PRIMARY KEY,
            definition text NOT NULL DEFAULT '',
            broader text[] NOT NULL DEFAULT '{}',
            -- Pairs of a language and a phrase, in their order.
            phrases jsonb NOT NULL,
            version integer NOT NULL DEFAULT 1,
            changed_version bigint NOT NULL
        );
    """)


def downgrade() -> None:
    op.execute("DROP TABLE core.concepts")
