"""Who has been asked to wait: a host, or every host of a registered domain, is asked nothing until then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, text

from shared.domain.web.wait_scope import Waiting, registered_domain, wait_scope


@dataclass(frozen=True, slots=True)
class AskedToWait:
    """A feed whose answer asked to wait, and how long."""

    feed: Waiting
    wait: timedelta


_WAITING = text("""
    SELECT id, host FROM core.feeds
    WHERE last_outcome = 'rate_limited' AND next_poll_at > now() AND removed_at IS NULL
""")

_MARK = text("""
    UPDATE core.hosts SET waits_until = greatest(waits_until, now() + :wait), waits_why = :why
    WHERE host = ANY(:hosts)
""")


def record_waits(connection: Connection, asked: Sequence[AskedToWait]) -> None:
    """Let hosts wait where more than one feed was asked to; call once these feeds' own waits are recorded.

    Hosts are locked in the order of their names.
    """
    if not asked:
        return
    waiting = [Waiting(row.id, row.host) for row in connection.execute(_WAITING)]
    for one in sorted(asked, key=lambda one: one.feed.host):
        scope, host = wait_scope(one.feed, waiting), one.feed.host
        if scope == "feed":
            continue
        hosts, why = [host], f"several feeds of {host} were asked to wait"
        if scope == "domain":
            domain = registered_domain(host)
            names = connection.scalars(text("SELECT host FROM core.hosts ORDER BY host"))
            hosts = [name for name in names if registered_domain(name) == domain]
            why = f"feeds of several hosts of {domain} were asked to wait"
        connection.execute(_MARK, {"wait": one.wait, "why": why, "hosts": hosts})
