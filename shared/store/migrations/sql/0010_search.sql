-- `search()` reads an index and not every text; topics count what they have read from hours and not from rows.

-- The configuration that a language's words are stemmed with; what has none is taken as written.
CREATE FUNCTION core.search_configuration(language text) RETURNS regconfig
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE language
        WHEN 'ar' THEN 'arabic' WHEN 'da' THEN 'danish' WHEN 'de' THEN 'german' WHEN 'el' THEN 'greek'
        WHEN 'en' THEN 'english' WHEN 'es' THEN 'spanish' WHEN 'fi' THEN 'finnish' WHEN 'fr' THEN 'french'
        WHEN 'hu' THEN 'hungarian' WHEN 'id' THEN 'indonesian' WHEN 'it' THEN 'italian' WHEN 'lt' THEN 'lithuanian'
        WHEN 'nl' THEN 'dutch' WHEN 'no' THEN 'norwegian' WHEN 'pt' THEN 'portuguese' WHEN 'ro' THEN 'romanian'
        WHEN 'ru' THEN 'russian' WHEN 'sv' THEN 'swedish' WHEN 'tr' THEN 'turkish' ELSE 'simple'
    END::regconfig
$$;

-- In a table of its own, and filled after the release is stored: a tsvector of 600 words costs as much as all
-- the rest of the row, and nobody may wait for it who holds the identity lock.
CREATE TABLE core.search_texts (
    release_id uuid PRIMARY KEY REFERENCES core.releases ON DELETE CASCADE,
    language text,
    words tsvector
);
INSERT INTO core.search_texts (release_id, language)
SELECT r.id, v.language FROM core.releases r
JOIN core.revisions v ON v.release_id = r.id AND v.revision = r.revision;
CREATE INDEX search_texts_words ON core.search_texts USING gin (words) WITH (fastupdate = off);
CREATE INDEX search_texts_unread ON core.search_texts (release_id) WHERE words IS NULL;

CREATE FUNCTION core.note_search_text() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO core.search_texts (release_id, language)
    SELECT DISTINCT ON (release_id) release_id, language FROM stored ORDER BY release_id, revision DESC
    ON CONFLICT (release_id) DO UPDATE SET language = excluded.language, words = NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER revisions_to_search AFTER INSERT ON core.revisions
    REFERENCING NEW TABLE AS stored FOR EACH STATEMENT EXECUTE FUNCTION core.note_search_text();
CREATE TRIGGER revisions_changed AFTER UPDATE ON core.revisions
    REFERENCING NEW TABLE AS stored FOR EACH STATEMENT EXECUTE FUNCTION core.note_search_text();
-- Those that came while the first were noted; from here on writers wait for this transaction.
INSERT INTO core.search_texts (release_id, language)
SELECT r.id, v.language FROM core.releases r
JOIN core.revisions v ON v.release_id = r.id AND v.revision = r.revision
ON CONFLICT DO NOTHING;

CREATE FUNCTION core.search_words(language text, title text, body text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT setweight(to_tsvector(core.search_configuration(language), title), 'A')
        || to_tsvector(core.search_configuration(language), left(body, 500000))
$$;

DROP FUNCTION public.search(text, text);
CREATE FUNCTION public.search(query text, lang text DEFAULT NULL, most integer DEFAULT 100)
RETURNS TABLE (id uuid, title text, language text, publisher text, url text, published_at timestamptz,
    first_seen_at timestamptz, rank real, snippet text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    -- Each text was stemmed in its own language, and so is the query. What any language's form finds, the index
    -- finds at once; whether it holds in the text's own language is then asked of those alone, for a word that
    -- is excluded as English has it may stand there as French has it.
    configurations regconfig[] := CASE WHEN lang IS NOT NULL THEN ARRAY[core.search_configuration(lang)]
        ELSE ARRAY['simple', 'arabic', 'danish', 'dutch', 'english', 'finnish', 'french', 'german', 'greek',
            'hungarian', 'indonesian', 'italian', 'lithuanian', 'norwegian', 'portuguese', 'romanian', 'russian',
            'spanish', 'swedish', 'turkish']::regconfig[] END;
    anyhow tsquery := (SELECT string_agg(DISTINCT '(' || words::text || ')', ' | ')::tsquery
        FROM (SELECT websearch_to_tsquery(c, query) AS words FROM unnest(configurations) AS c) w
        WHERE numnode(words) > 0);
    before_id uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
    candidates uuid[];
    found uuid[] := '{}';
BEGIN
    -- The newest candidates first: the index gives them without their texts, and only so many are then looked at.
    LOOP
        SELECT coalesce(array_agg(c.release_id ORDER BY c.release_id DESC), '{}') INTO candidates FROM (
            SELECT s.release_id FROM core.search_texts s
            WHERE s.words @@ anyhow AND s.release_id < before_id AND (lang IS NULL OR s.language = lang)
            ORDER BY s.release_id DESC LIMIT 1000) AS c;
        found := found || coalesce((
            SELECT array_agg(s.release_id) FROM core.search_texts s
            JOIN unnest(configurations) AS c ON c = core.search_configuration(s.language)
            WHERE s.release_id = ANY(candidates) AND s.words @@ websearch_to_tsquery(c, query)), '{}');
        EXIT WHEN cardinality(candidates) < 1000 OR cardinality(found) >= 500;
        before_id := candidates[cardinality(candidates)];
    END LOOP;
    RETURN QUERY
    WITH own AS MATERIALIZED (
        SELECT c AS configuration, websearch_to_tsquery(c, query) AS words FROM unnest(configurations) AS c),
    unread AS MATERIALIZED (
        -- Stored a moment ago and not yet in the index: read as they are, so that nothing is missed.
        SELECT s.release_id, core.search_words(s.language, v.title, v.body) AS words, own.words AS wanted
        FROM core.search_texts s
        JOIN own ON own.configuration = core.search_configuration(s.language)
        JOIN core.releases r ON r.id = s.release_id
        JOIN core.revisions v ON v.release_id = r.id AND v.revision = r.revision
        WHERE s.words IS NULL AND (lang IS NULL OR s.language = lang)
        ORDER BY s.release_id DESC LIMIT 200),
    best AS MATERIALIZED (
        SELECT f.release_id, f.wanted, ts_rank(f.words, f.wanted) AS score
        FROM (SELECT s.release_id, s.words, own.words AS wanted FROM core.search_texts s
              JOIN own ON own.configuration = core.search_configuration(s.language)
              WHERE s.release_id = ANY(found)
              UNION ALL SELECT * FROM unread u WHERE u.words @@ u.wanted) f
        ORDER BY score DESC, f.release_id DESC LIMIT most)
    SELECT r.id, r.title, r.language, r.publisher, r.url, r.published_at, r.first_seen_at, b.score,
        ts_headline(core.search_configuration(r.language), left(r.body, 20000), b.wanted,
            'MaxFragments=1,MaxWords=30,MinWords=10,StartSel=«,StopSel=»')
    FROM best b JOIN public.releases r ON r.id = b.release_id
    ORDER BY b.score DESC, r.first_seen_at DESC, r.id DESC;
END $$;
COMMENT ON FUNCTION public.search(text, text, integer) IS
    'Full-text search in websearch syntax: the best of the newest five hundred hits or more, at most `most` of them. A convenience, not the matcher.';
REVOKE EXECUTE ON FUNCTION public.search(text, text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.search(text, text, integer) TO tocsin_reader;

-- How many releases were first seen in each hour: a topic that has read a million since it rang says so at once.
CREATE TABLE core.release_hours (
    hour timestamptz PRIMARY KEY,
    releases integer NOT NULL
);

CREATE FUNCTION core.count_releases() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO core.release_hours
    SELECT date_trunc('hour', first_seen_at, 'UTC') AS hour, count(*) * (CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END)
    FROM touched GROUP BY 1 ORDER BY 1
    ON CONFLICT (hour) DO UPDATE SET releases = core.release_hours.releases + excluded.releases;
    RETURN NULL;
END $$;
CREATE TRIGGER releases_counted AFTER INSERT ON core.releases
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION core.count_releases();
CREATE TRIGGER releases_uncounted AFTER DELETE ON core.releases
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION core.count_releases();

INSERT INTO core.release_hours
SELECT date_trunc('hour', first_seen_at, 'UTC'), count(*) FROM core.releases GROUP BY 1;

CREATE OR REPLACE VIEW public.topics AS
SELECT t.id, t.name, t.query, t.version, t.last_rang_at,
    read.releases AS releases_read_since,
    live.feeds AS feeds_live,
    t.created_at
FROM core.topics t
CROSS JOIN LATERAL (SELECT coalesce(t.last_rang_at, t.created_at) AS since) AS start
CROSS JOIN LATERAL (
    SELECT (coalesce((SELECT sum(h.releases) FROM core.release_hours h WHERE h.hour > start.since), 0)
        + (SELECT count(*) FROM core.releases r
           WHERE r.first_seen_at > start.since
             AND r.first_seen_at < date_trunc('hour', start.since, 'UTC') + interval '1 hour'))::integer AS releases
    ) AS read
CROSS JOIN (SELECT count(*)::integer AS feeds FROM core.feeds f
     WHERE f.removed_at IS NULL AND f.state = 'active' AND f.failures = 0
       AND f.last_polled_at IS NOT NULL) AS live
WHERE t.removed_at IS NULL;
