-- What a person decided on what is one release; it holds against every later sighting.
CREATE TABLE core.decisions (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    kind text NOT NULL CHECK (kind IN ('merge', 'split', 'erase')),
    release_id uuid NOT NULL,
    other_id uuid,
    detail jsonb NOT NULL DEFAULT '{}',
    decided_at timestamptz NOT NULL DEFAULT now()
);

-- The digests of erased releases, and nothing else of them.
CREATE TABLE core.erased (
    kind text NOT NULL,
    digest bytea NOT NULL,
    erased_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (kind, digest)
);

CREATE OR REPLACE VIEW public.releases AS
SELECT r.id, v.title, v.summary, v.body, v.language, v.dateline, r.publisher, core.masked_url(r.url) AS url,
    r.published_claim,
    CASE WHEN r.published_at <= r.first_seen_at THEN r.published_at ELSE r.first_seen_at END AS published_at,
    r.published_doubt, r.first_seen_at, r.updated_at, r.revision,
    (SELECT count(DISTINCT s.feed_id) FROM core.sightings s WHERE s.release_id = r.id)::integer AS feed_count,
    coalesce(r.story_id, r.id) AS story_id, r.tags, r.media, r.text_source, r.text_detail, r.embargo_until,
    r.withdrawn_at, CASE WHEN r.withdrawn_at IS NULL THEN '' ELSE r.withdrawn_reason END AS withdrawn_reason
FROM core.releases r
JOIN core.revisions v ON v.release_id = r.id AND v.revision = r.revision
WHERE r.merged_into IS NULL AND r.erased_at IS NULL;

CREATE VIEW public.decisions AS
SELECT decided_at, kind, release_id, other_id, detail FROM core.decisions;
COMMENT ON VIEW public.decisions IS 'What a person merged, split and erased; each holds against later sightings.';
GRANT SELECT ON public.decisions TO tocsin_reader;
