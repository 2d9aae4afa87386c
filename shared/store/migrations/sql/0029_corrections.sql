-- Of a correction, what was watched when its release, or one that was merged into it by then, matched last: it is
-- owed to the subscriptions made until then. Written down, for a merge may come after it, or be undone.
ALTER TABLE core.matches ADD COLUMN corrects_version bigint;

-- An alert that was made for one tells that its subscription had been told, of a merged release perhaps.
UPDATE core.matches m SET corrects_version = greatest(
    (SELECT max(told.watched_version) FROM core.matches told
     WHERE told.topic_id = m.topic_id AND told.release_id = m.release_id AND told.revision < m.revision
       AND told.evidence IS NOT NULL),
    (SELECT max(s.since_version) FROM core.alerts a JOIN core.subscriptions s ON s.id = a.subscription_id
     WHERE a.release_id = m.release_id AND a.revision = m.revision AND a.topic_id = m.topic_id))
WHERE m.evidence IS NULL;

CREATE OR REPLACE VIEW public.ledger AS
SELECT s.id AS subscription_id, t.name AS topic, c.matched, a.delivered, a.accepted, a.held, a.folded,
    a.pending, a.dead, a.cancelled,
    c.matched - (a.delivered + a.accepted + a.held + a.folded + a.pending + a.dead + a.cancelled) AS missing
FROM core.subscriptions s
JOIN core.topics t ON t.id = s.topic_id
CROSS JOIN LATERAL (
    SELECT count(*) AS matched
    FROM core.matches m
    WHERE m.topic_id = s.topic_id AND m.watched_version >= s.since_version
      AND (m.evidence IS NOT NULL OR m.corrects_version >= s.since_version)
) c
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE state = 'delivered') AS delivered,
        count(*) FILTER (WHERE state = 'accepted') AS accepted,
        count(*) FILTER (WHERE state = 'held') AS held,
        count(*) FILTER (WHERE state = 'folded') AS folded,
        count(*) FILTER (WHERE state = 'pending') AS pending,
        count(*) FILTER (WHERE state = 'dead') AS dead,
        count(*) FILTER (WHERE state = 'cancelled') AS cancelled
    FROM public.alerts
    WHERE subscription_id = s.id
) a
WHERE s.removed_at IS NULL;
