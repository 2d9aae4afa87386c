"""Withdrawals: when, and with what words, a release was taken back."""

from pathlib import Path

from alembic import op

revision = "0023"
down_revision = "0022"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    op.get_bind().exec_driver_sql((SQL / "0023_withdrawals.sql").read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    op.execute("""
        DROP VIEW public.releases;
        CREATE VIEW public.releases AS
        SELECT r.id, v.title, v.summary, v.body, v.language, v.dateline, r.publisher, core.masked_url(r.url) AS url,
            r.published_claim,
            CASE WHEN r.published_at <= r.first_seen_at THEN r.published_at ELSE r.first_seen_at END AS published_at,
            r.published_doubt, r.first_seen_at, r.updated_at, r.revision,
            (SELECT count(DISTINCT s.feed_id) FROM core.sightings s WHERE s.release_id = r.id)::integer AS feed_count,
            coalesce(r.story_id, r.id) AS story_id, r.tags, r.media, r.text_source, r.text_detail, r.embargo_until
        FROM core.releases r
        JOIN core.revisions v ON v.release_id = r.id AND v.revision = r.revision;
        COMMENT ON VIEW public.releases IS 'Press releases, each once, in their latest revision.';
        GRANT SELECT ON public.releases TO tocsin_reader;
        ALTER TABLE core.releases DROP COLUMN withdrawn_at, DROP COLUMN withdrawn_reason;
    """)
