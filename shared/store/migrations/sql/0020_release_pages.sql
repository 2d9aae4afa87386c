-- What sites' robots.txt say (RFC 9309), for at most a day.
CREATE TABLE core.robots (
    origin text PRIMARY KEY,
    state text NOT NULL CHECK (state IN ('rules', 'none', 'unreachable')),
    rules text NOT NULL,
    fetched_at timestamptz NOT NULL,
    good_until timestamptz NOT NULL,
    unreachable_since timestamptz,
    detail text NOT NULL DEFAULT ''
);

-- No page is asked of a host before this: its Crawl-delay, or its Retry-After.
ALTER TABLE core.hosts ADD COLUMN pages_from timestamptz NOT NULL DEFAULT '-infinity';
-- One letter a page that was read: m where it held more than its entry, s where the same.
ALTER TABLE core.feeds ADD COLUMN page_votes text NOT NULL DEFAULT '', ADD COLUMN page_voted_at timestamptz;

CREATE VIEW public.robots AS
SELECT origin, state, rules, fetched_at, good_until, unreachable_since, detail FROM core.robots;
COMMENT ON VIEW public.robots IS 'What sites let us fetch of their pages: robots.txt as it was read, and until when it holds.';
COMMENT ON COLUMN public.releases.text_detail IS
    'Why the text is only a summary, whether its page may still come, or what was cut; empty where all is well.';
