-- The keys of each text's MinHash bands. The keys of the newest releases stand last in their band (uuidv7), so
-- that a lookup reads a few entries of one index, however many releases are stored.
CREATE TABLE core.bands (
    band bigint NOT NULL,
    release_id uuid NOT NULL,
    PRIMARY KEY (band, release_id)
);
-- The site whose feed or address a release came from first: within it, only identity makes two entries one.
ALTER TABLE core.releases ADD COLUMN site text NOT NULL DEFAULT '',
    ADD COLUMN bands bigint[] NOT NULL DEFAULT '{}';

UPDATE core.releases SET site = coalesce(substring(url FROM '^https?://(?:[^/?#]*\.)?([^./?#:]+\.[^./?#:]+)'), '');

-- By its own list of bands: an index by release would be as large as the table.
CREATE FUNCTION core.forget_bands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM core.bands WHERE band = ANY(OLD.bands) AND release_id = OLD.id;
    RETURN NULL;
END $$;
CREATE TRIGGER forget_bands AFTER DELETE ON core.releases FOR EACH ROW EXECUTE FUNCTION core.forget_bands();
