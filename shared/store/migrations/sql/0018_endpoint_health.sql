-- May it be sent to now? One that was disabled for its failures is probed when its pause is over.
CREATE FUNCTION core.is_open(e core.endpoints) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT (e.state <> 'disabled' OR e.paused_until IS NOT NULL) AND coalesce(e.paused_until <= now(), true)
        AND coalesce(e.next_send_at <= now(), true) AND coalesce(e.leased_until < now(), true)
$$;

CREATE OR REPLACE VIEW public.endpoints AS
SELECT id, core.masked_url(url) AS url, state, reason, paused_until, failures, failing_since, created_at,
    concurrency, rate, fallback_id,
    CASE WHEN state <> 'disabled' THEN failing_since + interval '5 days' END AS disabled_at,
    (SELECT count(*) FROM core.messages m WHERE m.endpoint_id = e.id AND m.state = 'pending')::integer AS owed
FROM core.endpoints e;

COMMENT ON COLUMN public.endpoints.concurrency IS 'How many posts are under way to it at most.';
COMMENT ON COLUMN public.endpoints.rate IS 'How many posts a second are started at most; NULL: no limit.';
COMMENT ON COLUMN public.endpoints.fallback_id IS 'The endpoint that is told when this one fails.';
COMMENT ON COLUMN public.endpoints.disabled_at IS 'When it is disabled if it goes on failing.';
COMMENT ON COLUMN public.endpoints.owed IS 'Messages that wait for it.';
COMMENT ON COLUMN public.endpoints.paused_until IS 'No request starts before; of a disabled one, its next probe.';
