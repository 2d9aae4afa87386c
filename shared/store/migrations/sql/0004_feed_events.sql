-- What happened to feeds, each thing once: `about` tells it from another of its kind.
CREATE TABLE core.feed_events (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    feed_id uuid REFERENCES core.feeds,
    language text,
    type text NOT NULL CHECK (type IN ('feed.failing', 'feed.gap', 'feed.gone', 'feed.language_quiet',
        'feed.moved', 'feed.quiet', 'feed.recovered')),
    about text NOT NULL,
    at timestamptz NOT NULL,
    detail text NOT NULL,
    figures jsonb NOT NULL DEFAULT '{}',
    CHECK (num_nonnulls(feed_id, language) = 1),
    UNIQUE NULLS NOT DISTINCT (type, feed_id, language, about)
);
CREATE INDEX feed_events_feed ON core.feed_events (feed_id, at);
CREATE INDEX feed_events_at ON core.feed_events (at);

ALTER TABLE core.feeds
    ADD COLUMN failing_since timestamptz,
    ADD COLUMN failing_told boolean NOT NULL DEFAULT false;
UPDATE core.feeds SET failing_since = last_polled_at WHERE failures > 0;

-- A subscription is to a topic or to events of feeds; the ledger counts those to topics alone.
ALTER TABLE core.subscriptions
    ALTER COLUMN topic_id DROP NOT NULL,
    ADD CHECK (num_nonnulls(topic_id, event) = 1);

CREATE OR REPLACE VIEW public.subscriptions AS
SELECT s.id, s.topic_id, coalesce(t.name, s.event) AS topic, s.endpoint_id, s.format, s.per, s.sequence,
    core.masked_url(e.url) AS url, e.state AS endpoint_state, s.created_at, s.event
FROM core.subscriptions s
LEFT JOIN core.topics t ON t.id = s.topic_id
JOIN core.endpoints e ON e.id = s.endpoint_id
WHERE s.removed_at IS NULL;

CREATE VIEW public.feed_events AS
SELECT id, feed_id, type, at, detail, language, figures FROM core.feed_events;

COMMENT ON VIEW public.feed_events IS
    'What happened to feeds, each once: failing, quiet, recovered, moved, gone, a gap, a language gone quiet.';
COMMENT ON COLUMN public.subscriptions.event IS 'The events of feeds that are told, where it is no topic.';
