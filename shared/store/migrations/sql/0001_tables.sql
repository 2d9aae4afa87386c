CREATE SCHEMA core;

-- Processes that take leases, each with an advisory lock of its own for as long as it lives: the leases of one
-- that was killed end at once, and need not run out.
CREATE TABLE core.holders (
    key integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    service text NOT NULL,
    since timestamptz NOT NULL DEFAULT now()
);

-- Hosts have turns, so that several pollers together stay polite to one server.
CREATE TABLE core.hosts (
    host text PRIMARY KEY,
    own_network boolean NOT NULL DEFAULT false,
    next_turn_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE core.feeds (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    url text NOT NULL UNIQUE,
    host text NOT NULL REFERENCES core.hosts,
    title text NOT NULL DEFAULT '',
    title_given boolean NOT NULL DEFAULT false,
    folder text NOT NULL DEFAULT '',
    state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'paused', 'gone')),
    starts_quiet boolean NOT NULL DEFAULT false,
    kind text NOT NULL DEFAULT '',
    language text,
    etag text,
    last_modified text,
    body_digest bytea,
    seen_items bytea NOT NULL DEFAULT '',
    item_count integer NOT NULL DEFAULT 0,
    trusts_guids boolean NOT NULL DEFAULT true,
    moved_to text,
    moved_times integer NOT NULL DEFAULT 0,
    failures integer NOT NULL DEFAULT 0,
    recent_changes timestamptz[] NOT NULL DEFAULT '{}',
    next_poll_at timestamptz NOT NULL DEFAULT now(),
    lease uuid,
    holder integer,
    leased_until timestamptz,
    last_polled_at timestamptz,
    full_fetch_at timestamptz,
    last_changed_at timestamptz,
    last_outcome text,
    last_detail text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    removed_at timestamptz
);
CREATE INDEX feeds_due ON core.feeds (host, next_poll_at) WHERE state <> 'paused' AND removed_at IS NULL;

CREATE TABLE core.polls (
    feed_id uuid NOT NULL,
    started_at timestamptz NOT NULL,
    outcome text NOT NULL CHECK (outcome IN (
        'guarded', 'dns', 'tls', 'refused', 'too_slow', 'too_big', 'gone', 'rate_limited', 'bot_wall',
        'client_error', 'server_error', 'not_modified', 'error_item', 'not_a_feed', 'broken', 'unchanged',
        'moved', 'changed')),
    status integer,
    ms integer NOT NULL,
    bytes integer NOT NULL DEFAULT 0,
    entries integer NOT NULL DEFAULT 0,
    new_entries integer NOT NULL DEFAULT 0,
    overlap integer NOT NULL DEFAULT 0,
    detail text NOT NULL DEFAULT ''
) PARTITION BY RANGE (started_at);
CREATE INDEX polls_feed ON core.polls (feed_id, started_at);
CREATE TABLE core.polls_default PARTITION OF core.polls DEFAULT;

CREATE TABLE core.gaps (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    feed_id uuid NOT NULL REFERENCES core.feeds,
    from_at timestamptz NOT NULL,
    to_at timestamptz NOT NULL,
    reason text NOT NULL
);
CREATE INDEX gaps_feed ON core.gaps (feed_id, to_at);

CREATE TABLE core.fetches (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    feed_id uuid NOT NULL REFERENCES core.feeds,
    fetched_at timestamptz NOT NULL,
    url text NOT NULL,
    content_type text,
    document bytea,
    positions integer[],
    backlog boolean NOT NULL DEFAULT false,
    expected_entries integer NOT NULL,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'working', 'processed', 'failed')),
    attempts integer NOT NULL DEFAULT 0,
    lease uuid,
    holder integer,
    leased_until timestamptz,
    ring_at timestamptz NOT NULL,
    rings integer NOT NULL DEFAULT 0,
    entries integer NOT NULL DEFAULT 0,
    new integer NOT NULL DEFAULT 0,
    revised integer NOT NULL DEFAULT 0,
    copies integer NOT NULL DEFAULT 0,
    seen integer NOT NULL DEFAULT 0,
    settling integer NOT NULL DEFAULT 0,
    refused integer NOT NULL DEFAULT 0,
    failed integer NOT NULL DEFAULT 0,
    detail text NOT NULL DEFAULT '',
    CHECK (entries = new + revised + copies + seen + settling + refused + failed)
);
CREATE INDEX fetches_unhandled ON core.fetches (ring_at) WHERE state IN ('waiting', 'working');
CREATE INDEX fetches_feed ON core.fetches (feed_id, fetched_at);

CREATE TABLE core.releases (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    revision integer NOT NULL DEFAULT 1,
    state text NOT NULL CHECK (state IN ('settling', 'settled')),
    settle_by timestamptz,
    settle_url text,
    settle_host text,
    settle_attempts integer NOT NULL DEFAULT 0,
    pending_draft jsonb,
    lease uuid,
    holder integer,
    leased_until timestamptz,
    ring_at timestamptz,
    rings integer NOT NULL DEFAULT 0,
    fetch_id uuid,
    backlog boolean NOT NULL DEFAULT false,
    publisher text NOT NULL DEFAULT '',
    url text,
    published_claim text,
    published_at timestamptz,
    published_doubt text NOT NULL DEFAULT '',
    first_seen_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    story_id uuid,
    tags text[] NOT NULL DEFAULT '{}',
    media jsonb NOT NULL DEFAULT '[]',
    text_source text NOT NULL,
    text_detail text NOT NULL DEFAULT '',
    embargo_until timestamptz,
    matched_version bigint
);
CREATE INDEX releases_first_seen ON core.releases (first_seen_at);
CREATE INDEX releases_settling ON core.releases (settle_host) WHERE state = 'settling';

CREATE TABLE core.revisions (
    release_id uuid NOT NULL REFERENCES core.releases ON DELETE CASCADE,
    revision integer NOT NULL CHECK (revision > 0),
    title text NOT NULL,
    summary text NOT NULL DEFAULT '',
    body text NOT NULL,
    dateline text NOT NULL DEFAULT '',
    language text,
    zones jsonb NOT NULL DEFAULT '[]',
    words bytea NOT NULL,
    made_at timestamptz NOT NULL,
    changes jsonb,
    PRIMARY KEY (release_id, revision)
);

-- What makes two entries one release: the digests of feed and guid, of the canonical URL, of the content.
CREATE TABLE core.identities (
    kind text NOT NULL CHECK (kind IN ('guid', 'url', 'content')),
    digest bytea NOT NULL,
    release_id uuid NOT NULL REFERENCES core.releases ON DELETE CASCADE,
    PRIMARY KEY (kind, digest)
);
CREATE INDEX identities_release ON core.identities (release_id);

CREATE TABLE core.sightings (
    release_id uuid NOT NULL REFERENCES core.releases ON DELETE CASCADE,
    feed_id uuid NOT NULL REFERENCES core.feeds,
    entry_key bytea NOT NULL,
    guid text,
    url text,
    carried bytea NOT NULL,
    is_primary boolean NOT NULL,
    reason text NOT NULL,
    first_seen_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    PRIMARY KEY (feed_id, entry_key, release_id)
);
CREATE INDEX sightings_release ON core.sightings (release_id);

-- Raised in every transaction that changes what is watched; read FOR SHARE where a release is matched.
CREATE TABLE core.topic_version (
    one_row boolean PRIMARY KEY DEFAULT true CHECK (one_row),
    version bigint NOT NULL
);
INSERT INTO core.topic_version (version) VALUES (1);

CREATE TABLE core.topics (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    name text NOT NULL,
    query text NOT NULL,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    last_rang_at timestamptz,
    removed_at timestamptz
);
CREATE UNIQUE INDEX topics_name ON core.topics (name) WHERE removed_at IS NULL;

CREATE TABLE core.endpoints (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    url text NOT NULL UNIQUE,
    secret text NOT NULL,
    previous_secret text,
    previous_secret_until timestamptz,
    state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'paused', 'disabled')),
    reason text NOT NULL DEFAULT '',
    paused_until timestamptz,
    failures integer NOT NULL DEFAULT 0,
    failing_since timestamptz,
    lease uuid,
    holder integer,
    leased_until timestamptz,
    ring_at timestamptz NOT NULL DEFAULT now(),
    rings integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE core.subscriptions (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    topic_id uuid NOT NULL REFERENCES core.topics,
    endpoint_id uuid NOT NULL REFERENCES core.endpoints,
    format text NOT NULL DEFAULT 'standard' CHECK (format IN ('standard', 'slack', 'discord', 'teams')),
    per text NOT NULL DEFAULT 'release' CHECK (per IN ('release', 'story')),
    sequence bigint NOT NULL DEFAULT 0,
    since_version bigint NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    removed_at timestamptz
);
CREATE UNIQUE INDEX subscriptions_pair ON core.subscriptions (topic_id, endpoint_id) WHERE removed_at IS NULL;

-- A row without evidence is a correction owed: the revision before it matched and this one does not.
CREATE TABLE core.matches (
    release_id uuid NOT NULL REFERENCES core.releases ON DELETE CASCADE,
    revision integer NOT NULL,
    topic_id uuid NOT NULL REFERENCES core.topics,
    topic_version integer NOT NULL,
    evidence jsonb,
    snippet text NOT NULL DEFAULT '',
    matched_at timestamptz NOT NULL,
    watched_version bigint NOT NULL,
    PRIMARY KEY (release_id, revision, topic_id)
);
CREATE INDEX matches_topic ON core.matches (topic_id, watched_version);

CREATE TABLE core.messages (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    webhook_id text NOT NULL UNIQUE GENERATED ALWAYS AS ('msg_' || replace(id::text, '-', '')) STORED,
    endpoint_id uuid NOT NULL REFERENCES core.endpoints,
    subscription_id uuid REFERENCES core.subscriptions,
    type text NOT NULL,
    payload bytea NOT NULL,
    sequence bigint,
    state text NOT NULL DEFAULT 'pending'
        CHECK (state IN ('pending', 'delivered', 'accepted', 'dead', 'cancelled')),
    reason text NOT NULL DEFAULT '',
    attempts integer NOT NULL DEFAULT 0,
    refusals integer NOT NULL DEFAULT 0,
    suspect boolean NOT NULL DEFAULT false,
    next_attempt_at timestamptz,
    created_at timestamptz NOT NULL,
    told_at timestamptz,
    CHECK ((state = 'pending') = (next_attempt_at IS NOT NULL)),
    UNIQUE (subscription_id, sequence)
);
CREATE INDEX messages_pending ON core.messages (endpoint_id, suspect, id) WHERE state = 'pending';

-- An alert with a message has that message's state; one without has its own. Never both, never neither.
CREATE TABLE core.alerts (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    subscription_id uuid NOT NULL REFERENCES core.subscriptions,
    topic_id uuid NOT NULL REFERENCES core.topics,
    release_id uuid NOT NULL REFERENCES core.releases ON DELETE CASCADE,
    revision integer NOT NULL,
    message_id uuid REFERENCES core.messages,
    state text CHECK (state IN ('held', 'cancelled')),
    folded boolean NOT NULL DEFAULT false,
    reason text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    UNIQUE (subscription_id, release_id, revision),
    CHECK ((message_id IS NULL) <> (state IS NULL))
);
CREATE INDEX alerts_message ON core.alerts (message_id);
CREATE INDEX alerts_release ON core.alerts (release_id);

CREATE TABLE core.deliveries (
    message_id uuid NOT NULL,
    endpoint_id uuid NOT NULL,
    attempt integer NOT NULL,
    started_at timestamptz NOT NULL,
    outcome text NOT NULL,
    status integer,
    ms integer NOT NULL,
    error text NOT NULL DEFAULT '',
    answer text NOT NULL DEFAULT ''
) PARTITION BY RANGE (started_at);
CREATE INDEX deliveries_message ON core.deliveries (message_id, started_at);
CREATE TABLE core.deliveries_default PARTITION OF core.deliveries DEFAULT;

-- What must not be read through the views: the reader's password and the like.
CREATE TABLE core.secrets (
    name text PRIMARY KEY,
    value text NOT NULL
);

-- When each process last went round its loop; `status` and health checks read it.
CREATE TABLE core.heartbeats (
    service text NOT NULL,
    instance text NOT NULL,
    beat_at timestamptz NOT NULL,
    detail text NOT NULL DEFAULT '',
    PRIMARY KEY (service, instance)
);

-- Days are dropped whole: a delete would lock, and leave the table as large as it was.
CREATE FUNCTION core.add_partitions(first_day date, days integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    parent text;
    day date;
BEGIN
    FOREACH parent IN ARRAY ARRAY['polls', 'deliveries'] LOOP
        FOR day IN SELECT first_day + n FROM generate_series(0, days - 1) AS n LOOP
            BEGIN
                EXECUTE format(
                    'CREATE TABLE IF NOT EXISTS core.%I PARTITION OF core.%I FOR VALUES FROM (%L) TO (%L)',
                    parent || to_char(day, '_YYYYMMDD'), parent,
                    day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC');
            EXCEPTION WHEN check_violation THEN
                -- Rows of this day came before it was made: the whole day stays in the default partition.
                NULL;
            END;
        END LOOP;
    END LOOP;
END $$;

CREATE FUNCTION core.drop_partitions(parent text, before_day date) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    dropped integer := 0;
    child text;
BEGIN
    FOR child IN
        SELECT c.relname FROM pg_inherits i
        JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = format('core.%I', parent)::regclass
          AND c.relname ~ '_[0-9]{8}$' AND to_date(right(c.relname, 8), 'YYYYMMDD') < before_day
    LOOP
        EXECUTE format('DROP TABLE core.%I', child);
        dropped := dropped + 1;
    END LOOP;
    RETURN dropped;
END $$;

SELECT core.add_partitions((now() AT TIME ZONE 'UTC')::date - 1, 9);
