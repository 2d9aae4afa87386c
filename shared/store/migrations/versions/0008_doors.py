"""The doors of chats: the form a message was frozen in, and every shape of a hook's address masked."""

from pathlib import Path

from alembic import op

revision = "0008"
down_revision = "0007"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    op.get_bind().exec_driver_sql((SQL / "0008_doors.sql").read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    op.get_bind().exec_driver_sql(r"""
        CREATE OR REPLACE FUNCTION core.masked_url(url text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
            SELECT regexp_replace(
                regexp_replace(
                    regexp_replace(url, '^([a-z][a-z0-9+.-]*://)[^/?#@]*@', '\1***@', 'i'),
                    '([?&][^=&#]*)=[^&#]*', '\1=***', 'g'),
                '^(https?://(?:hooks\.slack\.com|(?:[a-z0-9-]+\.)?discord(?:app)?\.com/api/webhooks|[^/]*\.(?:webhook\.office|logic\.azure|powerplatform)\.com)/).*$',
                '\1***', 'i')
        $$;
        DROP FUNCTION core.door_format(uuid);
        UPDATE core.subscriptions SET format = 'teams' WHERE format = 'teams-card';
        ALTER TABLE core.subscriptions DROP CONSTRAINT subscriptions_format_check,
            ADD CONSTRAINT subscriptions_format_check CHECK (format IN ('standard', 'slack', 'discord', 'teams'));
        ALTER TABLE core.messages DROP COLUMN format;
    """)
