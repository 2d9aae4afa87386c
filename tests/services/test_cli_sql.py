"""`tocsin sql` and `tocsin psql`: the views for everybody, changes for nobody."""

import csv
import io
import json

import psycopg
import pytest

from tests.services.command_line import CommandLine, command_line
from tests.services.line import Item, Line

VALUES = """
    SELECT 7 AS whole, 1.50 AS exact, 0.25::float8 AS half, true AS yes, NULL AS nothing, '{"a": 1.10}'::jsonb AS told,
        ARRAY[1, 2] AS several, timestamptz '2026-03-01 12:00:00+02' AS at, date '2026-03-01' AS day,
        interval '1 month 2 days' AS wait, 'Überschwemmung, „heute“' AS words
"""


@pytest.fixture
def tocsin(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> CommandLine:
    return command_line(database_url, monkeypatch, capsys)


def test_a_question_about_the_archive_is_answered(tocsin: CommandLine, line: Line) -> None:
    line.publish(line.feed(), Item("a"), Item("b"))
    ran = tocsin("sql", "select language, count(*) from releases group by 1", "--json")
    assert ran.status == 0
    assert ran.json == [{"language": "en", "count": 2}]


def test_json_keeps_numbers_numbers_json_json_and_instants_iso(tocsin: CommandLine) -> None:
    ran = tocsin("sql", VALUES, "--format", "json")
    assert ran.json == [
        {
            "whole": 7,
            "exact": 1.5,
            "half": 0.25,
            "yes": True,
            "nothing": None,
            "told": {"a": 1.1},
            "several": [1, 2],
            "at": "2026-03-01T10:00:00+00:00",
            "day": "2026-03-01",
            "wait": "1 mon 2 days",
            "words": "Überschwemmung, „heute“",
        }
    ]


def test_json_loses_no_digit_of_a_number(tocsin: CommandLine) -> None:
    ran = tocsin("sql", "select 1234567890.12345678901234567890 as n", "--json")
    assert "1234567890.12345678901234567890" in ran.out


def test_no_rows_are_an_empty_array(tocsin: CommandLine) -> None:
    assert tocsin("sql", "select * from releases", "--json").json == []


def test_ndjson_is_an_object_a_line(tocsin: CommandLine) -> None:
    ran = tocsin("sql", "select n from generate_series(1, 3) n", "--format", "ndjson")
    assert [json.loads(line) for line in ran.out.splitlines()] == [{"n": 1}, {"n": 2}, {"n": 3}]


def test_csv_has_a_header_even_without_rows(tocsin: CommandLine) -> None:
    assert tocsin("sql", "select id, title from releases", "--format", "csv").out == "id,title\n"


def test_csv_reads_back(tocsin: CommandLine) -> None:
    ran = tocsin("sql", VALUES, "--format", "csv")
    (row,) = csv.DictReader(io.StringIO(ran.out))
    assert row["words"] == "Überschwemmung, „heute“"
    assert row["told"] == '{"a": 1.10}'
    assert row["at"] == "2026-03-01T10:00:00+00:00"
    assert (row["nothing"], row["yes"]) == ("", "true")


def test_columns_of_one_name_do_not_hide_each_other(tocsin: CommandLine) -> None:
    assert tocsin("sql", "select 1 as n, 2 as n", "--json").json == [{"n": 1, "n_2": 2}]


def test_a_percent_sign_is_a_percent_sign(tocsin: CommandLine) -> None:
    assert tocsin("sql", "select 'Rhein' like 'R%' as found", "--json").json == [{"found": True}]


def test_more_rows_than_travel_at_once_all_arrive(tocsin: CommandLine) -> None:
    ran = tocsin("sql", "select n from generate_series(1, 2345) n", "--json")
    assert [row["n"] for row in ran.json] == list(range(1, 2346))


def test_a_table_fits_the_terminal(tocsin: CommandLine, line: Line) -> None:
    line.publish(line.feed(), Item("a"))
    ran = tocsin("sql", "select * from releases")
    assert max(map(len, ran.out.splitlines())) <= 80
    narrow = tocsin("sql", "select id, title, body from releases")
    assert str(line.one("SELECT id FROM releases")) in narrow.out
    assert max(map(len, narrow.out.splitlines())) <= 80


def test_a_long_table_says_where_the_rest_is(tocsin: CommandLine) -> None:
    ran = tocsin("sql", "select n from generate_series(1, 1001) n")
    assert len(ran.out.splitlines()) == 1001
    assert "--format csv" in ran.err


def test_what_a_feed_wrote_does_not_steer_the_terminal(tocsin: CommandLine) -> None:
    assert "\x1b" not in tocsin("sql", r"select E'\x1b[31mrouge' as title").out


@pytest.mark.parametrize(
    "statement",
    [
        "delete from releases",
        "delete from topics",
        "update feeds set title = ''",
        "insert into gaps values (null, now(), now(), '')",
        "create table mine (n int)",
        "create temp table mine (n int)",
        "truncate releases",
        "drop view releases",
        "select nextval('core.nothing')",
        "select * from core.secrets",
        "select pg_read_file('/etc/hostname')",
    ],
)
def test_a_change_is_refused_in_one_line_that_names_the_read_only_login(
    tocsin: CommandLine, statement: str
) -> None:
    line = tocsin.refused("sql", statement)
    assert "read-only, as tocsin_reader" in line


def test_read_only_is_more_than_a_default(tocsin: CommandLine, database_url: str) -> None:
    url = tocsin("psql", "--print").out.strip()
    with psycopg.connect(url) as connection:
        connection.execute("SET TRANSACTION READ WRITE")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("DELETE FROM gaps")


def test_a_mistake_is_told_in_one_line_with_its_place(tocsin: CommandLine) -> None:
    assert tocsin.refused("sql", "select titel from releases") == (
        'tocsin: sql: column "titel" does not exist (column 8); '
        'Perhaps you meant to reference the column "releases.title".'
    )
    assert "(line 2, column 6)" in tocsin.refused("sql", "select 1\nfrom release")


def test_a_mistake_met_on_the_way_is_told_too(tocsin: CommandLine) -> None:
    ran = tocsin("sql", "select 1 / (1500 - n) as q from generate_series(1, 2000) n", "--format", "csv")
    assert (ran.status, ran.err) == (1, "tocsin: sql: division by zero\n")


def test_several_statements_are_refused(tocsin: CommandLine) -> None:
    assert "one at a time" in tocsin.refused("sql", "select 1; delete from releases")


def test_a_statement_without_rows_is_refused(tocsin: CommandLine) -> None:
    assert "gives no rows" in tocsin.refused("sql", "set statement_timeout = 0")


def test_a_query_that_takes_too_long_says_so(tocsin: CommandLine, line: Line) -> None:
    name = line.one("SELECT current_database()")
    line.do(f"ALTER ROLE tocsin_reader IN DATABASE {name} SET statement_timeout = '100ms'")
    told = tocsin.refused("sql", "select count(*) from generate_series(1, 1000000000)")
    assert "statement timeout" in told
    assert "narrow the query" in told


def test_an_unknown_format_is_wrong_usage(tocsin: CommandLine) -> None:
    assert tocsin("sql", "select 1", "--format", "xml").status == 2


def test_the_printed_url_logs_in_as_the_reader(tocsin: CommandLine) -> None:
    ran = tocsin("psql", "--print")
    with psycopg.connect(ran.out.strip()) as connection:
        (user,) = connection.execute("SELECT current_user").fetchone() or ("",)
    assert user == "tocsin_reader"


def test_the_given_reader_url_is_used_alone(
    tocsin: CommandLine, monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    url = tocsin("psql", "--print").out.strip()
    monkeypatch.delenv("TOCSIN_DATABASE_URL")
    monkeypatch.setenv("TOCSIN_READER_DATABASE_URL", url)
    assert tocsin("sql", "select current_user as who", "--json").json == [{"who": "tocsin_reader"}]


def test_a_reader_that_is_not_let_in_is_told_in_one_line(
    tocsin: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOCSIN_READER_DATABASE_URL", "postgresql://tocsin_reader@127.0.0.1:1/tocsin")
    assert "does not let tocsin_reader in" in tocsin.refused("sql", "select 1")
