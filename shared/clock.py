"""The one reading of the wall clock; decisions get the instant as an argument."""

from datetime import UTC, datetime


def now() -> datetime:
    """Give the current instant, aware, in UTC."""
    return datetime.now(UTC)
