"""An index for `search()`, and the hours that topics count what they have read from."""

from pathlib import Path

from alembic import op

from shared.store.migrations.views import restore_views

revision = "0010"
down_revision = "0009"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    op.get_bind().exec_driver_sql((SQL / "0010_search.sql").read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    restore_views(revision, "topics")
    op.execute("""
        DROP TRIGGER releases_counted ON core.releases;
        DROP TRIGGER releases_uncounted ON core.releases;
        DROP TRIGGER revisions_to_search ON core.revisions;
        DROP TRIGGER revisions_changed ON core.revisions;
        DROP FUNCTION core.count_releases, core.note_search_text;
        DROP TABLE core.release_hours, core.search_texts;
        DROP FUNCTION public.search(text, text, integer);
        DROP FUNCTION core.search_words, core.search_configuration;
        CREATE FUNCTION public.search(query text, lang text DEFAULT NULL)
        RETURNS TABLE (id uuid, title text, language text, publisher text, url text, published_at timestamptz,
            first_seen_at timestamptz, rank real, snippet text)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
            SELECT r.id, r.title, r.language, r.publisher, r.url, r.published_at, r.first_seen_at,
                ts_rank(to_tsvector('simple', r.title || ' ' || r.body), q) AS rank,
                ts_headline('simple', r.body, q, 'MaxFragments=1,MaxWords=30,MinWords=10,StartSel=«,StopSel=»')
            FROM public.releases r, websearch_to_tsquery('simple', query) AS q
            WHERE to_tsvector('simple', r.title || ' ' || r.body) @@ q AND (lang IS NULL OR r.language = lang)
            ORDER BY rank DESC, r.first_seen_at DESC
        $$;
        COMMENT ON FUNCTION public.search(text, text) IS
            'Full-text search in websearch syntax: a convenience, not the matcher.';
        GRANT EXECUTE ON FUNCTION public.search(text, text) TO tocsin_reader;
    """)
