"""What the chats mean by their answers: each has words of its own, and some say "fine" and mean another thing.

Sources: Slack, "Incoming webhooks: handling errors"; Discord, "Rate limits" and "Opcodes and status codes";
Microsoft, "Rate limiting for connectors" and the error codes of workflow triggers.
"""

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Literal

from shared.domain.web.answer import Answered
from shared.domain.web.retry_after import LONGEST_WAIT, asked_wait

Door = Literal["standard", "slack", "discord", "teams", "teams-card"]
Meaning = Literal["taken", "later", "pause", "gone", "never"]

# What is banned for bad requests is banned for longer if it goes on; Discord counts ten minutes.
_BAN = timedelta(minutes=10)
_MANY = HTTPStatus.TOO_MANY_REQUESTS
_MAY_NOT = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
_NOT_THERE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
_TOO_LARGE = HTTPStatus.REQUEST_ENTITY_TOO_LARGE

_SLACK_GONE = {
    "action_prohibited": "an administrator of the workspace forbids posting here",
    "channel_is_archived": "the channel is archived; unarchive it, then enable the endpoint",
    "channel_not_found": "the channel is no longer there",
    "invalid_token": "the hook's address is not valid; make a new hook",
    "no_active_hooks": "the hook is switched off; make a new one",
    "no_service": "the hook was removed or switched off; make a new one",
    "no_service_id": "the hook's address is not whole",
    "no_team": "the workspace is no longer there",
    "posting_to_general_channel_denied": "posting to the general channel is forbidden",
    "team_disabled": "the workspace is switched off",
}
_SLACK_NEVER = frozenset({
    "invalid_payload", "invalid_blocks", "invalid_attachments", "missing_text_or_fallback_or_attachments",
    "msg_too_long", "no_text", "too_many_attachments", "user_not_found",
})  # fmt: skip
_SLACK_WORD = re.compile(r"[a-z_]{3,60}")

_DISCORD_GONE = {
    10003: "the channel is no longer there",
    10015: "the webhook was removed; make a new one",
    50013: "it may no longer post there",
    50027: "the webhook's token is not valid; make a new one",
    220001: "it belongs to a forum: give the address with ?thread_id=…",
}

# A connector answers 200 and puts what really happened in the text.
_TEAMS_FAILED = re.compile(r"returned HTTP error (\d{3})")
_TEAMS_OFF = frozenset({"WorkflowTriggerIsNotEnabled", "WorkflowDisabled", "FlowDisabled", "TriggerDisabled"})
_TEAMS_SHAPE = frozenset({"TriggerInputSchemaMismatch", "InvalidAdaptiveCard", "BadRequest"})


@dataclass(frozen=True, slots=True)
class Meant:
    """What a chat meant: `taken`, `later` (it may still fail), `pause`, `gone` (for good), `never` (this message).

    `wait` is how long it asks to be left alone, also after it took a message.
    """

    meaning: Meaning
    words: str
    wait: timedelta | None = None


def read_door_answer(answer: Answered, now: datetime, door: Door) -> Meant | None:
    """Say what a chat meant by its answer; None where it means what its status says."""
    text = answer.body.decode("utf-8", "replace").strip()
    if door == "slack":
        return _slack(answer, text, now)
    if door == "discord":
        return _discord(answer, text, now)
    if door in {"teams", "teams-card"}:
        return _teams(answer, text, now)
    return None


def _slack(answer: Answered, text: str, now: datetime) -> Meant | None:
    word = str(_object(text).get("error", "")) or (text if _SLACK_WORD.fullmatch(text) else "")
    said = f"Slack answered {answer.status} {word}".rstrip()
    if word in _SLACK_GONE:
        return Meant("gone", f"{said}: {_SLACK_GONE[word]}")
    if word in _SLACK_NEVER:
        return Meant("never", f"{said}: it does not take this message")
    if word in {"rate_limited", "ratelimited"} or answer.status == _MANY:
        return Meant("pause", f"{said}: too many messages", asked_wait(answer.headers, now))
    if answer.status in _MAY_NOT | _NOT_THERE:
        return Meant("gone", f"{said}: the hook is no longer there; make a new one")
    return _too_large(answer, said)


def _discord(answer: Answered, text: str, now: datetime) -> Meant | None:
    told = _object(text)
    said = f"Discord answered {answer.status} {told.get('message') or ''}".rstrip()
    if 200 <= answer.status < 300:
        return Meant("taken", said, asked_wait(answer.headers, now))
    if answer.status == _MANY or (answer.status in _MAY_NOT and not told):
        return _discord_pause(answer, told, said, now)
    if told.get("code") in _DISCORD_GONE or answer.status in _MAY_NOT | _NOT_THERE:
        why = _DISCORD_GONE.get(told.get("code", 0), "the webhook may no longer be used; make a new one")
        return Meant("gone", f"{said}: {why}")
    if answer.status == HTTPStatus.BAD_REQUEST:
        return Meant(
            "never", f"{said}: {_first_fault(told.get('errors')) or 'it does not take this message'}"
        )
    return _too_large(answer, said)


def _discord_pause(answer: Answered, told: dict[str, Any], said: str, now: datetime) -> Meant:
    """Tell Discord's own limits from Cloudflare before it, which answers without its JSON and bans an address."""
    if not told:
        wait = max(asked_wait(answer.headers, now) or _BAN, _BAN)
        return Meant("pause", f"{said}: Cloudflare has shut this machine out of Discord for a while", wait)
    whose = "all of Discord" if told.get("global") else "this webhook"
    return Meant("pause", f"{said}: too many messages for {whose}", _discord_wait(answer, told, now))


def _discord_wait(answer: Answered, told: dict[str, Any], now: datetime) -> timedelta | None:
    """Take the longer of the header's and the body's wait: the header's is in whole seconds, and may be rounded."""
    asked = asked_wait(answer.headers, now) or timedelta()
    seconds = told.get("retry_after")
    if isinstance(seconds, int | float) and 0 < seconds <= LONGEST_WAIT.total_seconds():
        asked = max(asked, timedelta(seconds=seconds))
    return asked or None


def _first_fault(errors: object, path: str = "") -> str:
    """Find the first fault in Discord's nested report, as `embeds.0.title: Must be 256 or fewer in length`."""
    if not isinstance(errors, dict):
        return ""
    own = errors.get("_errors")
    if isinstance(own, list) and own and isinstance(own[0], dict):
        return f"{path.lstrip('.')}: {str(own[0].get('message', '')).rstrip('.')}"
    return next(filter(None, (_first_fault(one, f"{path}.{name}") for name, one in errors.items())), "")


def _teams(answer: Answered, text: str, now: datetime) -> Meant | None:
    hidden = _TEAMS_FAILED.search(text) if answer.status == HTTPStatus.OK else None
    status = int(hidden[1]) if hidden else answer.status
    code = str(_mapping(_object(text).get("error")).get("code", ""))
    said = f"Teams answered {answer.status}{f' meaning {status}' if hidden else ''} {code}".rstrip()
    if status == HTTPStatus.ACCEPTED:
        return Meant("later", f"{said}: the workflow has it, and may still fail")
    if status == _MANY or code in _TEAMS_OFF or status >= 500:
        why = "the workflow is switched off" if code in _TEAMS_OFF else ""
        return Meant("pause", f"{said}: {why}".rstrip(": "), asked_wait(answer.headers, now))
    if code in _TEAMS_SHAPE and status == HTTPStatus.BAD_REQUEST:
        return Meant("never", f"{said}: the workflow takes another shape; try --format teams-card, or teams")
    if status in _MAY_NOT | _NOT_THERE:
        return Meant("gone", f"{said}: the workflow is gone, or its address is not valid; make a new one")
    if hidden:
        return Meant("never", f"{said}: it does not take this message")
    return _too_large(answer, said)


def _too_large(answer: Answered, said: str) -> Meant | None:
    return Meant("never", f"{said}: the message is too large") if answer.status == _TOO_LARGE else None


def _object(text: str) -> dict[str, Any]:
    try:
        return _mapping(json.loads(text))
    except ValueError:
        return {}


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
