-- A press office without a feed: how its page's list is found (auto, css: …, xpath: …; '' is a feed), and how the
-- list looked at the last good poll.
ALTER TABLE core.feeds
    ADD COLUMN page text NOT NULL DEFAULT '',
    ADD COLUMN page_layout text NOT NULL DEFAULT '';

CREATE OR REPLACE VIEW public.feeds AS
SELECT id, core.masked_url(url) AS url, title, state, folder, CASE WHEN page = '' THEN kind ELSE 'page' END AS kind,
    language, item_count, failures,
    last_polled_at, last_changed_at, last_outcome, last_detail, next_poll_at, trusts_guids, created_at,
    rhythm_words AS rhythm, spoke_at,
    CASE WHEN failures = 0 THEN quiet_since END AS quiet_since,
    CASE WHEN failures = 0 THEN quiet_chance END AS quiet_chance,
    CASE WHEN failures = 0 THEN quiet_words ELSE '' END AS quiet,
    page, page_layout
FROM core.feeds
WHERE removed_at IS NULL;

COMMENT ON COLUMN public.feeds.page IS
    'How a page without a feed is read: auto, css: SELECTOR or xpath: EXPRESSION; empty for a feed.';
COMMENT ON COLUMN public.feeds.page_layout IS 'How the page''s list looked: the tags and the addresses of its links.';
