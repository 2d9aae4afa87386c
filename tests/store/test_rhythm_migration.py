"""The migration that adds a feed's rhythm can be taken back and applied again."""

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from shared.store.database import open_database
from shared.store.migrate import MIGRATIONS


def columns(connection: Connection) -> list[str]:
    rows = connection.execute(
        text("SELECT column_name FROM information_schema.columns WHERE table_name = 'feeds' ORDER BY 1")
    )
    return list(rows.scalars())


@pytest.fixture
def config() -> Config:
    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS))
    return settings


def test_going_back_and_forth_leaves_the_same_columns(database_url: str, config: Config) -> None:
    database = open_database(database_url, connections=1)
    with database.begin() as connection:
        config.attributes["connection"] = connection
        before = columns(connection)
        command.downgrade(config, "0002")
        assert "rhythm" not in columns(connection)
        command.upgrade(config, "head")
        assert columns(connection) == before
    database.close()
