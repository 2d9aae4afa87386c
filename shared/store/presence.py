"""Leases, and the presence of whoever takes them: a lease ends with its holder, or when its time is up.

A process that is killed loses its connection, and with it the advisory lock that says it lives; the sweep then
ends what it held. Its time still bounds a lease whose holder hangs.
"""

from dataclasses import dataclass
from threading import Lock
from uuid import UUID, uuid4

from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.exc import DBAPIError

from shared.store.database import sqlalchemy_url

# The class of these two-part advisory locks: "tocs".
PRESENCE_CLASS = 0x746F6373


@dataclass(frozen=True, slots=True)
class Lease:
    """A claim that nobody else may take while `holder` lives, for at most `seconds`."""

    id: UUID
    holder: int
    seconds: float

    def columns(self) -> dict[str, object]:
        """Give the parameters of a claiming statement."""
        return {"lease": self.id, "holder": self.holder, "lease_seconds": self.seconds}


class Presence:
    """Says in the database that this process lives; announced anew where the connection was lost.

    A process's threads share one: two announcements at once would end the leases of the one that is forgotten.
    """

    def __init__(self, database_url: str, service: str) -> None:
        self._engine = create_engine(
            sqlalchemy_url(database_url),
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            connect_args={"keepalives_idle": 30, "connect_timeout": 10},
        )
        self._service = service
        self._connection: Connection | None = None
        self._key = 0
        self._turn = Lock()

    def lease(self, seconds: float) -> Lease:
        """Make a lease of this process; raises OperationalError where the database does not answer."""
        with self._turn:
            if not self._is_announced():
                self._announce()
            return Lease(uuid4(), self._key, seconds)

    def end(self) -> None:
        """Leave: what is still held ends with it."""
        with self._turn:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
        self._engine.dispose()

    def _is_announced(self) -> bool:
        if self._connection is None:
            return False
        try:
            self._connection.execute(text("SELECT 1"))
        except DBAPIError:
            # Forgotten, not only invalidated: SQLAlchemy never lets that one be used again.
            self._connection.invalidate()
            self._connection = None
            return False
        return True

    def _announce(self) -> None:
        connection = self._engine.connect()
        # Locked before it is committed: nobody sees a holder that does not live.
        self._key = connection.execute(
            text(
                "WITH me AS (INSERT INTO core.holders (service) VALUES (:service) RETURNING key) "
                "SELECT key FROM me, pg_advisory_lock(:class, key)"
            ),
            {"service": self._service, "class": PRESENCE_CLASS},
        ).scalar_one()
        self._connection = connection
