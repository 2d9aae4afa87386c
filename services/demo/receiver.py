"""Receives webhooks, verifies each with the reference library and prints the alert."""

import json
import sys
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from io import TextIOWrapper
from pathlib import Path

from aiohttp import web
from rich.console import Console
from rich.text import Text
from standardwebhooks import Webhook, WebhookVerificationError

from services.demo.alert_lines import describe_alert, describe_refusal
from services.demo.received import ReceivedMessage, clean_words, milliseconds_since, read_message
from services.demo.serving import serve_until_stopped
from shared import clock

KEPT_ALERTS = 1000
KEPT_IDS = 100_000
PLAIN_WIDTH = 120


@dataclass(frozen=True, slots=True)
class ReceivedAlert:
    """One POST as `GET /alerts` tells it; a refused one has only its id."""

    id: str
    verified: bool
    type: str = ""
    topic: str = ""
    title: str = ""
    repeated: bool = False
    ms_since_publication: int | None = None


class UnverifiedError(Exception):
    """A request that proves no sender we know; its message says why."""


def run_receiver(host: str, port: int, secret_file: Path) -> None:
    """Receive webhooks at any path until SIGTERM or SIGINT; `secret_file` holds a `whsec_` secret a line."""
    if isinstance(sys.stdout, TextIOWrapper):  # a log in an old encoding must not end the receiver
        sys.stdout.reconfigure(errors="replace")
    console = Console(highlight=False, soft_wrap=True, markup=False)
    app = receiver_app(Receiver(secret_file, console))
    serve_until_stopped(app, host, port, lambda base: console.print(f"receiver open at {base}/"))


def receiver_app(receiver: "Receiver") -> web.Application:
    """Make the receiver's server: POST anywhere, GET `/health` and `/alerts`."""
    app = web.Application()
    app.router.add_get("/health", receiver.show_health)
    app.router.add_get("/alerts", receiver.show_alerts)
    app.router.add_post("/{path:.*}", receiver.take_post)
    return app


def verify_post(body: bytes, headers: dict[str, str], secrets: list[str]) -> object:
    """Return the JSON value of a body signed with one of `secrets`; raises `UnverifiedError` otherwise."""
    reason = "the secret file holds no secret yet"
    for secret in secrets:
        try:
            return Webhook(secret).verify(body, headers)
        except WebhookVerificationError as error:
            reason = str(error)
        except (ValueError, RuntimeError) as error:
            # The library lets these through: a signature or secret not in base64, a body that is not JSON.
            reason = f"unreadable: {error}"
    raise UnverifiedError(reason)


def read_secrets(secret_file: Path) -> list[str]:
    """Read the secrets, one a line; none where the file is not there yet."""
    try:
        lines = secret_file.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    return [line.strip() for line in lines if line.strip().startswith("whsec_")]


@dataclass(slots=True)
class Receiver:
    """The handlers, with what was received since the start (the newest `KEPT_ALERTS`)."""

    secret_file: Path
    console: Console
    now: Callable[[], datetime] = clock.now
    alerts: deque[ReceivedAlert] = field(default_factory=lambda: deque(maxlen=KEPT_ALERTS))
    seen_ids: dict[str, None] = field(default_factory=dict)

    async def show_health(self, _request: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def show_alerts(self, _request: web.Request) -> web.Response:
        listing = json.dumps([asdict(alert) for alert in self.alerts], ensure_ascii=False)
        return web.Response(text=listing, content_type="application/json")

    async def take_post(self, request: web.Request) -> web.Response:
        body = await request.read()
        received_at = self.now()
        webhook_id = clean_words(request.headers.get("webhook-id", ""))
        try:
            # Read at each request, so that a subscription made a moment ago is known.
            payload = verify_post(body, dict(request.headers), read_secrets(self.secret_file))
        except UnverifiedError as refusal:
            return self._refuse(request, webhook_id, clean_words(str(refusal)))
        self._accept(webhook_id, read_message(payload), received_at)
        return web.Response(status=204)

    def _refuse(self, request: web.Request, webhook_id: str, reason: str) -> web.Response:
        self.alerts.append(ReceivedAlert(webhook_id, verified=False))
        self._print(describe_refusal(request.remote or "somewhere", webhook_id, reason, width=self._width()))
        return web.Response(status=400, text=f"refused: {reason}\n")

    def _accept(self, webhook_id: str, message: ReceivedMessage, received_at: datetime) -> None:
        repeated = self._note_id(webhook_id)
        milliseconds = milliseconds_since(message.published_at, received_at)
        self.alerts.append(
            ReceivedAlert(
                webhook_id, True, message.type, message.topic, message.title, repeated, milliseconds
            )
        )
        repeat_of = webhook_id if repeated else None
        self._print(describe_alert(message, received_at, width=self._width(), repeat_of=repeat_of))

    def _note_id(self, webhook_id: str) -> bool:
        if webhook_id in self.seen_ids:
            return True
        self.seen_ids[webhook_id] = None
        if len(self.seen_ids) > KEPT_IDS:
            del self.seen_ids[next(iter(self.seen_ids))]
        return False

    def _width(self) -> int:
        # The environment, not the screen, gives a pipe its width: a log keeps one length.
        return self.console.width if self.console.is_terminal else PLAIN_WIDTH

    def _print(self, text: Text) -> None:
        self.console.print(text)
