ALTER TABLE core.endpoints ADD COLUMN clock_ahead_seconds integer;

CREATE OR REPLACE VIEW public.endpoints AS
SELECT id, core.masked_url(url) AS url, state, reason, paused_until, failures, failing_since, created_at,
    concurrency, rate, fallback_id,
    CASE WHEN state <> 'disabled' THEN failing_since + interval '5 days' END AS disabled_at,
    (SELECT count(*) FROM core.messages m WHERE m.endpoint_id = e.id AND m.state = 'pending')::integer AS owed,
    extract(epoch FROM heartbeat)::integer AS heartbeat_seconds, heartbeat_due_at, clock_ahead_seconds
FROM core.endpoints e;

COMMENT ON COLUMN public.endpoints.clock_ahead_seconds IS
    'By how much its clock is ahead of ours (behind: negative), where that is over a minute.';
