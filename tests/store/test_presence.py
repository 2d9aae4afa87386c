"""Who holds leases: announced once a process, and again whenever the connection that says so was lost."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

from shared.embedded import EmbeddedServices
from shared.store.presence import Lease, Presence


@pytest.fixture
def presence(database_url: str) -> Iterator[Presence]:
    presence = Presence(database_url, "test")
    yield presence
    presence.end()


def holders(database_url: str) -> list[int]:
    """Give the keys whose advisory lock is held: what the sweep takes to be alive."""
    with psycopg.connect(database_url) as connection:
        rows = connection.execute(
            "SELECT objid::integer FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2 "
            "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        return [key for (key,) in rows]


def lose(services: EmbeddedServices, database_url: str, *, back: bool) -> None:
    """Cut every connection to a test's database; with `back` False it takes no new one either."""
    name = urlsplit(database_url).path.lstrip("/")
    with psycopg.connect(services.database_url, autocommit=True) as connection:
        allow = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
        connection.execute(allow.format(sql.Identifier(name), sql.Literal(back)))
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", [name]
        )


def test_a_lease_names_a_holder_that_lives(presence: Presence, database_url: str) -> None:
    assert [presence.lease(60).holder] == holders(database_url)


def test_a_holder_that_lost_its_connection_announces_itself_anew(
    services: EmbeddedServices, presence: Presence, database_url: str
) -> None:
    before = presence.lease(60).holder
    lose(services, database_url, back=True)

    after = presence.lease(60).holder

    assert after != before
    assert holders(database_url) == [after]


def test_a_database_that_was_away_for_longer_is_asked_again_until_it_answers(
    services: EmbeddedServices, presence: Presence, database_url: str
) -> None:
    presence.lease(60)
    lose(services, database_url, back=False)
    for _ in range(2):
        with pytest.raises(Exception, match="not currently accepting connections"):
            presence.lease(60)

    lose(services, database_url, back=True)

    assert [presence.lease(60).holder] == holders(database_url)


def test_threads_of_one_process_are_one_holder(presence: Presence, database_url: str) -> None:
    together = Barrier(6)

    def lease(_: int) -> Lease:
        together.wait()
        return presence.lease(60)

    with ThreadPoolExecutor(6) as pool:
        leases = list(pool.map(lease, range(6)))

    assert {lease.holder for lease in leases} == set(holders(database_url))
    assert len(holders(database_url)) == 1
