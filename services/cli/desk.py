"""The receiver behind `tocsin listen`: examines each request, tells it as a person would read it, passes it on."""

import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import typer
from aiohttp import web
from rich.text import Text

from services.cli.fitting import printable
from services.cli.output import console
from services.cli.typed_address import networks_for_typed
from services.demo.serving import serve_until_stopped
from shared.clock import now
from shared.domain.alerts.notice import Item, Notice, read_notice
from shared.domain.alerts.saved_request import SavedRequest, as_row, write_http_text
from shared.domain.alerts.verification import Finding, examine
from shared.domain.web.answer import Answer, Answered
from shared.http import PostRequest, open_client, post
from shared.settings import load_settings

# What belongs to one connection, not to the message that came by it.
_OF_THE_CONNECTION = frozenset(
    {"host", "content-length", "connection", "accept-encoding", "transfer-encoding"}
)
_MOST_BYTES = 1_000_000


def serve_desk(desk: "Desk", port: int) -> None:
    """Receive at any path of 127.0.0.1 until SIGTERM or SIGINT; raises OSError where the port is taken."""
    app = web.Application(client_max_size=_MOST_BYTES)
    app.router.add_post("/{path:.*}", desk.take)
    serve_until_stopped(app, "127.0.0.1", port, desk.tell_open)


@dataclass(slots=True)
class Desk:
    """What the listener was told to do, and the ids that have come."""

    secrets: tuple[str, ...]
    secret_file: Path | None
    forward: str | None
    save: Path | None
    as_json: bool
    seen: set[str] = field(default_factory=set)

    def tell_open(self, base: str) -> None:
        sys.stderr.write(f"listening at {base}/\n")
        sys.stderr.flush()

    async def take(self, came: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in came.headers.items()}
        request = SavedRequest(headers, await came.read())
        keys = self._keys()
        finding = examine(request, keys, now()) if keys else None
        answer = await _pass_on(self.forward, request) if self.forward else None
        if self.save:
            await asyncio.to_thread(_save, self.save, request)
        self._print(request, finding, answer)
        return _response(finding, answer)

    def _keys(self) -> Sequence[str]:
        try:
            lines = self.secret_file.read_text(encoding="utf-8").split() if self.secret_file else []
        except OSError:
            lines = []  # It comes with the first subscription.
        return (*self.secrets, *lines)

    def _print(self, request: SavedRequest, finding: Finding | None, answer: Answer | None) -> None:
        webhook_id = request.headers.get("webhook-id", "")
        repeated = webhook_id in self.seen
        self.seen.add(webhook_id)
        if self.as_json:
            verified = None if finding is None else finding.part is None
            reason = finding.reason if finding else ""
            row = {"verified": verified, "reason": reason, "repeated": repeated, **as_row(request)}
            typer.echo(json.dumps(row, ensure_ascii=False))
        else:
            console.print(_story(request, finding, answer, repeated=repeated), soft_wrap=True)


async def _pass_on(url: str, request: SavedRequest) -> Answer:
    settings = load_settings()
    headers = tuple((n, v) for n, v in request.headers.items() if n not in _OF_THE_CONNECTION)
    async with open_client(networks_for_typed(url, settings.allowed_networks)) as client:
        return await post(client, PostRequest(url, headers, request.body))


def _save(folder: Path, request: SavedRequest) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    name = "".join(c for c in request.headers.get("webhook-id", "") if c.isalnum() or c in "_-")[:80]
    (folder / f"{name or 'without-id'}.http").write_bytes(write_http_text(request))


def _response(finding: Finding | None, answer: Answer | None) -> web.Response:
    if isinstance(answer, Answered):
        return web.Response(status=answer.status, body=answer.body)
    if answer is not None:
        return web.Response(status=502, text=f"not passed on: {answer.detail}\n")
    if finding and finding.part:
        return web.Response(status=400, text=f"{finding.part} wrong: {finding.reason}\n")
    return web.Response(status=204)


def _story(request: SavedRequest, finding: Finding | None, answer: Answer | None, *, repeated: bool) -> Text:
    mark, style = _mark(finding)
    head = Text(f"{mark} ", style).append(printable(request.headers.get("webhook-id", "no webhook-id")))
    if repeated:
        head.append("  a repeat", "yellow")
    lines = [head, *_about(finding)]
    try:
        lines += _told(read_notice(json.loads(request.body)))
    except (ValueError, AttributeError):
        lines.append(Text(f"  {len(request.body)} bytes that are no event"))
    if answer is not None:
        said = f"answered {answer.status}" if isinstance(answer, Answered) else answer.detail
        lines.append(Text(f"  passed on: {said}, {answer.ms} ms", "dim"))
    return Text("\n").join(lines)


def _mark(finding: Finding | None) -> tuple[str, str]:
    if finding is None:
        return "?", "yellow"
    return ("✗", "red") if finding.part else ("✓", "green")


def _about(finding: Finding | None) -> list[Text]:
    if finding is None:
        return [Text("  not verified: give --secret", "yellow")]
    return [Text(f"  {finding.part} wrong: {finding.reason}", "red")] if finding.part else []


def _told(notice: Notice) -> list[Text]:
    items = [line for item in (notice.item, *notice.items) for line in _item(item)]
    footer = [Text(f"  {notice.footer}", "dim")] if notice.footer else []
    return [Text(f"  {notice.label}", "cyan"), *items, *footer]


def _item(item: Item) -> list[Text]:
    lines = [Text("  ").append(item.title, "bold")]
    lines += [Text(f"  {printable(str(item.url))}", "dim")] if item.url else []
    lines += [Text(f"  {' · '.join(item.facts)}")] if item.facts else []
    if item.text:
        text = Text("  ")
        for span in item.text:
            text.append(span.text, "bold magenta" if span.bold else "")
        lines.append(text)
    return lines
