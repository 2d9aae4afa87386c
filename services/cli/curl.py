"""The request of a message as a `curl` command, signed now: to send it by hand, or to see what a receiver is sent."""

from datetime import datetime
from shlex import quote

from shared.domain.alerts.signing import signed_headers
from shared.store.sent import SentMessage


def curl_command(message: SentMessage, at: datetime) -> str:
    """Write the command; it holds the endpoint's whole address, which may be a secret."""
    headers = (
        ("content-type", "application/json"),
        *signed_headers(message.door.secrets, message.webhook_id, int(at.timestamp()), message.payload),
    )
    lines = [f"curl -sS -i {quote(message.door.url)}"]
    lines += [f"  -H {quote(f'{name}: {value}')}" for name, value in headers]
    lines.append(f"  --data-binary {quote(message.payload.decode())}")
    return " \\\n".join(lines)
