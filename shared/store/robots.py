"""What sites' robots.txt say, kept for all processes."""

from dataclasses import asdict

from sqlalchemy import Connection, text

from shared.domain.web.robots import Robots

_ADD = text("""
    INSERT INTO core.robots (origin, state, rules, fetched_at, good_until, unreachable_since, detail)
    VALUES (:origin, :state, :rules, :fetched_at, :good_until, :unreachable_since, :detail)
    ON CONFLICT (origin) DO UPDATE SET state = excluded.state, rules = excluded.rules,
        fetched_at = excluded.fetched_at, good_until = excluded.good_until,
        unreachable_since = excluded.unreachable_since, detail = excluded.detail
""")


def find_robots(connection: Connection, origin: str) -> Robots | None:
    """Find what is known of an origin's robots.txt, be it good still or not."""
    row = connection.execute(
        text(
            "SELECT state, rules, fetched_at, good_until, unreachable_since, detail FROM core.robots "
            "WHERE origin = :origin"
        ),
        {"origin": origin},
    ).one_or_none()
    return Robots(**row._asdict()) if row else None


def record_robots(connection: Connection, origin: str, robots: Robots) -> None:
    """Keep what was answered for an origin's robots.txt."""
    # PostgreSQL takes no NUL in a text, and no rule has one.
    values = asdict(robots) | {"rules": robots.rules.replace("\x00", "")}
    connection.execute(_ADD, {"origin": origin, **values})
