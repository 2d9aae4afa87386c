-- In which door's form a message was frozen; Teams' workflows take one of two shapes.
ALTER TABLE core.messages ADD COLUMN format text NOT NULL DEFAULT 'standard';
ALTER TABLE core.subscriptions DROP CONSTRAINT subscriptions_format_check,
    ADD CONSTRAINT subscriptions_format_check
        CHECK (format IN ('standard', 'slack', 'discord', 'teams', 'teams-card'));

-- What an endpoint is told in that no subscription is meant by: the format of its newest subscription.
CREATE FUNCTION core.door_format(endpoint uuid) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce((SELECT format FROM core.subscriptions WHERE endpoint_id = endpoint
                     ORDER BY removed_at DESC NULLS FIRST, id DESC LIMIT 1), 'standard')
$$;

-- A hook's address is its key: whatever the port, the version in its path, or the age of the service.
CREATE OR REPLACE FUNCTION core.masked_url(url text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT regexp_replace(
        regexp_replace(
            regexp_replace(url, '^([a-z][a-z0-9+.-]*://)[^/?#@]*@', '\1***@', 'i'),
            '([?&][^=&#]*)=[^&#]*', '\1=***', 'g'),
        '^(https?://(?:[^/?#]*[.@])?(?:slack|slack-gov|discord|discordapp|office|logic\.azure|powerautomate|api\.powerplatform)\.com(?::[0-9]+)?/)(?:(?:services|workflows|triggers|webhookb2)/|api/(?:v[0-9]+/)?webhooks/|[^?#]*/(?:IncomingWebhook|triggers/manual)/).*$',
        '\1***', 'i')
$$;
