-- The addresses that a release's page names as its translations, to be found when these are stored later.
CREATE TABLE core.translations (
    digest bytea NOT NULL,
    release_id uuid NOT NULL REFERENCES core.releases ON DELETE CASCADE,
    language text NOT NULL,
    PRIMARY KEY (digest, release_id)
);
CREATE INDEX translations_release ON core.translations (release_id);

-- Why two releases are of one story: the later one first.
CREATE TABLE core.story_links (
    release_id uuid NOT NULL REFERENCES core.releases ON DELETE CASCADE,
    sibling_id uuid NOT NULL REFERENCES core.releases ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('translation', 'rewrite')),
    reason text NOT NULL,
    linked_at timestamptz NOT NULL,
    PRIMARY KEY (release_id, sibling_id)
);
CREATE INDEX story_links_sibling ON core.story_links (sibling_id);

CREATE OR REPLACE VIEW public.releases AS
SELECT r.id, v.title, v.summary, v.body, v.language, v.dateline, r.publisher, core.masked_url(r.url) AS url,
    r.published_claim,
    CASE WHEN r.published_at <= r.first_seen_at THEN r.published_at ELSE r.first_seen_at END AS published_at,
    r.published_doubt, r.first_seen_at, r.updated_at, r.revision,
    (SELECT count(DISTINCT s.feed_id) FROM core.sightings s WHERE s.release_id = r.id)::integer AS feed_count,
    coalesce(r.story_id, r.id) AS story_id, r.tags, r.media, r.text_source, r.text_detail, r.embargo_until
FROM core.releases r
JOIN core.revisions v ON v.release_id = r.id AND v.revision = r.revision;

CREATE VIEW public.story_links AS
SELECT release_id, sibling_id, kind, reason, linked_at FROM core.story_links
UNION ALL
SELECT sibling_id, release_id, kind, reason, linked_at FROM core.story_links;
COMMENT ON VIEW public.story_links IS 'Which releases tell the same story, from either side, and why.';
COMMENT ON COLUMN public.releases.story_id IS 'The id of the release that told this story first, of translations and rewrites too.';
GRANT SELECT ON public.story_links TO tocsin_reader;
