"""The schema goes forward, back step by step, and forward again, with rows in it."""

import psycopg
import pytest
from sqlalchemy import Connection, text

from shared.errors import ServiceError
from shared.store.database import Database, open_database
from shared.store.erasing import erase_release
from shared.store.migrate import Patience, migrate, move_schema, reader_url, schema_state
from tests.services.line import Item, Line

FIRST = "0001"

# All that a migration may make, but the partitions, which every day makes.
SCHEMA = r"""
    WITH ours AS (
        SELECT oid, oid::regclass::text AS name, relkind, relacl FROM pg_class
        WHERE relnamespace IN ('core'::regnamespace, 'public'::regnamespace) AND NOT relispartition)
    SELECT 'column', table_schema || '.' || table_name || '.' || column_name,
        concat_ws(' ', data_type, is_nullable, column_default)
    FROM information_schema.columns
    WHERE table_schema IN ('core', 'public') AND table_name !~ '_[0-9]{8}$'
    UNION ALL SELECT 'view', name, pg_get_viewdef(oid) FROM ours WHERE relkind = 'v'
    UNION ALL SELECT 'rights', name, relacl::text FROM ours WHERE relkind = 'v'
    UNION ALL SELECT 'constraint', o.name || ' ' || c.conname, pg_get_constraintdef(c.oid)
    FROM pg_constraint c JOIN ours o ON o.oid = c.conrelid
    UNION ALL SELECT 'index', o.name || ' ' || i.indexrelid::regclass, pg_get_indexdef(i.indexrelid)
    FROM pg_index i JOIN ours o ON o.oid = i.indrelid
    UNION ALL SELECT 'trigger', o.name || ' ' || t.tgname, pg_get_triggerdef(t.oid)
    FROM pg_trigger t JOIN ours o ON o.oid = t.tgrelid WHERE NOT t.tgisinternal
    UNION ALL SELECT 'function', p.oid::regprocedure::text, pg_get_functiondef(p.oid) || coalesce(p.proacl::text, '')
    FROM pg_proc p
    WHERE p.pronamespace IN ('core'::regnamespace, 'public'::regnamespace) AND NOT EXISTS (
        SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    UNION ALL SELECT 'comment', i.identity, d.description
    FROM pg_description d, pg_identify_object(d.classoid, d.objoid, d.objsubid) AS i
    WHERE i.identity ~ '^(core|public)\.'
"""

FOLD = """
    UPDATE core.alerts a SET folded = true, folded_into = head.id FROM core.alerts head
    WHERE a.state = 'held' AND head.state = 'held' AND head.id < a.id
"""


def schema(connection: Connection) -> dict[tuple[str, str], str]:
    rows = connection.exec_driver_sql(SCHEMA)
    return {(kind, name): " ".join((words or "").split()) for kind, name, words in rows}


def read_as_reader(database: Database, database_url: str) -> None:
    with database.begin() as connection:
        views = connection.scalars(text("SELECT viewname FROM pg_views WHERE schemaname = 'public'")).all()
    with psycopg.connect(reader_url(database, database_url), autocommit=True) as reader:
        for view in views:
            assert "geheim" not in str(reader.execute(f"TABLE {view}").fetchall())
        assert len(reader.execute("SELECT * FROM search('freighter')").fetchall()) == 2


def fill(line: Line) -> None:
    """Store two releases and one that was erased, alerts that are due, held and folded; and a page, by a proxy."""
    told = line.subscribe("terrorism")
    held = line.subscribe("terrorism", "https://desk.example/digest", "crew")
    line.do("UPDATE core.subscriptions SET gather = interval '1 hour' WHERE id = :id", id=held.id)
    line.do(
        "INSERT INTO core.subscriptions (event, endpoint_id, since_version) "
        "SELECT 'feed.*', endpoint_id, 1 FROM core.subscriptions WHERE id = :id",
        id=told.id,
    )
    feed = line.feed()
    line.publish(feed, Item("erased"))
    with line.database.begin() as connection:
        erase_release(connection, connection.scalars(text("SELECT id FROM releases")).one())
    line.do("UPDATE core.feeds SET next_poll_at = now()")
    line.publish(feed, Item("one"), Item("two"))
    line.do(FOLD)
    line.feed("https://press.example/page")
    line.do(
        "UPDATE core.feeds SET page = 'auto', options = CAST(:options AS jsonb) WHERE url LIKE '%/page'",
        options='{"proxy": "http://desk:geheim@proxy.example"}',
    )


@pytest.mark.timeout(300)
def test_every_step_can_be_taken_back_and_taken_again_with_rows_in_the_database(database_url: str) -> None:
    line = Line(database_url)
    fill(line)
    assert line.one("SELECT sum(held) FROM ledger") == 2
    with line.database.begin() as connection:
        before = schema(connection)
    while move_schema(database_url, "downgrade", "-1") != FIRST:
        read_as_reader(line.database, database_url)
        assert line.one("SELECT sum(abs(missing)) FROM ledger") == 0
    migrate(database_url)
    with line.database.begin() as connection:
        assert schema(connection) == before
    assert line.one("SELECT count(*) FROM releases") == 2
    assert line.ask("SELECT pending, cancelled, missing FROM ledger ORDER BY pending") == [
        (0, 2, 0),
        (2, 0, 0),
    ]
    assert line.one("SELECT state FROM feeds WHERE url LIKE '%/page'") == "paused"
    line.close()


@pytest.mark.timeout(300)
def test_a_step_back_leaves_exactly_what_the_steps_before_it_make(database_url: str) -> None:
    database = open_database(database_url)
    left: dict[str, dict[tuple[str, str], str]] = {}
    while version := move_schema(database_url, "downgrade", "-1"):
        with database.begin() as connection:
            left[version] = schema(connection)
    for version, found in sorted(left.items()):
        assert move_schema(database_url, "upgrade", "+1") == version
        with database.begin() as connection:
            assert sorted(schema(connection).items() ^ found.items()) == []
    database.close()


@pytest.mark.timeout(60)
def test_a_migration_gives_up_on_a_table_that_another_holds_and_changes_nothing(database_url: str) -> None:
    database = open_database(database_url)
    move_schema(database_url, "downgrade", FIRST)
    with psycopg.connect(database_url) as other:
        other.execute("LOCK TABLE core.feeds IN ACCESS SHARE MODE")
        with pytest.raises(ServiceError, match="run `tocsin migrate` again"):
            migrate(database_url, patience=Patience(lock_seconds=0.1, pause_seconds=0, attempts=1))
        assert schema_state(database) == "old"
    migrate(database_url)
    assert schema_state(database) == "current"
    database.close()
