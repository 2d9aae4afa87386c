"""Decisions of a person: what is one release, what is two, and what is erased."""

from pathlib import Path

from alembic import op

revision = "0024"
down_revision = "0023"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    op.get_bind().exec_driver_sql((SQL / "0024_decisions.sql").read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    op.execute("""
        DROP VIEW public.decisions;
        CREATE OR REPLACE VIEW public.releases AS
        SELECT r.id, v.title, v.summary, v.body, v.language, v.dateline, r.publisher, core.masked_url(r.url) AS url,
            r.published_claim,
            CASE WHEN r.published_at <= r.first_seen_at THEN r.published_at ELSE r.first_seen_at END AS published_at,
            r.published_doubt, r.first_seen_at, r.updated_at, r.revision,
            (SELECT count(DISTINCT s.feed_id) FROM core.sightings s WHERE s.release_id = r.id)::integer AS feed_count,
            coalesce(r.story_id, r.id) AS story_id, r.tags, r.media, r.text_source, r.text_detail, r.embargo_until,
            r.withdrawn_at, CASE WHEN r.withdrawn_at IS NULL THEN '' ELSE r.withdrawn_reason END AS withdrawn_reason
        FROM core.releases r
        JOIN core.revisions v ON v.release_id = r.id AND v.revision = r.revision;
        DROP TABLE core.decisions, core.erased;
        ALTER TABLE core.sightings DROP COLUMN by_hand, DROP COLUMN merged_from;
        ALTER TABLE core.releases DROP COLUMN merged_into, DROP COLUMN erased_at;
    """)
