"""What a backup holds, and the clearing of a database for one that comes back."""

from dataclasses import dataclass

from sqlalchemy import Connection, text


@dataclass(frozen=True, slots=True)
class Holdings:
    """How much a database holds."""

    feeds: int
    topics: int
    releases: int
    alerts: int


def count_holdings(connection: Connection) -> Holdings:
    """Count what a person would miss."""
    row = connection.execute(
        text(
            "SELECT (SELECT count(*) FROM core.feeds WHERE removed_at IS NULL) AS feeds, "
            "(SELECT count(*) FROM core.topics WHERE removed_at IS NULL) AS topics, "
            "(SELECT count(*) FROM core.releases) AS releases, (SELECT count(*) FROM core.alerts) AS alerts"
        )
    ).one()
    return Holdings(**row._asdict())


# Not the schema `public` itself: made by us, it would be another's than the one that the backup expects.
_CLEAR = """
    DROP SCHEMA core CASCADE;
    DROP TABLE public.tocsin_version;
    DO $$
    DECLARE
        signature text;
    BEGIN
        FOR signature IN
            SELECT p.oid::regprocedure::text FROM pg_proc p
            WHERE p.pronamespace = 'public'::regnamespace
              AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
        LOOP
            EXECUTE 'DROP FUNCTION ' || signature;
        END LOOP;
    END $$;
"""


def clear_database(connection: Connection) -> None:
    """Drop everything of ours: tables, views and functions."""
    connection.exec_driver_sql(_CLEAR)
