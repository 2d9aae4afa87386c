ALTER TABLE core.endpoints ADD CHECK ((heartbeat IS NULL) = (heartbeat_due_at IS NULL));

-- The last check of the ledger.
CREATE TABLE core.ledger_check (
    one_row boolean PRIMARY KEY DEFAULT true CHECK (one_row),
    checked_at timestamptz,
    missing bigint NOT NULL DEFAULT 0
);
INSERT INTO core.ledger_check DEFAULT VALUES;

CREATE OR REPLACE VIEW public.endpoints AS
SELECT id, core.masked_url(url) AS url, state, reason, paused_until, failures, failing_since, created_at,
    concurrency, rate, fallback_id,
    CASE WHEN state <> 'disabled' THEN failing_since + interval '5 days' END AS disabled_at,
    (SELECT count(*) FROM core.messages m WHERE m.endpoint_id = e.id AND m.state = 'pending')::integer AS owed,
    extract(epoch FROM heartbeat)::integer AS heartbeat_seconds, heartbeat_due_at
FROM core.endpoints e;

CREATE OR REPLACE VIEW public.deliveries AS
SELECT d.message_id, m.webhook_id, d.endpoint_id, d.attempt, d.started_at, d.outcome, d.status, d.ms, d.error,
    d.answer
FROM core.deliveries d
JOIN core.messages m ON m.id = d.message_id;

COMMENT ON COLUMN public.endpoints.heartbeat_due_at IS 'When its next heartbeat is due; late while every feed is dead.';
COMMENT ON COLUMN public.deliveries.answer IS 'The first 1,000 bytes of what it answered.';
