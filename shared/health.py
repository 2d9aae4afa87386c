"""How the whole stack is, read at one moment: `tocsin status` and `/health/ready` say the same."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Any

from shared.domain.status import SILENT_SECONDS, StatusFacts, find_problems
from shared.queue import DELIVER, PROCESS, Bell
from shared.store.database import Database
from shared.store.endpoint_secrets import count_unopened_secrets
from shared.store.health import Health, get_health
from shared.store.heartbeats import list_heartbeats
from shared.store.listings import list_failing_endpoints, list_latest_events, list_skewed_endpoints

_EVENTS_SHOWN = 5
_ENDPOINTS_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Status:
    """Whether the stack is ready, the problems in words, and the figures behind them."""

    ready: bool
    problems: tuple[str, ...]
    health: Health
    services: dict[str, float]
    queued: dict[str, int | None]
    feed_events: tuple[dict[str, Any], ...] = ()
    endpoints_failing: tuple[dict[str, Any], ...] = ()
    topics: tuple[str, ...] = ()
    clocks_apart: tuple[dict[str, Any], ...] = ()
    version: str = ""

    def as_row(self) -> dict[str, Any]:
        """Give everything as one flat object."""
        return asdict(self) | asdict(self.health)

    def as_text(self) -> str:
        """Give the lines for a person."""
        health = self.health
        told = f"{health.feeds_failing} failing, {health.feeds_quiet} quiet, {health.gaps_today} gaps today"
        lines = ["ready" if self.ready else "not ready", *(f"  - {problem}" for problem in self.problems)]
        lines += [
            f"version    {self.version}",
            f"feeds      {health.feeds} watched, {told}",
            f"endpoints  {health.endpoints_paused} paused, {health.endpoints_disabled} disabled",
            "queued     " + ", ".join(f"{name} {count}" for name, count in self.queued.items()),
            "seen       " + (", ".join(f"{n} {s:.0f} s ago" for n, s in self.services.items()) or "nobody"),
            f"ledger     {health.missing} missing{_checked(health)}",
        ]
        lines += [f"topics     {said}" for said in self.topics]
        if health.languages_quiet:
            lines.append(f"languages  quiet: {', '.join(health.languages_quiet)}")
        lines += [_endpoint_line(endpoint) for endpoint in self.endpoints_failing]
        lines += [_clock_line(endpoint) for endpoint in self.clocks_apart]
        if health.feed_events_today:
            lines.append(f"events     {health.feed_events_today} of feeds today, the latest:")
            lines += [_event_line(event) for event in self.feed_events]
        return "\n".join(lines)


def _checked(health: Health) -> str:
    at = health.ledger_checked_at
    return f", last checked {at:%Y-%m-%d %H:%M} UTC" if at else ", not checked yet"


def _endpoint_line(endpoint: Mapping[str, Any]) -> str:
    disabled_at = endpoint["disabled_at"]
    word = f"fails, disabled on {disabled_at:%Y-%m-%d %H:%M} UTC" if disabled_at else "disabled"
    return f"  {endpoint['url']} {word}, {endpoint['owed']} owed: {endpoint['reason']}"


def _clock_line(endpoint: Mapping[str, Any]) -> str:
    ahead = endpoint["clock_ahead_seconds"]
    word = "ahead of" if ahead > 0 else "behind"
    return (
        f"  {endpoint['url']} has a clock {abs(ahead)} s {word} ours: it may distrust signatures; check NTP"
    )


def _event_line(event: Mapping[str, Any]) -> str:
    who = event["feed"] or event["feed_url"] or event["language"]
    return f"  {event['at']:%H:%M} {event['type']} {who}: {event['detail']}"


def read_status(database: Database, bell: Bell) -> Status:
    """Read how the stack is."""
    queued = {queue: bell.waiting(queue) for queue in (PROCESS, DELIVER)}
    with database.begin() as transaction:
        health = get_health(transaction)
        unopened = count_unopened_secrets(transaction)
        events = list_latest_events(transaction, _EVENTS_SHOWN)
        failing = list_failing_endpoints(transaction, _ENDPOINTS_SHOWN)
        skewed = list_skewed_endpoints(transaction, _ENDPOINTS_SHOWN)
        beats: dict[str, float] = {}
        topics: list[str] = []
        for beat in list_heartbeats(transaction):
            beats[beat.service] = min(beat.seconds_ago, beats.get(beat.service, beat.seconds_ago))
            topics += [beat.detail] if beat.detail and beat.seconds_ago < SILENT_SECONDS else []
    facts = StatusFacts(
        broker_answers=None not in queued.values(),
        beats=beats,
        oldest_fetch_seconds=health.oldest_fetch_seconds,
        oldest_alert_seconds=health.oldest_alert_seconds,
        missing=health.missing,
        secrets_unopened=unopened,
    )
    problems = find_problems(facts)
    return Status(
        not problems,
        problems,
        health,
        beats,
        queued,
        tuple(events),
        tuple(failing),
        tuple(dict.fromkeys(topics)),
        tuple(skewed),
        version("tocsin"),
    )
