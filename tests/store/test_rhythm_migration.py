"""The migration that adds a feed's rhythm can be taken back and applied again."""

from sqlalchemy import text

from shared.store.database import Database, open_database
from shared.store.migrate import migrate, move_schema


def columns(database: Database) -> list[str]:
    with database.begin() as connection:
        rows = connection.execute(
            text("SELECT column_name FROM information_schema.columns WHERE table_name = 'feeds' ORDER BY 1")
        )
        return list(rows.scalars())


def test_going_back_and_forth_leaves_the_same_columns(database_url: str) -> None:
    database = open_database(database_url, connections=1)
    before = columns(database)
    move_schema(database_url, "downgrade", "0002")
    assert "rhythm" not in columns(database)
    migrate(database_url)
    assert columns(database) == before
    database.close()
