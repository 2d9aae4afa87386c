"""Stories: which releases tell the same thing, in other languages or other words."""

from pathlib import Path

from alembic import op

revision = "0011"
down_revision = "0010"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    op.get_bind().exec_driver_sql((SQL / "0011_stories.sql").read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    op.execute("""
        DROP VIEW public.story_links;
        CREATE OR REPLACE VIEW public.releases AS
        SELECT r.id, v.title, v.summary, v.body, v.language, v.dateline, r.publisher, core.masked_url(r.url) AS url,
            r.published_claim,
            CASE WHEN r.published_at <= r.first_seen_at THEN r.published_at ELSE r.first_seen_at END AS published_at,
            r.published_doubt, r.first_seen_at, r.updated_at, r.revision,
            (SELECT count(DISTINCT s.feed_id) FROM core.sightings s WHERE s.release_id = r.id)::integer AS feed_count,
            r.story_id, r.tags, r.media, r.text_source, r.text_detail, r.embargo_until
        FROM core.releases r
        JOIN core.revisions v ON v.release_id = r.id AND v.revision = r.revision;
        DROP TABLE core.story_links, core.translations;
        DROP INDEX core.releases_story;
    """)
