"""What looking at an address finds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """An address that answered with a feed or a list of links, and whether it lies in the operator's own networks.

    `page` is where it was found, "" where the address itself was given; `rule` how it is read: "" as a feed, else
    as a page, None where nobody looked; `said` what was found there, in words.
    """

    url: str
    title: str = ""
    own_network: bool = False
    page: str = ""
    rule: str | None = None
    said: str = ""
