-- Languages as heard over all feeds. One that goes missing was found by a reader's mail elsewhere, weeks late.
CREATE TABLE core.languages (
    language text PRIMARY KEY,
    rhythm bytea NOT NULL,
    rhythm_words text NOT NULL,
    spoke_at timestamptz NOT NULL,
    read_until timestamptz NOT NULL,
    quiet_after timestamptz,
    quiet_since timestamptz,
    quiet_chance double precision,
    quiet_words text NOT NULL DEFAULT '',
    quiet_judged_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE VIEW public.languages AS
SELECT language, rhythm_words AS rhythm, spoke_at, quiet_since, quiet_chance, quiet_words AS quiet
FROM core.languages;

COMMENT ON VIEW public.languages IS 'How often each language is heard over all feeds, and whether it is quiet.';
