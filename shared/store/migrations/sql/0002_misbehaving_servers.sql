-- Why no conditional requests are sent to a feed; '' while they are.
ALTER TABLE core.feeds ADD COLUMN conditions_off text NOT NULL DEFAULT '';
-- What a person has set for this feed alone: `shared.domain.polling.feed_options`.
ALTER TABLE core.feeds ADD COLUMN options jsonb NOT NULL DEFAULT '{}';

-- What came in place of a feed the last time, so that a person can look; `start` holds at most 64 kB of it.
CREATE TABLE core.failing_bodies (
    feed_id uuid PRIMARY KEY REFERENCES core.feeds ON DELETE CASCADE,
    failed_at timestamptz NOT NULL,
    outcome text NOT NULL,
    status integer NOT NULL,
    content_type text,
    url text NOT NULL,
    bytes integer NOT NULL,
    start bytea NOT NULL
);

CREATE VIEW public.feed_settings AS
SELECT f.id AS feed_id,
    (SELECT coalesce(jsonb_object_agg(o.key, CASE
            WHEN o.key IN ('headers', 'cookies')
            THEN (SELECT jsonb_object_agg(name, '***') FROM jsonb_object_keys(o.value) AS name)
            ELSE o.value END), '{}')
     FROM jsonb_each(f.options) AS o) AS options,
    f.conditions_off
FROM core.feeds f
WHERE f.removed_at IS NULL;

CREATE VIEW public.failing_bodies AS
SELECT feed_id, failed_at, outcome, status, content_type, core.masked_url(url) AS url, bytes,
    encode(start, 'escape') AS start
FROM core.failing_bodies;

COMMENT ON VIEW public.feed_settings IS
    'What was set for one feed alone, headers and cookies masked, and why no conditional requests are sent to it.';
COMMENT ON VIEW public.failing_bodies IS
    'What a feed answered at its last failure: the first 64 kB, bytes outside ASCII in octal.';
