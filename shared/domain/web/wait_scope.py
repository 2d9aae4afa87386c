"""For whom a `Retry-After` holds: the feed that was answered so, its host, or its registered domain.

| what is seen | who waits |
|---|---|
| one feed was asked to wait | that feed: the limit may be of one route (FreshRSS #7870) |
| another feed of its host is waiting too | every feed and page of the host |
| a feed of another host of its registered domain is waiting too | every host of the domain (FreshRSS #8925) |

Each waits for as long as the latest answer asked, 24 hours at most.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Literal
from uuid import UUID

from tld import get_fld

from shared.domain.web.address import literal_address

WaitScope = Literal["feed", "host", "domain"]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A feed that was asked to wait, and its host."""

    feed_id: UUID
    host: str


def wait_scope(asked: Waiting, waiting: Iterable[Waiting]) -> WaitScope:
    """Tell for whom the wait that `asked` was asked for holds, by the table of this module."""
    others = [other for other in waiting if other.feed_id != asked.feed_id]
    domain = registered_domain(asked.host)
    if any(other.host != asked.host and registered_domain(other.host) == domain for other in others):
        return "domain"
    return "host" if any(other.host == asked.host for other in others) else "feed"


@cache
def registered_domain(host: str) -> str:
    """Give the part of a host's name that was registered, by the Public Suffix List, private suffixes included.

    A host of an address, or under a suffix that the list does not know, is its own.
    """
    if literal_address(host):
        return host
    return get_fld(host, fix_protocol=True, fail_silently=True, search_private=True) or host
