"""When each topic changed, in versions of what is watched: a worker reads only what changed since its own."""

from alembic import op

from shared.store.migrations.indexes import build_index

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.execute("ALTER TABLE core.topics ADD COLUMN IF NOT EXISTS changed_version bigint NOT NULL DEFAULT 1")
    build_index("topics_changed", "topics", "(changed_version)")
    op.execute("""
        -- Here and not in each writer: one that forgot it would watch for what nobody watches any more.
        CREATE FUNCTION core.note_topic_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            NEW.changed_version := (SELECT version FROM core.topic_version);
            RETURN NEW;
        END $$;
        CREATE TRIGGER topics_changed BEFORE INSERT OR UPDATE OF name, query, version, removed_at ON core.topics
            FOR EACH ROW EXECUTE FUNCTION core.note_topic_change();
    """)


def downgrade() -> None:
    op.execute("""
        DROP TRIGGER topics_changed ON core.topics;
        DROP FUNCTION core.note_topic_change;
        ALTER TABLE core.topics DROP COLUMN changed_version;
    """)
