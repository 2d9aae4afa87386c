"""The receivers, in a process of their own: good ones, and ones that hang, fail, limit or cut off.

`POST /KIND/N` takes a message; `GET /arrivals` gives all that arrived; `POST /heal` makes every one good.
"""

import asyncio
import hashlib
import json
import sys
import time

from aiohttp import web

RETRY_AFTER_SECONDS = 4


class Receivers:
    """What arrived, and whether the bad ones are healed."""

    def __init__(self) -> None:
        self.arrivals: list[dict[str, object]] = []
        self.healed = False

    async def take(self, request: web.Request) -> web.StreamResponse:
        at = time.time()
        body = await request.read()
        kind = "good" if self.healed else request.match_info["kind"]
        arrival = {
            "at": at,
            "endpoint": request.path,
            "webhook_id": request.headers["webhook-id"],
            "digest": hashlib.sha256(body).hexdigest(),
            "sequence": json.loads(body)["data"].get("sequence"),
            "taken": kind == "good",
        }
        self.arrivals.append(arrival)
        answer = await self._answer(kind, request)
        arrival["answered_at"] = time.time()
        return answer

    async def _answer(self, kind: str, request: web.Request) -> web.StreamResponse:
        if kind == "hangs":
            await asyncio.sleep(60)
        if kind == "limits":
            return web.Response(status=429, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})
        if kind == "cuts":
            if request.transport is not None:
                request.transport.write(b"HTTP/1.1 200 OK\r\nContent-Le")
                request.transport.close()
            return web.Response()
        return web.Response(status=500 if kind == "fails" else 204)

    async def show(self, _: web.Request) -> web.Response:
        return web.json_response(self.arrivals)

    async def heal(self, _: web.Request) -> web.Response:
        self.healed = True
        return web.Response()


async def _serve() -> None:
    receivers = Receivers()
    app = web.Application()
    app.router.add_get("/arrivals", receivers.show)
    app.router.add_post("/heal", receivers.heal)
    app.router.add_post("/{kind}/{n}", receivers.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
    sys.stdout.write(f"http://127.0.0.1:{runner.addresses[0][1]}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve())
