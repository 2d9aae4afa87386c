-- Until when nothing is asked of a host, and why: several of its feeds were told to wait.
ALTER TABLE core.hosts ADD COLUMN waits_until timestamptz, ADD COLUMN waits_why text NOT NULL DEFAULT '';

CREATE VIEW public.hosts AS
SELECT host, CASE WHEN waits_until > now() THEN waits_until END AS waits_until,
    CASE WHEN waits_until > now() THEN waits_why ELSE '' END AS waits_why
FROM core.hosts;

COMMENT ON VIEW public.hosts IS 'The servers that are asked, and until when one is not, because it asked to wait.';
