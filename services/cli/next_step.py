"""What happens next to an alert, and when, from how it and its endpoint are now."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class NextStep:
    """What comes next, in words that name a command where a person has to act, and when if that is known."""

    what: str
    at: datetime | None = None


def next_step(alert: dict[str, Any], now: datetime) -> NextStep:
    """Say what happens next to an alert, given as `load_alert` gives it."""
    match alert["state"]:
        case "pending":
            return _of_pending(alert, now)
        case "dead":
            return NextStep(f"nothing; `tocsin alert replay {alert['id']}` makes it due again")
        case "held":
            return NextStep("told in a digest, with what else is held", alert["next_attempt_at"])
        case "cancelled":
            return NextStep("nothing: it is never told")
        case _:
            return NextStep(f"nothing: it was told; `tocsin alert replay {alert['id']}` tells it again")


def _of_pending(alert: dict[str, Any], now: datetime) -> NextStep:
    if alert["endpoint_state"] == "disabled":
        return NextStep(f"nothing until `tocsin endpoint enable {alert['endpoint_id']}`: it is disabled")
    due_at, paused_until = alert["next_attempt_at"], alert["paused_until"]
    if paused_until is not None and paused_until > now:
        return NextStep("sent after the endpoint's pause", max(paused_until, due_at))
    if alert["silent"]:
        return NextStep("sent after the quiet hours, or the mute, of its subscription")
    if due_at > now:
        return NextStep("tried again", due_at)
    return NextStep("due now: sent as soon as a worker takes it", due_at)
