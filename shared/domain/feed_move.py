"""When a feed's permanent redirect is believed."""

from dataclasses import dataclass

# A maintenance page answered with 301 must not take a feed away for ever (ViennaRSS #1546, FreshRSS #2654).
CONFIRMATIONS = 3


@dataclass(frozen=True, slots=True)
class Move:
    """Where a feed seems to have moved, how often running it said so, and the address if that is enough."""

    to: str | None
    times: int
    new_url: str | None


def judge_move(known_to: str | None, known_times: int, moved_to: str | None) -> Move:
    """Count a permanent redirect (301, 308) to the same address; believe it the third time running."""
    if moved_to is None:
        return Move(None, 0, None)
    times = known_times + 1 if moved_to == known_to else 1
    return Move(None, 0, moved_to) if times >= CONFIRMATIONS else Move(moved_to, times, None)
