ALTER TABLE core.subscriptions
    ADD CHECK ((quiet_from IS NULL) = (quiet_to IS NULL)),
    ADD CHECK (quiet_from <> quiet_to),
    ADD CHECK (digest_at IS NULL OR gather = interval '0'),
    -- A zone that only Python knows would stop every claim.
    ADD CHECK (timestamptz '2000-01-01' AT TIME ZONE zone IS NOT NULL);

-- What a held alert will tell, as it was when it matched; the message that tells it has it from then on.
ALTER TABLE core.alerts ADD COLUMN telling json, ADD CHECK ((telling IS NOT NULL) = (state IS NOT DISTINCT FROM 'held'));

CREATE FUNCTION core.is_silent(muted_until timestamptz, zone text, quiet_from time, quiet_to time)
RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(muted_until > now(), false) OR CASE
        WHEN quiet_from IS NULL THEN false
        WHEN quiet_from < quiet_to
        THEN (now() AT TIME ZONE zone)::time >= quiet_from AND (now() AT TIME ZONE zone)::time < quiet_to
        ELSE (now() AT TIME ZONE zone)::time >= quiet_from OR (now() AT TIME ZONE zone)::time < quiet_to END
$$;

-- What may be sent now: nothing of a subscription that is silent, nor what has outlived its time.
CREATE VIEW core.due_messages AS
SELECT m.id, m.endpoint_id, m.webhook_id, m.format, m.payload, m.reason, m.attempts, m.refusals, m.suspect, m.next_attempt_at
FROM core.messages m
LEFT JOIN core.subscriptions s ON s.id = m.subscription_id
WHERE m.state = 'pending' AND m.next_attempt_at <= now() AND (m.expires_at IS NULL OR m.expires_at > now())
    AND (s.id IS NULL OR NOT core.is_silent(s.muted_until, s.zone, s.quiet_from, s.quiet_to));

CREATE OR REPLACE VIEW public.subscriptions AS
SELECT s.id, s.topic_id, coalesce(t.name, s.event) AS topic, s.endpoint_id, s.format, s.per, s.sequence,
    core.masked_url(e.url) AS url, e.state AS endpoint_state, s.created_at, s.event,
    CASE WHEN s.digest_at IS NOT NULL THEN 'digest' WHEN s.gather > interval '0' THEN 'gather' ELSE 'instant' END
        AS tells,
    (extract(epoch FROM s.gather) / 60)::integer AS gather_minutes, to_char(s.digest_at, 'HH24:MI') AS digest_at,
    s.zone, to_char(s.quiet_from, 'HH24:MI') AS quiet_from, to_char(s.quiet_to, 'HH24:MI') AS quiet_to,
    CASE WHEN s.muted_until > now() THEN s.muted_until END AS muted_until,
    extract(epoch FROM s.ttl)::integer AS ttl_seconds, s.held_until,
    (SELECT count(*) FROM core.alerts a WHERE a.subscription_id = s.id AND a.state = 'held')::integer AS held
FROM core.subscriptions s
LEFT JOIN core.topics t ON t.id = s.topic_id
JOIN core.endpoints e ON e.id = s.endpoint_id
WHERE s.removed_at IS NULL;

CREATE OR REPLACE VIEW public.alerts AS
SELECT a.id, a.message_id, a.subscription_id, a.topic_id, a.release_id, a.revision,
    CASE WHEN a.folded AND m.state = 'delivered' THEN 'folded' ELSE coalesce(m.state, a.state) END AS state,
    CASE WHEN a.reason <> '' THEN a.reason ELSE coalesce(m.reason, '') END AS reason,
    m.sequence, a.created_at,
    CASE WHEN a.state = 'held' THEN s.held_until ELSE m.next_attempt_at END AS next_attempt_at, m.told_at,
    CASE WHEN m.state = 'pending' THEN m.expires_at END AS expires_at
FROM core.alerts a
JOIN core.subscriptions s ON s.id = a.subscription_id
LEFT JOIN core.messages m ON m.id = a.message_id;

COMMENT ON COLUMN public.subscriptions.tells IS 'instant, gather (so many minutes after the first) or digest (once a day).';
COMMENT ON COLUMN public.subscriptions.quiet_from IS 'On the wall of the zone, from this minute on nothing is sent …';
COMMENT ON COLUMN public.subscriptions.quiet_to IS '… until this one; over midnight where it is the earlier.';
COMMENT ON COLUMN public.subscriptions.ttl_seconds IS 'After so long unsent a message is cancelled, reason expired.';
COMMENT ON COLUMN public.subscriptions.held_until IS 'When what is held is told; NULL where nothing is.';
COMMENT ON COLUMN public.alerts.next_attempt_at IS 'When it is sent next, or when what is held is told.';
