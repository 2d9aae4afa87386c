"""Builds indexes on tables that are being written to, without holding their writers up."""

import logging

from alembic import op
from sqlalchemy import Connection, text

LOG = logging.getLogger("tocsin.migrate")


def build_index(name: str, table: str, on: str, *, unique: bool = False) -> None:
    """Build an index of a table that exists already, partitioned or not; one that is there stays.

    `name` and `table` are without their schema, which is `core`; `on` is what follows the table in CREATE INDEX:
    `(column) WHERE …`, `USING gin (column)`. What the migration did before is committed here, and is done again
    where the build is broken off: call it first, or after `ADD COLUMN IF NOT EXISTS` alone.
    """
    kind = "UNIQUE INDEX" if unique else "INDEX"
    with op.get_context().autocommit_block():
        connection = op.get_bind()
        if _is_partitioned(connection, table):
            _build_on_partitions(connection, kind, name, table, on)
        else:
            _build(connection, kind, name, table, on)


def _build_on_partitions(connection: Connection, kind: str, name: str, table: str, on: str) -> None:
    # A partitioned table takes no CONCURRENTLY. On it alone the index is made in no time; a partition that comes
    # from then on brings its own, and the whole is valid when each older one has been given its.
    connection.exec_driver_sql(f"CREATE {kind} IF NOT EXISTS {name} ON ONLY core.{table} {on}")
    for partition in _partitions_without(connection, name, table):
        of_partition = f"{partition}_{name}"
        _build(connection, kind, of_partition, partition, on)
        connection.exec_driver_sql(f"ALTER INDEX core.{name} ATTACH PARTITION core.{of_partition}")


def _build(connection: Connection, kind: str, name: str, table: str, on: str) -> None:
    valid = connection.scalar(
        text("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('core.' || :name)"),
        {"name": name},
    )
    if valid:
        return
    if connection.scalar(text("SELECT pg_relation_size('core.' || :table) > 0"), {"table": table}):
        LOG.info("builds the index %s of %s; it waits for what runs, and holds up nobody", name, table)
    limit = connection.scalar(text("SHOW lock_timeout"))
    # Its wait for older transactions holds up nobody, and giving up would begin the whole build anew.
    connection.exec_driver_sql("SET lock_timeout = 0")
    if valid is False:
        # A build that was broken off leaves an index that is written to and never read.
        connection.exec_driver_sql(f"DROP INDEX CONCURRENTLY core.{name}")
    connection.exec_driver_sql(f"CREATE {kind} CONCURRENTLY {name} ON core.{table} {on}")
    connection.execute(text("SELECT set_config('lock_timeout', :limit, false)"), {"limit": limit})


def _is_partitioned(connection: Connection, table: str) -> bool:
    kind: str | None = connection.scalar(
        text("SELECT relkind::text FROM pg_class WHERE oid = to_regclass('core.' || :table)"),
        {"table": table},
    )
    return kind == "p"


def _partitions_without(connection: Connection, index: str, table: str) -> list[str]:
    found = connection.scalars(
        text("""
            SELECT c.relname FROM pg_inherits p JOIN pg_class c ON c.oid = p.inhrelid
            WHERE p.inhparent = to_regclass('core.' || :table) AND NOT EXISTS (
                SELECT FROM pg_index i JOIN pg_inherits a ON a.inhrelid = i.indexrelid
                WHERE i.indrelid = c.oid AND a.inhparent = to_regclass('core.' || :index))
            ORDER BY c.relname
        """),
        {"table": table, "index": index},
    )
    return list(found)
