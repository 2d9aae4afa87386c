-- What the matcher read of a revision beside its words: a topic is tried on exactly that, found by its terms.
CREATE TABLE core.read_texts (
    release_id uuid NOT NULL,
    revision integer NOT NULL,
    terms_version integer NOT NULL,
    language text,
    tags text[] NOT NULL,
    feeds text[] NOT NULL,
    -- None where there are too many for a tsvector: such a text is always read in full.
    terms tsvector,
    read_at timestamptz NOT NULL,
    PRIMARY KEY (release_id, revision),
    FOREIGN KEY (release_id, revision) REFERENCES core.revisions ON DELETE CASCADE
);
-- A short list: the rows of one batch wait for no long one to be sorted in.
CREATE INDEX read_texts_terms ON core.read_texts USING gin (terms) WITH (gin_pending_list_limit = 1024);
CREATE INDEX read_texts_read ON core.read_texts (read_at);
