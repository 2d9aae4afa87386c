-- What a feed has taught us of when it speaks, what it asks of those who poll it, and whether its silence is odd.
ALTER TABLE core.feeds
    ADD COLUMN rhythm bytea,
    ADD COLUMN rhythm_words text NOT NULL DEFAULT '',
    ADD COLUMN spoke_at timestamptz,
    ADD COLUMN quiet_after timestamptz,
    ADD COLUMN quiet_since timestamptz,
    ADD COLUMN quiet_chance double precision,
    ADD COLUMN quiet_words text NOT NULL DEFAULT '',
    ADD COLUMN quiet_judged_at timestamptz,
    ADD COLUMN missing_since timestamptz,
    ADD COLUMN every_minutes integer NOT NULL DEFAULT 0,
    ADD COLUMN skip_hours integer NOT NULL DEFAULT 0,
    ADD COLUMN skip_days integer NOT NULL DEFAULT 0;
CREATE INDEX feeds_quiet ON core.feeds (quiet_after)
    WHERE quiet_after IS NOT NULL AND state = 'active' AND removed_at IS NULL;

-- A feed that is failing is not quiet: `failures` and `last_outcome` are its words.
CREATE OR REPLACE VIEW public.feeds AS
SELECT id, core.masked_url(url) AS url, title, state, folder, kind, language, item_count, failures,
    last_polled_at, last_changed_at, last_outcome, last_detail, next_poll_at, trusts_guids, created_at,
    rhythm_words AS rhythm, spoke_at,
    CASE WHEN failures = 0 THEN quiet_since END AS quiet_since,
    CASE WHEN failures = 0 THEN quiet_chance END AS quiet_chance,
    CASE WHEN failures = 0 THEN quiet_words ELSE '' END AS quiet
FROM core.feeds
WHERE removed_at IS NULL;

COMMENT ON COLUMN public.feeds.rhythm IS 'How often the feed publishes, learnt, in words.';
COMMENT ON COLUMN public.feeds.spoke_at IS 'Its latest entry: as claimed, else when it was first seen.';
COMMENT ON COLUMN public.feeds.quiet_since IS 'Since when it has been silent, where that is no ordinary pause.';
COMMENT ON COLUMN public.feeds.quiet_chance IS 'How likely (0 to 1) a pause of this length is, by its own rhythm.';
COMMENT ON COLUMN public.feeds.quiet IS 'The silence in words; empty where it is an ordinary one.';
