"""Holding: when a subscription may be told, what it holds until then, and how long a message is good for."""

from pathlib import Path

from alembic import op

from shared.store.migrations.indexes import build_index
from shared.store.migrations.views import restore_views

revision = "0014"
down_revision = "0013"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    # When a subscription may be told, and until when it holds what it has: `shared.domain.alerts.holding`.
    op.execute("""
        ALTER TABLE core.subscriptions
            ADD COLUMN IF NOT EXISTS gather interval NOT NULL DEFAULT interval '0' CHECK (gather >= interval '0'),
            ADD COLUMN IF NOT EXISTS digest_at time,
            ADD COLUMN IF NOT EXISTS zone text NOT NULL DEFAULT 'UTC',
            ADD COLUMN IF NOT EXISTS quiet_from time,
            ADD COLUMN IF NOT EXISTS quiet_to time,
            ADD COLUMN IF NOT EXISTS muted_until timestamptz,
            ADD COLUMN IF NOT EXISTS ttl interval CHECK (ttl > interval '0'),
            ADD COLUMN IF NOT EXISTS held_until timestamptz;
        ALTER TABLE core.messages ADD COLUMN IF NOT EXISTS expires_at timestamptz;
    """)
    build_index("subscriptions_holding", "subscriptions", "(held_until) WHERE held_until IS NOT NULL")
    build_index("alerts_held", "alerts", "(subscription_id, id) WHERE state = 'held'")
    build_index("messages_expiring", "messages", "(expires_at) WHERE state = 'pending' AND expires_at IS NOT NULL")
    op.get_bind().exec_driver_sql((SQL / "0014_holding.sql").read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    op.execute("DROP VIEW core.due_messages")
    restore_views(revision, "subscriptions", "alerts", "ledger")
    # Nothing of the older schema tells what is held: it is cancelled and says why, so that the ledger adds up.
    op.execute("""
        DROP INDEX core.alerts_held;
        ALTER TABLE core.alerts DROP COLUMN telling;
        UPDATE core.alerts SET state = 'cancelled', reason = 'held when the schema went back' WHERE state = 'held';
        ALTER TABLE core.messages DROP COLUMN expires_at;
        ALTER TABLE core.subscriptions DROP COLUMN gather, DROP COLUMN digest_at, DROP COLUMN zone,
            DROP COLUMN quiet_from, DROP COLUMN quiet_to, DROP COLUMN muted_until, DROP COLUMN ttl,
            DROP COLUMN held_until;
        DROP FUNCTION core.is_silent(timestamptz, text, time, time);
    """)
