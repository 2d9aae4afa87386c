-- The paragraph digests of a publisher's recent releases in one language: one element a release, 8 bytes a digest.
CREATE TABLE core.habits (
    publisher text NOT NULL,
    language text NOT NULL,
    recent bytea[] NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (publisher, language)
);

CREATE VIEW public.habits AS
SELECT h.publisher, nullif(h.language, '') AS language, cardinality(h.recent) AS releases,
    (SELECT count(*) FROM (
        SELECT substring(r.digests FROM at FOR 8)
        FROM unnest(h.recent) AS r (digests), generate_series(1, length(r.digests), 8) AS at
        GROUP BY 1 HAVING count(*) >= greatest(3, cardinality(h.recent) / 2.0)) AS often)::integer AS repeated,
    h.updated_at
FROM core.habits h;

COMMENT ON VIEW public.habits IS
    'What publishers repeat: it is marked as boilerplate in their releases and rings no topic.';
COMMENT ON COLUMN public.habits.publisher IS 'The publisher and the host of its releases, as its habits are kept.';
COMMENT ON COLUMN public.habits.releases IS 'How many recent releases are remembered, at most 16.';
COMMENT ON COLUMN public.habits.repeated IS 'How many paragraphs stand in most of them, 8 bytes a sentence.';
