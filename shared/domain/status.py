"""Whether the stack works, in words: what is wrong, from facts that were read."""

from collections.abc import Mapping
from dataclasses import dataclass

# A service beats every 5 seconds; one that has not for six beats is dead or hangs.
SILENT_SECONDS = 30.0
# The sweep rings within seconds; what waits longer than this is not being consumed.
STUCK_SECONDS = 60.0
_SERVICES = ("ingest", "process", "deliver")


@dataclass(frozen=True, slots=True)
class StatusFacts:
    """What was read: the seconds since each service's last beat, ages of what waits, and counts."""

    broker_answers: bool
    beats: Mapping[str, float]
    oldest_fetch_seconds: float | None
    oldest_alert_seconds: float | None
    missing: int
    secrets_unopened: int = 0


def find_problems(facts: StatusFacts) -> tuple[str, ...]:
    """List what keeps the stack from being ready, each with the next step; none: it is ready."""
    problems = [] if facts.broker_answers else ["the broker does not answer: check TOCSIN_REDIS_URL"]
    if facts.broker_answers and not any(service in facts.beats for service in _SERVICES):
        problems.append("nothing is running: start `tocsin up`, or each service by itself")
    else:
        for service in _SERVICES:
            problems += _silent(service, facts.beats.get(service))
    problems += _stuck("fetch", "processed", facts.oldest_fetch_seconds)
    problems += _stuck("alert", "sent", facts.oldest_alert_seconds)
    if facts.missing:
        problems.append(f"the ledger misses {facts.missing} alerts: see `tocsin ledger`")
    if facts.secrets_unopened:
        problems.append(
            f"the secrets of {facts.secrets_unopened} endpoints do not open, nothing is sent to them: "
            "set TOCSIN_SECRET_KEY to the key that they were sealed with"
        )
    return tuple(problems)


def _silent(service: str, seconds: float | None) -> list[str]:
    if service == "ingest":
        nobody, start = "nobody polls", "tocsin ingest"
    else:
        nobody, start = f"nobody works on the queue {service}", f"tocsin worker --queue {service}"
    if seconds is None:
        return [f"{nobody}: start `{start}`, or `tocsin up`"]
    if seconds > SILENT_SECONDS:
        return [f"{service} was last seen {seconds:.0f} s ago: restart `{start}`"]
    return []


def _stuck(what: str, done: str, seconds: float | None) -> list[str]:
    if seconds is None or seconds < STUCK_SECONDS:
        return []
    return [f"the oldest {what} has waited {seconds:.0f} s to be {done}"]
