"""A migration builds an index while the line writes; what was broken off is done again."""

import logging
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from uuid import uuid4

import psycopg
import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from psycopg import Connection
from sqlalchemy.exc import OperationalError

from shared.store.database import open_database
from shared.store.migrate import Patience, migrate, move_schema, schema_state
from shared.store.migrations.indexes import build_index

IN_A_HURRY = Patience(lock_seconds=0.2, pause_seconds=0.1, attempts=1000)
NEWEST_ON_RELEASES = "releases_merged"
# A reader that looks at one state for long, as a dump does.
SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM pg_class"
STORE = """
    WITH release AS (
        INSERT INTO core.releases (state, first_seen_at, updated_at, text_source)
        VALUES ('settled', now(), now(), 'feed') RETURNING id)
    INSERT INTO core.revisions (release_id, revision, title, body, words, made_at)
    SELECT id, 1, 'A ship came in', '', '', now() FROM release
"""


@pytest.fixture
def watcher(database_url: str) -> Iterator[Connection]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


def build(database_url: str, name: str, table: str, on: str) -> None:
    database = open_database(database_url, connections=1)
    with database.connect() as connection, Operations.context(MigrationContext.configure(connection)):
        build_index(name, table, on)
    database.close()


def validity(watcher: Connection, index: str) -> bool | None:
    row = watcher.execute(
        "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('core.' || %s)", [index]
    ).fetchone()
    return None if row is None else bool(row[0])


def without_index(database_url: str, watcher: Connection, index: str) -> None:
    """Take steps back until nothing is left of an index."""
    while validity(watcher, index) is not None:
        move_schema(database_url, "downgrade", "-1")


def building(watcher: Connection) -> int | None:
    row = watcher.execute(
        "SELECT pid FROM pg_stat_activity WHERE query LIKE 'CREATE%INDEX CONCURRENTLY%' AND wait_event_type = 'Lock' "
        "AND datname = current_database()"
    ).fetchone()
    return None if row is None else int(row[0])


def wait_for_a_build(watcher: Connection, migration: Future[None]) -> int | None:
    """Wait until a build waits for older transactions; None where the migration ends without one."""
    while not migration.done():
        if pid := building(watcher):
            return pid
        time.sleep(0.01)
    return building(watcher)


class Writer:
    """Stores releases until it is stopped; fails where one waits longer for a lock than a migration may ask for it."""

    def __init__(self, database_url: str, pool: ThreadPoolExecutor) -> None:
        self.stored = 0
        self._stop = Event()
        self._writing = pool.submit(self._write, database_url)

    def _write(self, database_url: str) -> None:
        with psycopg.connect(database_url, autocommit=True) as connection:
            connection.execute(f"SET lock_timeout = {round(IN_A_HURRY.lock_seconds * 1000) + 1000}")
            while not self._stop.is_set():
                connection.execute(STORE)
                self.stored += 1

    def wait_for_more(self) -> None:
        before = self.stored
        while self.stored < before + 20:
            assert not self._writing.done(), self._writing.exception()
            time.sleep(0.01)

    def stop(self) -> None:
        self._stop.set()
        self._writing.result()


@contextmanager
def a_writer(database_url: str) -> Iterator[Writer]:
    with ThreadPoolExecutor(1) as pool:
        writer = Writer(database_url, pool)
        try:
            yield writer
        finally:
            writer.stop()


@pytest.mark.timeout(120)
def test_releases_are_stored_while_an_index_of_them_is_built(database_url: str, watcher: Connection) -> None:
    without_index(database_url, watcher, NEWEST_ON_RELEASES)
    with ThreadPoolExecutor(1) as pool, psycopg.connect(database_url) as reader:
        reader.execute(SNAPSHOT)
        with a_writer(database_url) as writer:
            migration = pool.submit(migrate, database_url, patience=IN_A_HURRY)
            assert wait_for_a_build(watcher, migration)
            writer.wait_for_more()
            assert validity(watcher, NEWEST_ON_RELEASES) is not True
            reader.rollback()
            migration.result()
    assert validity(watcher, NEWEST_ON_RELEASES) is True


@pytest.mark.timeout(120)
def test_others_store_while_a_build_waits_for_one_who_stores_slowly(
    database_url: str, watcher: Connection
) -> None:
    with ThreadPoolExecutor(1) as pool, psycopg.connect(database_url) as slow:
        slow.execute("LOCK TABLE core.revisions IN ROW EXCLUSIVE MODE")
        with a_writer(database_url) as writer:
            made = pool.submit(build, database_url, "revisions_title", "revisions", "(title)")
            assert wait_for_a_build(watcher, made)
            writer.wait_for_more()
            slow.commit()
            made.result()
    assert validity(watcher, "revisions_title") is True


@pytest.mark.timeout(300)
def test_every_step_that_builds_an_index_can_be_broken_off_and_taken_again(
    database_url: str, watcher: Connection
) -> None:
    database = open_database(database_url)
    broken_off = 0
    move_schema(database_url, "downgrade", "0001")
    with ThreadPoolExecutor(1) as pool:
        while schema_state(database) != "current":
            with psycopg.connect(database_url) as older:
                older.execute(SNAPSHOT)
                step: Future[object] = pool.submit(move_schema, database_url, "upgrade", "+1")
                if pid := wait_for_a_build(watcher, step):
                    watcher.execute("SELECT pg_cancel_backend(%s)", [pid])
                    with pytest.raises(OperationalError, match="canceling statement"):
                        step.result()
                    broken_off += 1
            if step.exception():
                move_schema(database_url, "upgrade", "+1")
    assert broken_off > 5
    assert watcher.execute("SELECT count(*) FROM pg_index WHERE NOT indisvalid").fetchone() == (0,)
    database.close()


@pytest.mark.timeout(120)
def test_a_migration_asks_again_for_a_table_that_another_holds_and_says_who(
    database_url: str, watcher: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    without_index(database_url, watcher, NEWEST_ON_RELEASES)
    caplog.set_level(logging.WARNING, "tocsin.migrate")
    with (
        psycopg.connect(database_url, application_name="a desk's report") as other,
        ThreadPoolExecutor(1) as pool,
    ):
        other.execute("LOCK TABLE core.releases IN ACCESS SHARE MODE")
        migration = pool.submit(migrate, database_url, patience=IN_A_HURRY)
        while "tries again" not in caplog.text:
            assert not migration.done()
            time.sleep(0.01)
        assert f"process {other.info.backend_pid} of the database (a desk's report" in caplog.text
        other.rollback()
        migration.result()
    assert validity(watcher, NEWEST_ON_RELEASES) is True


@pytest.mark.timeout(60)
def test_two_that_migrate_at_once_do_not_wait_for_each_other_for_ever(
    database_url: str, watcher: Connection
) -> None:
    without_index(database_url, watcher, NEWEST_ON_RELEASES)
    with ThreadPoolExecutor(3) as pool:
        for migration in [pool.submit(migrate, database_url) for _ in range(3)]:
            migration.result()
    assert validity(watcher, NEWEST_ON_RELEASES) is True


def test_a_partitioned_table_gets_its_index_partition_by_partition(
    database_url: str, watcher: Connection
) -> None:
    watcher.execute(
        "INSERT INTO core.polls (feed_id, started_at, outcome, ms) VALUES (%s, now(), 'changed', 1)",
        [uuid4()],
    )
    build(database_url, "polls_slow", "polls", "(ms) WHERE ms > 1000")
    assert validity(watcher, "polls_slow") is True
    watcher.execute(
        "CREATE TABLE core.polls_late PARTITION OF core.polls FOR VALUES FROM ('2099-01-01') TO ('2099-02-01')"
    )
    partitions = watcher.execute(
        "SELECT count(*) FROM pg_inherits WHERE inhparent = 'core.polls'::regclass"
    ).fetchone()
    indexed = watcher.execute(
        "SELECT count(*) FROM pg_inherits WHERE inhparent = 'core.polls_slow'::regclass"
    ).fetchone()
    assert partitions == indexed


def test_an_index_that_was_left_invalid_is_built_anew(database_url: str, watcher: Connection) -> None:
    for _ in range(2):
        watcher.execute(STORE)
    with pytest.raises(psycopg.errors.UniqueViolation):
        watcher.execute("CREATE UNIQUE INDEX CONCURRENTLY revisions_title ON core.revisions (title)")
    assert validity(watcher, "revisions_title") is False
    build(database_url, "revisions_title", "revisions", "(title)")
    assert validity(watcher, "revisions_title") is True


def test_an_index_that_is_there_stays(database_url: str, watcher: Connection) -> None:
    build(database_url, "revisions_title", "revisions", "(title)")
    build(database_url, "revisions_title", "revisions", "(title)")
    assert validity(watcher, "revisions_title") is True
