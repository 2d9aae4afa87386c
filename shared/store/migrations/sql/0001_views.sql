-- Masks what a URL may keep secret: userinfo, the values of its query, the path of a chat hook.
CREATE FUNCTION core.masked_url(url text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT regexp_replace(
        regexp_replace(
            regexp_replace(url, '^([a-z][a-z0-9+.-]*://)[^/?#@]*@', '\1***@', 'i'),
            '([?&][^=&#]*)=[^&#]*', '\1=***', 'g'),
        '^(https?://(?:hooks\.slack\.com|(?:[a-z0-9-]+\.)?discord(?:app)?\.com/api/webhooks|[^/]*\.(?:webhook\.office|logic\.azure|powerplatform)\.com)/).*$',
        '\1***', 'i')
$$;

CREATE VIEW public.releases AS
SELECT r.id, v.title, v.summary, v.body, v.language, v.dateline, r.publisher, core.masked_url(r.url) AS url,
    r.published_claim,
    CASE WHEN r.published_at <= r.first_seen_at THEN r.published_at ELSE r.first_seen_at END AS published_at,
    r.published_doubt, r.first_seen_at, r.updated_at, r.revision,
    (SELECT count(DISTINCT s.feed_id) FROM core.sightings s WHERE s.release_id = r.id)::integer AS feed_count,
    r.story_id, r.tags, r.media, r.text_source, r.text_detail, r.embargo_until
FROM core.releases r
JOIN core.revisions v ON v.release_id = r.id AND v.revision = r.revision;

CREATE VIEW public.revisions AS
SELECT release_id, revision, title, body, dateline, language, zones, made_at, changes FROM core.revisions;

CREATE VIEW public.sightings AS
SELECT release_id, feed_id, guid, core.masked_url(url) AS url, first_seen_at, last_seen_at, reason
FROM core.sightings;

CREATE VIEW public.feeds AS
SELECT id, core.masked_url(url) AS url, title, state, folder, kind, language, item_count, failures,
    last_polled_at, last_changed_at, last_outcome, last_detail, next_poll_at, trusts_guids, created_at
FROM core.feeds
WHERE removed_at IS NULL;

CREATE VIEW public.polls AS
SELECT feed_id, started_at, outcome, status, ms, bytes, entries, new_entries, overlap, detail FROM core.polls;

CREATE VIEW public.gaps AS SELECT feed_id, from_at, to_at, reason FROM core.gaps;

CREATE VIEW public.fetches AS
SELECT id, feed_id, fetched_at, state, attempts, entries, new, revised, copies, seen, settling, refused,
    failed, detail
FROM core.fetches;

CREATE VIEW public.topics AS
SELECT t.id, t.name, t.query, t.version, t.last_rang_at,
    (SELECT count(*) FROM core.releases r
     WHERE r.first_seen_at > coalesce(t.last_rang_at, t.created_at))::integer AS releases_read_since,
    (SELECT count(*) FROM core.feeds f
     WHERE f.removed_at IS NULL AND f.state = 'active' AND f.failures = 0
       AND f.last_polled_at IS NOT NULL)::integer AS feeds_live,
    t.created_at
FROM core.topics t
WHERE t.removed_at IS NULL;

CREATE VIEW public.subscriptions AS
SELECT s.id, s.topic_id, t.name AS topic, s.endpoint_id, s.format, s.per, s.sequence,
    core.masked_url(e.url) AS url, e.state AS endpoint_state, s.created_at
FROM core.subscriptions s
JOIN core.topics t ON t.id = s.topic_id
JOIN core.endpoints e ON e.id = s.endpoint_id
WHERE s.removed_at IS NULL;

CREATE VIEW public.endpoints AS
SELECT id, core.masked_url(url) AS url, state, reason, paused_until, failures, failing_since, created_at
FROM core.endpoints;

CREATE VIEW public.matches AS
SELECT m.release_id, m.revision, m.topic_id, t.name AS topic, m.topic_version, m.evidence, m.snippet,
    m.matched_at
FROM core.matches m
JOIN core.topics t ON t.id = m.topic_id
WHERE m.evidence IS NOT NULL;

CREATE VIEW public.alerts AS
SELECT a.id, a.message_id, a.subscription_id, a.topic_id, a.release_id, a.revision,
    CASE WHEN a.folded AND m.state = 'delivered' THEN 'folded' ELSE coalesce(m.state, a.state) END AS state,
    CASE WHEN a.reason <> '' THEN a.reason ELSE coalesce(m.reason, '') END AS reason,
    m.sequence, a.created_at, m.next_attempt_at, m.told_at
FROM core.alerts a
LEFT JOIN core.messages m ON m.id = a.message_id;

CREATE VIEW public.deliveries AS
SELECT d.message_id, m.webhook_id, d.endpoint_id, d.attempt, d.started_at, d.outcome, d.status, d.ms, d.error
FROM core.deliveries d
JOIN core.messages m ON m.id = d.message_id;

-- `matched` is counted from the matches alone and the states from the alerts alone: `missing` is a proof.
CREATE VIEW public.ledger AS
SELECT s.id AS subscription_id, t.name AS topic, c.matched, a.delivered, a.accepted, a.held, a.folded,
    a.pending, a.dead, a.cancelled,
    c.matched - (a.delivered + a.accepted + a.held + a.folded + a.pending + a.dead + a.cancelled) AS missing
FROM core.subscriptions s
JOIN core.topics t ON t.id = s.topic_id
CROSS JOIN LATERAL (
    SELECT count(*) AS matched
    FROM core.matches m
    WHERE m.topic_id = s.topic_id AND m.watched_version >= s.since_version
      AND (m.evidence IS NOT NULL OR EXISTS (
          SELECT FROM core.matches told
          WHERE told.release_id = m.release_id AND told.topic_id = m.topic_id
            AND told.revision < m.revision AND told.evidence IS NOT NULL
            AND told.watched_version >= s.since_version))
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

CREATE FUNCTION public.search(query text, lang text DEFAULT NULL)
RETURNS TABLE (id uuid, title text, language text, publisher text, url text, published_at timestamptz,
    first_seen_at timestamptz, rank real, snippet text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT r.id, r.title, r.language, r.publisher, r.url, r.published_at, r.first_seen_at,
        ts_rank(to_tsvector('simple', r.title || ' ' || r.body), q) AS rank,
        ts_headline('simple', r.body, q, 'MaxFragments=1,MaxWords=30,MinWords=10,StartSel=«,StopSel=»')
    FROM public.releases r, websearch_to_tsquery('simple', query) AS q
    WHERE to_tsvector('simple', r.title || ' ' || r.body) @@ q AND (lang IS NULL OR r.language = lang)
    ORDER BY rank DESC, r.first_seen_at DESC
$$;
