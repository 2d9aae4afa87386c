-- Until when a feed is paused; for good where it is null.
ALTER TABLE core.feeds ADD COLUMN paused_until timestamptz;

-- A proxy's address may hold its password; certificates are no secret, and long.
CREATE OR REPLACE VIEW public.feed_settings AS
SELECT f.id AS feed_id,
    (SELECT coalesce(jsonb_object_agg(o.key, CASE
            WHEN o.key IN ('headers', 'cookies')
            THEN (SELECT jsonb_object_agg(name, '***') FROM jsonb_object_keys(o.value) AS name)
            WHEN o.key = 'proxy' THEN to_jsonb(core.masked_url(o.value #>> '{}'))
            WHEN o.key = 'trust' AND o.value #>> '{}' NOT LIKE 'sha256:%' THEN to_jsonb('certificates'::text)
            ELSE o.value END), '{}')
     FROM jsonb_each(f.options) AS o) AS options,
    f.conditions_off, f.paused_until
FROM core.feeds f
WHERE f.removed_at IS NULL;
