"""What looking at an address finds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """An address that answered with a feed, and whether it lies in the operator's own networks.

    `page` is where it was found, "" where the address itself was given.
    """

    url: str
    title: str = ""
    own_network: bool = False
    page: str = ""
