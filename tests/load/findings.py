"""What a run must show, judged from what arrived at the receivers alone."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

# On a busy machine a request that is under way arrives so late.
_UNDER_WAY_SECONDS = 1.0
_CLOCK_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Arrival:
    """One POST as its receiver saw it; instants in seconds since 1970."""

    at: float
    endpoint: str
    webhook_id: str
    digest: str
    sequence: int | None
    taken: bool
    answered_at: float = 0.0


def by_endpoint(arrivals: Iterable[Arrival]) -> dict[str, list[Arrival]]:
    """Sort what arrived by receiver, each in the order of arrival."""
    found: dict[str, list[Arrival]] = defaultdict(list)
    for arrival in sorted(arrivals, key=lambda one: one.at):
        found[arrival.endpoint].append(arrival)
    return found


def broken_repeats(arrivals: Iterable[Arrival]) -> list[str]:
    """List ids that came with two bodies, and bodies (one alert at one endpoint) that came with two ids."""
    bodies: dict[str, set[str]] = defaultdict(set)
    ids: dict[tuple[str, int | None], set[str]] = defaultdict(set)
    for one in arrivals:
        bodies[one.webhook_id].add(one.digest)
        ids[one.endpoint, one.sequence].add(one.webhook_id)
    twice = [
        f"{webhook_id} came with {len(found)} bodies"
        for webhook_id, found in bodies.items()
        if len(found) > 1
    ]
    return twice + [f"{where} came with {len(found)} ids" for where, found in ids.items() if len(found) > 1]


def holes(arrivals: Iterable[Arrival], expected: int) -> list[str]:
    """List the receivers that did not take each of the numbers 1 to `expected`."""
    taken: dict[str, set[int | None]] = defaultdict(set)
    for one in arrivals:
        taken[one.endpoint] |= {one.sequence} if one.taken else set()
    wanted = set(range(1, expected + 1))
    return [
        f"{endpoint} lacks {sorted(wanted - numbers)[:5]}"
        for endpoint, numbers in taken.items()
        if numbers != wanted
    ]


def requests_in_pauses(arrivals: Sequence[Arrival], wait_seconds: float) -> list[str]:
    """List requests that came after a limiting answer was given and before its wait was over."""
    found = []
    for endpoint, ones in by_endpoint(arrivals).items():
        refused = [one for one in ones if not one.taken and "/limits/" in endpoint]
        for answer in refused:
            early = [
                one
                for one in ones
                if answer.answered_at + _UNDER_WAY_SECONDS
                < one.at
                < answer.answered_at + wait_seconds - _CLOCK_SECONDS
            ]
            found += [f"{endpoint}: {one.at - answer.answered_at:.2f} s after its 429" for one in early]
    return found


def fastest_second(arrivals: Iterable[Arrival]) -> int:
    """Give the most requests that one receiver had within a second."""
    most = 0
    for ones in by_endpoint(arrivals).values():
        times = [one.at for one in ones]
        start = 0
        for end, at in enumerate(times):
            while at - times[start] >= 1.0:
                start += 1
            most = max(most, end - start + 1)
    return most


def latencies(arrivals: Iterable[Arrival], due_at: Mapping[str, float]) -> list[float]:
    """Give the seconds from when each message of `due_at` was due until it first arrived."""
    first: dict[str, float] = {}
    for one in arrivals:
        if one.webhook_id in due_at:
            first[one.webhook_id] = min(one.at, first.get(one.webhook_id, one.at))
    return [at - due_at[webhook_id] for webhook_id, at in first.items()]


def median_of(seconds: Sequence[float]) -> float:
    """Give the median, 0 of none."""
    return median(seconds) if seconds else 0.0


def repeats(arrivals: Iterable[Arrival]) -> int:
    """Count the messages that a receiver took more than once."""
    counted = Counter(one.webhook_id for one in arrivals if one.taken)
    return sum(count > 1 for count in counted.values())


def starts_in_order(arrivals: Iterable[Arrival]) -> bool:
    """Tell whether each receiver had its first attempts in the order of their numbers, but for those under way."""
    return all(
        later.sequence is None or earlier.sequence is None or later.sequence > earlier.sequence - 5
        for ones in by_endpoint(arrivals).values()
        for earlier, later in pairwise(ones)
    )
