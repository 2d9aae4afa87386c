"""Tells a received message as a person would read it: at most four lines, none wider than the screen."""

import unicodedata
from datetime import datetime

from rich.text import Text

from services.demo.received import Reason, ReceivedMessage, milliseconds_since

SHOWN_REASONS = 3
OPEN_ISOLATE, CLOSE_ISOLATE = "\u2068", "\u2069"
NEWS = {"release.revised": "corrected", "release.withdrawn": "withdrawn", "release.digest": "digest"}


def describe_alert(
    message: ReceivedMessage, received_at: datetime, *, width: int = 100, repeat_of: str | None = None
) -> Text:
    """Describe a verified message in lines of at most `width` cells; `.plain` is the same without colours.

    `repeat_of` is the webhook-id where it has been received before.
    """
    lines = [_headline(message, received_at, repeat_of)]
    if message.title:
        lines.append(Text("  ").append(_isolate(message.title), style="bold"))
    lines += [line for line in (_origin(message), _because(message)) if line.plain.strip()]
    for line in lines:
        line.truncate(width, overflow="ellipsis")
    return Text("\n").join(lines)


def describe_refusal(sender: str, webhook_id: str, reason: str, *, width: int = 100) -> Text:
    """Say in one line that a request was refused, whose it was and why."""
    line = (
        Text()
        .append("✗ ", style="red")
        .append(f"refused a POST from {sender} ({webhook_id or 'no webhook-id'}): {reason}")
    )
    line.truncate(width, overflow="ellipsis")
    return line


def _headline(message: ReceivedMessage, received_at: datetime, repeat_of: str | None) -> Text:
    line = Text().append(*(("↻ ", "yellow") if repeat_of else ("✓ ", "green")))
    line.append(_isolate(message.topic) or message.type, style="bold cyan")
    parts = [_news(message), _delay(message, received_at), f"repeat of {repeat_of}" if repeat_of else ""]
    return line.append("".join(f" · {part}" for part in parts if part))


def _news(message: ReceivedMessage) -> str:
    news = NEWS.get(message.type, "")
    if message.revision and message.type == "release.revised":
        news += f" (revision {message.revision})"
    return news if message.matches else f"{news}, no longer matches".lstrip(", ")


def _delay(message: ReceivedMessage, received_at: datetime) -> str:
    milliseconds = milliseconds_since(message.published_at, received_at)
    return "" if milliseconds is None else f"{milliseconds:,} ms after publication"


def _origin(message: ReceivedMessage) -> Text:
    number = "" if message.sequence is None else f"#{message.sequence}"
    parts = (message.language, _isolate(message.publisher), number, message.url)
    return Text("  ").append(" · ".join(part for part in parts if part), style="dim")


def _because(message: ReceivedMessage) -> Text:
    if not message.reasons:
        return Text()
    told = [_reason(reason) for reason in message.reasons[:SHOWN_REASONS]]
    more = len(message.reasons) - len(told)
    return Text("  because " + "; ".join(told) + (f"; and {more} more" if more else ""))


def _reason(reason: Reason) -> str:
    where = f" in {reason.zone}" if reason.zone else ""
    return f'{_isolate(reason.clause)} → "{_isolate(reason.text)}"{where}'


def _isolate(text: str) -> str:
    # Unicode isolates keep right-to-left words from re-ordering the line around them (UAX 9, 2.4).
    is_rtl = any(unicodedata.bidirectional(char) in {"R", "AL"} for char in text)
    return f"{OPEN_ISOLATE}{text}{CLOSE_ISOLATE}" if is_rtl else text
