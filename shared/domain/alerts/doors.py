"""The doors that people use: how any event is written for each of them."""

import json

from shared.domain.alerts.discord_door import discord_body
from shared.domain.alerts.notice import read_notice
from shared.domain.alerts.payload import compact_json
from shared.domain.alerts.slack_door import slack_body
from shared.domain.alerts.teams_door import teams_card, teams_message

FORMATS = ("standard", "slack", "discord", "teams", "teams-card")
_WRITERS = {
    "slack": slack_body,
    "discord": discord_body,
    "teams": teams_message,
    "teams-card": teams_card,
}


def for_door(message_format: str, standard_body: bytes) -> bytes:
    """Write a standard event body, of whatever type, as this door takes it; `standard` takes it as it is.

    For a chat every text is escaped, and cut to what the chat accepts: it refuses none for its length.
    """
    if message_format == "standard":
        return standard_body
    notice = read_notice(json.loads(standard_body))
    return compact_json(_WRITERS[message_format](notice))
