ALTER TABLE core.releases ADD COLUMN published_precision text NOT NULL DEFAULT ''
    CHECK (published_precision IN ('', 'day', 'instant'));

CREATE OR REPLACE VIEW public.releases AS
SELECT r.id, v.title, v.summary, v.body, v.language, v.dateline, r.publisher, core.masked_url(r.url) AS url,
    r.published_claim,
    CASE WHEN r.published_at <= r.first_seen_at THEN r.published_at ELSE r.first_seen_at END AS published_at,
    r.published_doubt, r.first_seen_at, r.updated_at, r.revision,
    (SELECT count(DISTINCT s.feed_id) FROM core.sightings s WHERE s.release_id = r.id)::integer AS feed_count,
    coalesce(r.story_id, r.id) AS story_id, r.tags, r.media, r.text_source, r.text_detail, r.embargo_until,
    r.withdrawn_at, CASE WHEN r.withdrawn_at IS NULL THEN '' ELSE r.withdrawn_reason END AS withdrawn_reason,
    r.published_precision
FROM core.releases r
JOIN core.revisions v ON v.release_id = r.id AND v.revision = r.revision
WHERE r.merged_into IS NULL AND r.erased_at IS NULL;

COMMENT ON COLUMN public.releases.published_precision IS
    'instant: the claim names a time of its day; day: it does not; empty: it is absent or not believed.';
COMMENT ON COLUMN public.releases.embargo_until IS 'The instant before which it must not be published, where its text names one.';
