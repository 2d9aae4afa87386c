-- What the entries and answers of a feed have taught of it; `shared.domain.polling.feed_card` says what follows.
CREATE TABLE core.feed_cards (
    feed_id uuid PRIMARY KEY REFERENCES core.feeds,
    guids text NOT NULL CHECK (guids IN ('unknown', 'none', 'stable', 'shared', 'churning')),
    dates text NOT NULL CHECK (dates IN ('unknown', 'stay', 'move')),
    texts text NOT NULL CHECK (texts IN ('unknown', 'full', 'summaries', 'mixed')),
    conditions text NOT NULL CHECK (conditions IN ('unknown', 'honoured', 'ignored', 'untrue', 'none')),
    entries_a_day double precision,
    words text NOT NULL,
    evidence jsonb NOT NULL,
    learnt_at timestamptz NOT NULL
);
ALTER TABLE core.feeds ADD COLUMN trusts_dates boolean NOT NULL DEFAULT true;
-- The date that an entry claims, and how often it changed while the words did not.
ALTER TABLE core.sightings ADD COLUMN claim text, ADD COLUMN redated integer NOT NULL DEFAULT 0;

CREATE VIEW public.feed_cards AS
SELECT c.feed_id, c.guids, f.trusts_guids, c.dates, c.texts, c.conditions, c.entries_a_day, c.words,
    c.evidence, c.learnt_at
FROM core.feed_cards c JOIN core.feeds f ON f.id = c.feed_id
WHERE f.removed_at IS NULL;

COMMENT ON VIEW public.feed_cards IS
    'What is known of a feed: its guids, dates, texts, whether it honours conditions, and the evidence.';
COMMENT ON COLUMN public.feed_cards.trusts_guids IS 'Whether guids tell its entries apart: as set, else as learnt.';
