"""The press offices: serves every feed from memory, in a process of its own, with a switch.

`GET /feeds/N` answers with the document and its ETag, or 304; `POST /publish` puts one new release at the top
of every feed and drops its last; `POST /reset` goes back to the beginning; `POST /hook` takes an alert.
"""

import argparse
import asyncio
from dataclasses import dataclass, field
from hashlib import blake2b

from aiohttp import web

from tests.bench.documents import document


@dataclass(slots=True)
class PressOffices:
    """Documents are made before they are asked for: making one costs more than serving it."""

    site: str
    feeds: int
    entries: int
    published: int = 0
    documents: list[tuple[bytes, str]] = field(default_factory=list)
    alerts: int = 0

    def show(self, published: int) -> None:
        """Make the documents of every feed after so many new releases."""
        made = (document(self.site, feed, self.entries, published) for feed in range(self.feeds))
        self.documents = [(data, f'"{blake2b(data, digest_size=8).hexdigest()}"') for data in made]
        self.published = published

    async def serve_feed(self, request: web.Request) -> web.Response:
        """Answer with the document, or 304 where the client holds it."""
        data, etag = self.documents[int(request.match_info["feed"])]
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers={"ETag": etag})
        return web.Response(body=data, content_type="application/rss+xml", headers={"ETag": etag})

    async def publish(self, _: web.Request) -> web.Response:
        """Put one new release at the top of every feed."""
        self.show(self.published + 1)
        return web.json_response({"published": self.published})

    async def reset(self, _: web.Request) -> web.Response:
        """Go back to the documents of the beginning."""
        self.show(0)
        return web.json_response({"published": 0})

    async def take_alert(self, request: web.Request) -> web.Response:
        """Take an alert as a receiver would, without looking into it."""
        await request.read()
        self.alerts += 1
        return web.Response(status=204)


async def _serve(feeds: int, entries: int) -> None:
    app = web.Application()
    runner = web.AppRunner(app, access_log=None)
    offices = PressOffices("", feeds, entries)
    app.router.add_get("/feeds/{feed:[0-9]+}", offices.serve_feed)
    app.router.add_post("/publish", offices.publish)
    app.router.add_post("/reset", offices.reset)
    app.router.add_post("/hook", offices.take_alert)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    offices.site = f"http://127.0.0.1:{runner.addresses[0][1]}"
    offices.show(0)
    print(offices.site, flush=True)
    await asyncio.Event().wait()


def main() -> None:
    """Serve until killed; the first line on standard output is the base URL."""
    parser = argparse.ArgumentParser()
    parser.add_argument("feeds", type=int)
    parser.add_argument("entries", type=int)
    arguments = parser.parse_args()
    asyncio.run(_serve(arguments.feeds, arguments.entries))


if __name__ == "__main__":
    main()
