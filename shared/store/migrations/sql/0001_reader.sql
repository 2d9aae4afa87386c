-- `tocsin_reader` sees the views and nothing else; its password is set by `shared.store.migrate`.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tocsin_reader') THEN
        CREATE ROLE tocsin_reader LOGIN;
    END IF;
END $$;
ALTER ROLE tocsin_reader SET statement_timeout = '30s';
ALTER ROLE tocsin_reader SET default_transaction_read_only = on;
ALTER ROLE tocsin_reader SET idle_in_transaction_session_timeout = '60s';
DO $$
BEGIN
    EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO tocsin_reader', current_database());
END $$;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO tocsin_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO tocsin_reader;
GRANT EXECUTE ON FUNCTION public.search(text, text) TO tocsin_reader;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO tocsin_reader;
