"""What may be reached because a person typed its very address: their own machine, which feeds and hooks may not."""

import ipaddress
from collections.abc import Sequence

from shared.domain.web.address import Network
from shared.domain.web.url import host_of

_LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))
_OWN_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})


def networks_for_typed(url: str, allowed: Sequence[Network]) -> tuple[Network, ...]:
    """Give the networks that a command may reach: the allowed ones, and the loopback if the address is its own."""
    return (*allowed, *_LOOPBACK) if host_of(url) in _OWN_NAMES else tuple(allowed)
