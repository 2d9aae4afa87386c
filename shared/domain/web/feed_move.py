"""When a feed's permanent redirect is believed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from shared.domain.web.answer import Hop
from shared.domain.web.url import host_of, masked_url

# A maintenance page answered with 301 must not take a feed away for ever (ViennaRSS #1546, FreshRSS #2654).
CONFIRMATIONS = 3
# How often a feed is looked at whose new address another feed has.
YIELDED_PAUSE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Move:
    """Where a feed seems to have moved, how often running it said so, and the address if that is enough."""

    to: str | None
    times: int
    new_url: str | None


def may_move(url: str, moved_to: str | None, *, private: bool) -> bool:
    """Tell whether a feed may follow a permanent redirect for good; `private`: its settings hold secrets.

    These are for its own host alone, and whoever it redirects to must not become that host.
    """
    return bool(moved_to) and moved_to != url and not (private and host_of(moved_to or "") != host_of(url))


def judge_move(known_to: str | None, known_times: int, moved_to: str | None) -> Move:
    """Count a permanent redirect (301, 308) to the same address; believe it the third time running."""
    if moved_to is None:
        return Move(None, 0, None)
    times = known_times + 1 if moved_to == known_to else 1
    return Move(None, 0, moved_to) if times >= CONFIRMATIONS else Move(moved_to, times, None)


def move_words(move: Move) -> str:
    """Say how far a move is believed that is not believed yet; "" where there is none."""
    return f"permanently, said {move.times} of {CONFIRMATIONS} times" if move.to else ""


def yield_words(url: str, other: str) -> str:
    """Say that a feed has moved onto an address that another feed (its id) has already."""
    return (
        f"{masked_url(url)} is watched already (feed {other}): this one is looked at once a week, "
        "and `tocsin feed remove` ends it"
    )


def chain_words(hops: Sequence[Hop], end: str) -> str:
    """Write every hop of a redirect chain and where it led; "" without one."""
    if not hops:
        return ""
    steps = "".join(f"{masked_url(hop.url)} →{hop.status} " for hop in hops)
    return f"redirected {steps}{masked_url(end)}".rstrip()
