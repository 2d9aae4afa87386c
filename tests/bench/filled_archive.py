"""Fills a database with releases, sightings, matches and alerts of many days, made up by the database itself."""

from collections.abc import Iterator

from sqlalchemy import Connection, text

FEEDS, TOPICS, ENDPOINTS, WORDS = 200, 40, 8, 150
_CHUNK = 20_000

_WORLD = (
    """
    INSERT INTO core.hosts (host, own_network) VALUES ('press.example', true) ON CONFLICT DO NOTHING
    """,
    """
    INSERT INTO core.feeds (url, host, title, kind, language, last_polled_at, last_outcome, failures, last_detail,
        quiet_since, quiet_chance, quiet_words)
    SELECT 'https://press.example/' || n, 'press.example', 'Press office ' || n, 'rss20', 'en', now(),
        CASE WHEN n % 40 = 0 THEN 'server_error' ELSE 'changed' END, CASE WHEN n % 40 = 0 THEN n ELSE 0 END,
        CASE WHEN n % 40 = 0 THEN '503 Service Unavailable' ELSE '' END,
        CASE WHEN n % 40 = 1 THEN now() - interval '2 days' END, CASE WHEN n % 40 = 1 THEN 0.0001 END,
        CASE WHEN n % 40 = 1 THEN 'publishes about 14 a working day; nothing for 2 days' ELSE '' END
    FROM generate_series(1, :feeds) AS n
    """,
    """
    INSERT INTO core.topics (name, query, created_at, last_rang_at)
    SELECT CASE n WHEN 1 THEN 'sanctions' ELSE 'topic ' || n END, 'sanction' || n, now() - interval '100 days',
        CASE WHEN n % 10 <> 0 THEN now() END
    FROM generate_series(1, :topics) AS n
    """,
    """
    INSERT INTO core.endpoints (url, secret)
    SELECT 'https://desk.example/' || n, 'whsec_sample' FROM generate_series(1, :endpoints) AS n
    """,
    """
    INSERT INTO core.subscriptions (topic_id, endpoint_id, since_version, created_at)
    SELECT t.id, e.id, 0, now() - interval '100 days'
    FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM core.topics) t
    JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n FROM core.endpoints) e ON e.n = 1 + t.n % :endpoints
    """,
    """
    INSERT INTO core.gaps (feed_id, from_at, to_at, reason)
    SELECT id, now() - interval '3 hours', now() - interval '1 hour', 'no item of the poll before was there'
    FROM core.feeds WHERE title LIKE '%7'
    """,
    """
    INSERT INTO core.polls (feed_id, started_at, outcome, status, ms, bytes, entries, new_entries)
    SELECT f.id, now() - make_interval(hours => h), CASE h % 4 WHEN 0 THEN 'changed' ELSE 'not_modified' END,
        CASE h % 4 WHEN 0 THEN 200 ELSE 304 END, 80 + h, 12000, 20, 1
    FROM core.feeds f CROSS JOIN generate_series(0, 100) AS h
    """,
    """
    INSERT INTO core.fetches (feed_id, fetched_at, url, expected_entries, state, ring_at, entries, new, copies, seen)
    SELECT id, now() - interval '1 hour', url, 20, 'processed', now(), 20, 2, 1, 17 FROM core.feeds
    """,
)

# The vocabulary has a long tail, as languages have: a few hundred words everywhere, the rest seldom.
_RELEASES = """
    CREATE TEMPORARY TABLE made ON COMMIT DROP AS
    SELECT n, uuidv7(at - now()) AS id, at, (ARRAY['en', 'fr', 'es', 'ar'])[1 + n % 4] AS language,
        'Office ' || n % 150 AS publisher, 1 + (n % 20 = 0)::int AS revision,
        CASE WHEN n % 8 < 3 THEN ('018f0000-0000-7000-8000-' || lpad(to_hex(n / 8), 12, '0'))::uuid END AS story_id,
        (SELECT string_agg('w' || floor(exp(random() * ln(60000)))::int, ' ') FROM generate_series(1, 9)
         WHERE n IS NOT NULL) AS title,
        (SELECT string_agg('w' || floor(exp(random() * ln(60000)))::int, ' ') FROM generate_series(1, :words)
         WHERE n IS NOT NULL) AS body
    FROM (SELECT n, now() - (1 - n::float8 / :all) * make_interval(days => :days) AS at
          FROM generate_series(CAST(:first AS integer), CAST(:last AS integer)) AS n) AS numbered
"""
_STORE = (
    """
    INSERT INTO core.releases (id, revision, state, publisher, url, published_claim, published_at, published_doubt,
        first_seen_at, updated_at, story_id, text_source, text_detail, embargo_until, matched_version)
    SELECT id, revision, 'settled', publisher, 'https://press.example/release/' || n, at::text,
        at - interval '9 minutes', CASE WHEN n % 90 = 0 THEN 'no time zone' ELSE '' END, at, at, story_id,
        CASE WHEN n % 30 = 0 THEN 'summary' ELSE 'feed' END, CASE WHEN n % 30 = 0 THEN '403 Forbidden' ELSE '' END,
        CASE WHEN n % 5000 = 7 OR n = 7 THEN now() + interval '1 day' END, 1
    FROM made ORDER BY id
    """,
    """
    INSERT INTO core.revisions (release_id, revision, title, body, language, words, made_at, changes)
    SELECT id, v, title || CASE v WHEN 2 THEN ' (corrected)' ELSE '' END, body, language, sha256(body::bytea), at,
        CASE v WHEN 2 THEN jsonb_build_object('title', 'corrected') END
    FROM made CROSS JOIN LATERAL generate_series(1, revision) AS v ORDER BY id
    """,
    """
    INSERT INTO core.identities (kind, digest, release_id)
    SELECT 'url', sha256(('u' || n)::bytea), id FROM made UNION ALL
    SELECT 'content', sha256(('c' || n)::bytea), id FROM made
    """,
    """
    INSERT INTO core.sightings (release_id, feed_id, entry_key, guid, carried, is_primary, reason, first_seen_at,
        last_seen_at)
    SELECT m.id, f.id, sha256((m.n || '/' || c)::bytea), m.n::text, '', c = 0,
        CASE c WHEN 0 THEN 'new' ELSE 'same content' END, m.at + make_interval(mins => 7 * c), m.at
    FROM made m CROSS JOIN LATERAL generate_series(0, (m.n % 5 = 0)::int) AS c
    JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n FROM core.feeds) f ON f.n = 1 + (m.n + c) % :feeds
    """,
    """
    INSERT INTO core.matches (release_id, revision, topic_id, topic_version, evidence, snippet, matched_at,
        watched_version)
    SELECT m.id, m.revision, t.id, 1, jsonb_build_array(jsonb_build_object('clause', 'sanction*', 'text',
            'sanction', 'field', 'body', 'zone', 'body', 'start', 0, 'end', 8, 'concept',
            CASE WHEN m.n % 3 = 0 THEN 'sanctions' END, 'language', m.language)), left(m.body, 80), m.at, 1
    FROM made m
    JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n FROM core.topics WHERE last_rang_at IS NOT NULL) t
        ON t.n = 1 + m.n % :ringing
    WHERE m.n % 4 = 0
    """,
    """
    CREATE TEMPORARY TABLE told ON COMMIT DROP AS
    SELECT uuidv7(m.at - now()) AS id, s.id AS subscription_id, s.topic_id, s.endpoint_id, m.id AS release_id,
        m.revision, m.at, m.n,
        coalesce((SELECT max(sequence) FROM core.messages x WHERE x.subscription_id = s.id), 0)
            + row_number() OVER (PARTITION BY s.id ORDER BY m.id) AS sequence
    FROM made m JOIN core.matches x ON x.release_id = m.id JOIN core.subscriptions s ON s.topic_id = x.topic_id
    """,
    """
    INSERT INTO core.messages (id, endpoint_id, subscription_id, type, payload, sequence, state, reason, attempts,
        created_at, told_at)
    SELECT id, endpoint_id, subscription_id, 'release.published', '', sequence,
        CASE WHEN n % 500 = 0 THEN 'dead' ELSE 'delivered' END,
        CASE WHEN n % 500 = 0 THEN 'refused ten times' ELSE '' END, 1, at, at + interval '3 seconds'
    FROM told ORDER BY id
    """,
    """
    INSERT INTO core.alerts (subscription_id, topic_id, release_id, revision, message_id, created_at)
    SELECT subscription_id, topic_id, release_id, revision, id, at FROM told
    """,
    """
    INSERT INTO core.deliveries (message_id, endpoint_id, attempt, started_at, outcome, status, ms)
    SELECT id, endpoint_id, 1, at + interval '3 seconds', 'delivered', 204, 40 FROM told
    WHERE at > now() - interval '30 days'
    """,
)


def fill_world(connection: Connection) -> None:
    """Store feeds, topics, endpoints and subscriptions, and what the polls of some days found."""
    values = {"feeds": FEEDS, "topics": TOPICS, "endpoints": ENDPOINTS}
    for statement in _WORLD:
        connection.execute(text(statement), values)


def chunks(releases: int) -> Iterator[tuple[int, int]]:
    """Give the first and the last number of each chunk that is stored in one transaction."""
    for first in range(1, releases + 1, _CHUNK):
        yield first, min(first + _CHUNK - 1, releases)


def fill_releases(connection: Connection, first: int, last: int, *, of: int, days: int = 90) -> None:
    """Store the releases numbered `first` to `last` of all, spread over the days until now, with all they bring."""
    values = {
        "first": first,
        "last": last,
        "all": of,
        "days": days,
        "words": WORDS,
        "feeds": FEEDS,
        "ringing": TOPICS - TOPICS // 10,
    }
    for statement in (_RELEASES, *_STORE):
        connection.execute(text(statement), values)
