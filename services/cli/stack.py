"""What a command stands on: settings, the database and the broker, the embedded ones where none is given."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from shared.embedded import EmbeddedServices, embedded_services
from shared.errors import RefusedError
from shared.settings import Settings, load_settings
from shared.store.database import Database, open_database
from shared.store.migrate import migrate, schema_state


@dataclass(frozen=True, slots=True)
class Stack:
    """An open database, migrated, and where it and the broker are."""

    settings: Settings
    database: Database
    database_url: str
    broker_url: str


@contextmanager
def open_stack(*, broker: bool = False, settings: Settings | None = None) -> Iterator[Stack]:
    """Open what one command needs and close it after; the embedded services are started where none run.

    An empty database and our own are migrated on the way. One that was given and is older is not: when to
    migrate it is for its operator to say.
    """
    settings = settings or load_settings()
    own_database, own_broker = (
        not settings.database_url,
        broker and not (settings.broker_url or settings.redis_url),
    )
    with _embedded(settings, own_database, own_broker) as embedded:
        database_url = settings.database_url or embedded.database_url
        database = open_database(database_url, secret_keys=settings.secret_key)
        try:
            state = schema_state(database)
            if state == "old" and not own_database:
                raise RefusedError("database", "is at an older schema; run `tocsin migrate`")
            if state != "current":
                migrate(database_url, settings.reader_database_url)
            yield Stack(
                settings,
                database,
                database_url,
                settings.broker_url or settings.redis_url or embedded.redis_url,
            )
        finally:
            database.close()


def start_embedded_again(settings: Settings) -> None:
    """Start those of our own servers that have died; at the same addresses, so nobody has to be told."""
    with _embedded(settings, not settings.database_url, not (settings.broker_url or settings.redis_url)):
        """Whoever enters finds them running; we, who stay inside, keep them so."""


@contextmanager
def _embedded(settings: Settings, database: bool, broker: bool) -> Iterator[EmbeddedServices]:
    """Enter the data directory only where something of it is needed."""
    if not (database or broker):
        yield EmbeddedServices("", "")
        return
    with embedded_services(settings.data_dir, database=database, broker=broker) as embedded:
        yield embedded
