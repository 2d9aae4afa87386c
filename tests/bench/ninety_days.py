"""Ninety days of polls and deliveries: the log stays as large as thirty days of it.

`python -m tests.bench.ninety_days [--rows N]`: so many polls and deliveries a day, a partition a day, dropped when its
time is over.
"""

import argparse
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, text

from shared.embedded import embedded_services
from shared.store.database import open_database
from shared.store.migrate import migrate
from shared.store.sweeping import POLLS_KEPT_DAYS

DAYS = 90
_SHOWN = 10


def main() -> None:
    """Live through the days and print how large the log is every tenth."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.ninety_days", description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    rows = parser.parse_args().rows
    with TemporaryDirectory(prefix="tocsin-days-") as folder, embedded_services(Path(folder)) as services:
        migrate(services.database_url)
        database = open_database(services.database_url)
        print(f"{rows:,} polls and {rows:,} deliveries a day\n\n day      rows   size")
        for day in range(DAYS):
            with database.begin() as transaction:
                live_through(transaction, day, rows)
                if (day + 1) % _SHOWN == 0:
                    print(f"{day + 1:4}  {describe(transaction)}")
        database.close()


def live_through(connection: Connection, day: int, rows: int) -> None:
    """Make the day's partitions, fill them, and drop those whose days are over, as the sweep does."""
    date = (datetime.now(UTC) - timedelta(days=DAYS - day + 10)).date()
    connection.execute(text("SELECT core.add_partitions(:day, 1)"), {"day": date})
    connection.execute(
        text(
            "INSERT INTO core.polls (feed_id, started_at, outcome, status, ms, bytes, entries, detail) "
            "SELECT uuidv7(), CAST(:day AS date) + n * interval '1 day' / :rows, 'not_modified', 304, 80, 0, 20, '' "
            "FROM generate_series(0, :rows - 1) AS n"
        ),
        {"day": date, "rows": rows},
    )
    connection.execute(
        text(
            "INSERT INTO core.deliveries (message_id, endpoint_id, attempt, started_at, outcome, status, ms, answer) "
            "SELECT uuidv7(), uuidv7(), 1, CAST(:day AS date) + n * interval '1 day' / :rows, 'delivered', 204, 40, '' "
            "FROM generate_series(0, :rows - 1) AS n"
        ),
        {"day": date, "rows": rows},
    )
    connection.execute(
        text("SELECT core.drop_partitions(p, :before) FROM unnest(ARRAY['polls', 'deliveries']) AS p"),
        {"before": date - timedelta(days=POLLS_KEPT_DAYS)},
    )


def describe(connection: Connection) -> str:
    """Count the rows of the log and measure its tables."""
    row = connection.execute(
        text(
            "SELECT (SELECT count(*) FROM core.polls) + (SELECT count(*) FROM core.deliveries) AS rows, "
            "pg_size_pretty(sum(pg_total_relation_size(inhrelid))) AS size FROM pg_inherits "
            "WHERE inhparent IN ('core.polls'::regclass, 'core.deliveries'::regclass)"
        )
    ).one()
    return f"{row.rows:8,}  {row.size}"


if __name__ == "__main__":
    main()
