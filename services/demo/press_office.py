"""Serves the demo's feeds and pages: a press office of our own, for a first alert without a network."""

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from hashlib import sha256

from aiohttp import web
from aiohttp.typedefs import Handler
from rich.console import Console

from services.demo.documents import MEDIA_TYPES, feed_document, index_page, release_page
from services.demo.programme import DemoFeed, FeedItem, Programme, demo_feeds, find_release, held_items
from services.demo.serving import serve_until_stopped
from shared import clock

SEED = 2026


def run_press_office(host: str, port: int, every_seconds: float) -> None:
    """Serve until SIGTERM or SIGINT; a release, a correction or a copy comes every `every_seconds`."""
    console = Console(highlight=False, soft_wrap=True)
    app = press_office_app(Programme(SEED, every_seconds, clock.now()))
    serve_until_stopped(app, host, port, lambda base: console.print(f"press office open at {base}/"))


def press_office_app(programme: Programme, now: Callable[[], datetime] = clock.now) -> web.Application:
    """Make the server of a programme; `now` may be given by a test."""
    office = PressOffice(programme, now)
    app = web.Application()
    app.router.add_get("/", office.show_index)
    for feed in demo_feeds():
        app.router.add_get(feed.path, office.feed_handler(feed))
    app.router.add_get("/{office}/{slug}", office.show_release)
    return app


@dataclass(frozen=True, slots=True)
class PressOffice:
    """The handlers of one programme."""

    programme: Programme
    now: Callable[[], datetime]

    async def show_index(self, request: web.Request) -> web.Response:
        return web.Response(text=index_page(_base(request)), content_type="text/html")

    async def show_release(self, request: web.Request) -> web.Response:
        item = find_release(self.programme, request.path, self.now())
        if item is None:
            raise web.HTTPNotFound(
                text="No release here: the office keeps the pages of what its feeds hold.\n"
            )
        return web.Response(text=release_page(item, _base(request)), content_type="text/html")

    def feed_handler(self, feed: DemoFeed) -> Handler:
        async def show_feed(request: web.Request) -> web.Response:
            now = self.now()
            items = held_items(self.programme, feed, now)
            body = feed_document(feed, items, _base(request)).encode()
            return _answer_feed(request, feed, body, _last_modified(items, now))

        return show_feed


def _answer_feed(
    request: web.Request, feed: DemoFeed, body: bytes, modified: datetime | None
) -> web.Response:
    zipped = "gzip" in request.headers.get("Accept-Encoding", "")
    tag = sha256(body).hexdigest()[:24] + ("-gzip" if zipped else "")
    headers = {"ETag": f'"{tag}"', "Vary": "Accept-Encoding", "Cache-Control": "no-cache"}
    if modified:
        headers["Last-Modified"] = format_datetime(modified, usegmt=True)
    if _has_it(request, tag, modified):
        return web.Response(status=304, headers=headers)
    if zipped:
        headers["Content-Encoding"] = "gzip"
    sent = gzip.compress(body, mtime=0) if zipped else body
    return web.Response(body=sent, headers=headers, content_type=MEDIA_TYPES[feed.kind], charset="utf-8")


def _has_it(request: web.Request, tag: str, modified: datetime | None) -> bool:
    # RFC 9110, 13.2.2: If-Modified-Since counts only where there is no If-None-Match.
    if request.if_none_match is not None:
        return any(known.value in {tag, "*"} for known in request.if_none_match)
    since = request.if_modified_since
    return since is not None and modified is not None and modified <= since


def _last_modified(items: tuple[FeedItem, ...], now: datetime) -> datetime | None:
    # A second that is not over may bring another change under one date (RFC 9110, 8.8.2.2): no date then.
    changed = max((item.updated_at for item in items), default=None)
    if changed is None or (now - changed.replace(microsecond=0)).total_seconds() < 1:
        return None
    return changed.replace(microsecond=0)


def _base(request: web.Request) -> str:
    return f"{request.scheme}://{request.host}"
