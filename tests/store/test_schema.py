"""The migrated schema: the classes agree with it, the views are as promised, the reader reads and no more."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Connection, text
from sqlmodel import SQLModel

from services.cli.schema_page import write_page
from shared.store import tables
from shared.store.database import Database, open_database
from shared.store.migrate import migrate, reader_url, schema_state, step_back
from shared.store.schema_page import load_views

# The public surface: scripts of others name these columns. New ones only at the end.
VIEWS = {
    "releases": "id title summary body language dateline publisher url published_claim published_at "
    "published_doubt first_seen_at updated_at revision feed_count story_id tags media text_source text_detail "
    "embargo_until withdrawn_at withdrawn_reason",
    "revisions": "release_id revision title body dateline language zones made_at changes",
    "sightings": "release_id feed_id guid url first_seen_at last_seen_at reason",
    "decisions": "decided_at kind release_id other_id detail",
    "story_links": "release_id sibling_id kind reason linked_at",
    "feeds": "id url title state",
    "polls": "feed_id started_at outcome status ms bytes entries new_entries overlap detail",
    "gaps": "feed_id from_at to_at reason",
    "fetches": "id feed_id fetched_at state attempts entries new revised copies seen settling refused failed detail",
    "topics": "id name query version last_rang_at releases_read_since feeds_live",
    "subscriptions": "id topic_id topic endpoint_id format per sequence",
    "endpoints": "id url state",
    "matches": "release_id revision topic_id topic topic_version evidence",
    "alerts": "id message_id subscription_id topic_id release_id revision state reason sequence created_at "
    "next_attempt_at told_at",
    "deliveries": "message_id webhook_id endpoint_id attempt started_at outcome status ms error",
    "ledger": "subscription_id topic matched delivered accepted held folded pending dead cancelled missing",
    "feed_cards": "feed_id guids trusts_guids dates texts conditions entries_a_day words evidence learnt_at",
    "feed_events": "id feed_id type at detail language figures",
    "hosts": "host waits_until waits_why",
    "languages": "language rhythm spoke_at quiet_since quiet_chance quiet",
    "robots": "origin state rules fetched_at good_until unreachable_since detail",
    "feed_settings": "feed_id options conditions_off paused_until",
    "habits": "publisher language releases repeated updated_at",
    "failing_bodies": "feed_id failed_at outcome status content_type url bytes start",
}


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = open_database(database_url, connections=2)
    yield database
    database.close()


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.begin() as connection:
        yield connection


@pytest.fixture
def reader(database: Database, database_url: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    with psycopg.connect(reader_url(database, database_url), autocommit=True) as reader:
        yield reader


def columns(connection: Connection, schema: str, table: str) -> list[str]:
    return list(
        connection.scalars(
            text(
                "SELECT column_name FROM information_schema.columns "
                "WHERE table_schema = :schema AND table_name = :table ORDER BY ordinal_position"
            ),
            {"schema": schema, "table": table},
        )
    )


def nullable(connection: Connection, table: str) -> set[str]:
    return set(
        connection.scalars(
            text(
                "SELECT column_name FROM information_schema.columns "
                "WHERE table_schema = 'core' AND table_name = :table AND is_nullable = 'YES'"
            ),
            {"table": table},
        )
    )


CLASSES = [
    member
    for member in vars(tables).values()
    if isinstance(member, type) and issubclass(member, SQLModel) and "__table__" in vars(member)
]


@pytest.mark.parametrize("model", CLASSES, ids=lambda model: model.__name__)
def test_a_class_has_exactly_the_columns_of_its_table(model: type[SQLModel], connection: Connection) -> None:
    table = tables.table_of(model)
    assert {column.name for column in table.columns} == set(columns(connection, "core", table.name))


@pytest.mark.parametrize("model", CLASSES, ids=lambda model: model.__name__)
def test_a_class_lets_be_null_what_the_table_does(model: type[SQLModel], connection: Connection) -> None:
    table = tables.table_of(model)
    assert {c.name for c in table.columns if c.nullable and not c.server_default} == nullable(
        connection, table.name
    )


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_has_the_promised_columns_in_order(view: str, connection: Connection) -> None:
    promised = VIEWS[view].split()
    assert columns(connection, "public", view)[: len(promised)] == promised


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_says_what_it_is(view: str, connection: Connection) -> None:
    assert connection.scalar(
        text("SELECT obj_description(CAST(:view AS regclass))"), {"view": f"public.{view}"}
    )


def test_every_view_is_among_the_promised(connection: Connection) -> None:
    found = connection.scalars(
        text("SELECT table_name FROM information_schema.views WHERE table_schema = 'public'")
    )
    assert set(found) == set(VIEWS)


def test_search_takes_a_language_and_gives_rank_and_snippet(connection: Connection) -> None:
    rows = connection.execute(text("SELECT id, rank, snippet FROM search('crue', 'fr')"))
    assert list(rows.keys()) == ["id", "rank", "snippet"]
    assert connection.scalar(
        text("SELECT obj_description('public.search(text, text, integer)'::regprocedure)")
    )


@pytest.mark.parametrize("view", VIEWS)
def test_the_reader_reads_every_view(view: str, reader: psycopg.Connection[tuple[object, ...]]) -> None:
    assert reader.execute(f"TABLE {view}").fetchall() == []


def test_the_reader_searches(reader: psycopg.Connection[tuple[object, ...]]) -> None:
    assert reader.execute("SELECT * FROM search('\"crue de la Moselle\" -exercice')").fetchall() == []


def test_the_reader_reads_no_table_behind_the_views(
    connection: Connection, reader: psycopg.Connection[tuple[object, ...]]
) -> None:
    found = connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'core'")).all()
    assert len(found) >= len(CLASSES)
    for table in found:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute(f"SELECT FROM core.{table}")


def test_the_reader_sets_nothing_off_in_the_core(reader: psycopg.Connection[tuple[object, ...]]) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        reader.execute("SELECT core.add_partitions(current_date, 1)")


@pytest.mark.parametrize("view", VIEWS)
def test_the_reader_changes_nothing_even_where_it_asks_to(
    view: str, reader: psycopg.Connection[tuple[object, ...]]
) -> None:
    # A view over several tables cannot be changed by anybody.
    refusals = (psycopg.errors.InsufficientPrivilege, psycopg.errors.ObjectNotInPrerequisiteState)
    reader.execute("SET default_transaction_read_only = off")
    with pytest.raises(refusals):
        reader.execute(f"DELETE FROM {view}")  # noqa: S608 - the names are ours


@pytest.mark.parametrize(
    "statement", ["CREATE TABLE mine (n int)", "CREATE SCHEMA mine", "CREATE VIEW mine AS SELECT 1"]
)
def test_the_reader_makes_nothing_even_where_it_asks_to(
    statement: str, reader: psycopg.Connection[tuple[object, ...]]
) -> None:
    reader.execute("SET default_transaction_read_only = off")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        reader.execute(statement)


def test_the_reader_makes_no_temporary_table(connection: Connection, template_database: str) -> None:
    # Asked of the migrated database itself: a copy of it starts with the rights of a new database.
    may = "SELECT has_database_privilege('tocsin_reader', :name, 'TEMPORARY')"
    assert connection.scalar(text(may), {"name": template_database}) is False


def test_the_reader_waits_for_no_query_for_ever(reader: psycopg.Connection[tuple[object, ...]]) -> None:
    assert reader.execute("SHOW statement_timeout").fetchone() == ("30s",)
    assert reader.execute("SHOW default_transaction_read_only").fetchone() == ("on",)


def test_what_a_url_may_keep_secret_is_masked(connection: Connection) -> None:
    masked = connection.execute(
        text(
            "SELECT core.masked_url('https://desk:geheim@press.example/rss?token=geheim&page=2'), "
            "core.masked_url('https://hooks.slack.com/services/T0/B0/geheim'), "
            "core.masked_url('https://discord.com/api/webhooks/1/geheim'), "
            "core.masked_url('https://press.example/rss')"
        )
    ).one()
    assert "geheim" not in " ".join(masked)
    assert masked[3] == "https://press.example/rss"


def test_migrating_again_changes_nothing(database: Database, database_url: str) -> None:
    before = reader_url(database, database_url)
    migrate(database_url)
    assert schema_state(database) == "current"
    assert reader_url(database, database_url) == before


def test_every_column_of_a_view_says_what_it_holds(connection: Connection) -> None:
    uncommented = connection.execute(
        text(
            "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 "
            "WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'v' "
            "AND col_description(c.oid, a.attnum) IS NULL"
        )
    )
    assert uncommented.all() == []


def test_the_page_of_the_schema_is_the_databases_own(connection: Connection) -> None:
    page = Path(__file__).parents[2] / "docs" / "schema.md"
    assert page.read_text("utf-8") == write_page(load_views(connection)), "tocsin schema --markdown writes it"


def test_one_step_is_taken_back_and_forward_again(database_url: str) -> None:
    database = open_database(database_url)
    assert schema_state(database) == "current"
    step_back(database_url)
    assert schema_state(database) == "old"
    migrate(database_url)
    assert schema_state(database) == "current"
    database.close()
