"""When an endpoint that fails is spoken of, when it is disabled, and what is said then."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from shared.domain.alerts.payload import as_json, encode_body

EndpointEvent = Literal["endpoint.failing", "endpoint.disabled", "endpoint.recovered"]

WARNED_AFTER = (timedelta(hours=1), timedelta(hours=24), timedelta(days=4))
DISABLED_AFTER = timedelta(days=5)
WELL, DISABLED = 0, len(WARNED_AFTER) + 1
_LONGEST_REASON = 1_000


@dataclass(frozen=True, slots=True)
class EndpointFacts:
    """An endpoint as its health is judged: `told` is the last stage that was spoken of, `owed` what waits for it.

    `url` is masked already.
    """

    id: str
    url: str
    state: str
    reason: str
    failing_since: datetime | None
    failures: int
    owed: int
    told: int


@dataclass(frozen=True, slots=True)
class EndpointNamed:
    """An endpoint as another is told of it."""

    id: str
    url: str


@dataclass(frozen=True, slots=True)
class EndpointHealthData:
    """The `data` of `endpoint.failing`, `.disabled` and `.recovered`: `owed` messages wait for the endpoint.

    At `disabled_at` it is disabled unless it takes a message before.
    """

    endpoint: EndpointNamed
    detail: str
    reason: str
    failures: int
    owed: int
    failing_since: datetime | None
    disabled_at: datetime | None


def judge_endpoint(facts: EndpointFacts, now: datetime) -> int:
    """Give the stage of its failing: 0 it is well, 1 to 3 as many warnings are due, 4 it is to be disabled.

    Disabled after five days of nothing but failure, for a success ends `failing_since`.
    """
    if facts.state == "disabled":
        return DISABLED
    if facts.failing_since is None:
        return WELL
    failing = now - facts.failing_since
    return DISABLED if failing >= DISABLED_AFTER else sum(failing >= after for after in WARNED_AFTER)


def event_of(facts: EndpointFacts, stage: int) -> EndpointEvent | None:
    """Say what is to be told where the stage is another than was told; each thing once."""
    if stage == WELL:
        return "endpoint.recovered" if facts.told else None
    if stage <= facts.told:
        return None
    return "endpoint.disabled" if stage == DISABLED else "endpoint.failing"


def endpoint_words(facts: EndpointFacts, event: EndpointEvent, now: datetime) -> str:
    """Say it in words, always with the day on which it is or will be disabled and what to do."""
    owed = f"{facts.owed} messages wait for it"
    enable = f"`tocsin endpoint enable {facts.id}` tries it at once"
    if event == "endpoint.recovered":
        return f"takes messages again; {owed} and are sent, the oldest first beside what is new"
    if event == "endpoint.disabled":
        probed = "; it is tried once a day and comes back by itself" if facts.failing_since else ""
        return f"is disabled: {facts.reason}; {owed}{probed}; {enable}"
    since = facts.failing_since or now
    day = (since + DISABLED_AFTER).strftime("%Y-%m-%d %H:%M UTC")
    failed = f"has failed since {since:%Y-%m-%d %H:%M} UTC: {facts.reason}"
    return f"{failed}; {owed}; disabled on {day} if nothing helps; {enable}"


def build_endpoint_payload(facts: EndpointFacts, event: EndpointEvent, now: datetime) -> bytes:
    """Write the body of the message that tells it to another endpoint."""
    since = facts.failing_since
    data = EndpointHealthData(
        endpoint=EndpointNamed(facts.id, facts.url),
        detail=endpoint_words(facts, event, now)[: 2 * _LONGEST_REASON],
        reason=facts.reason[:_LONGEST_REASON],
        failures=facts.failures,
        owed=facts.owed,
        failing_since=since,
        disabled_at=since + DISABLED_AFTER if since else None,
    )
    return encode_body(event, now, as_json(data))
