"""A receiver in a process of its own that counts the posts it took and the connections they came on."""

import asyncio
import sys

from aiohttp import web


async def _serve() -> None:
    posts = 0
    connections: set[object] = set()

    async def take(request: web.Request) -> web.Response:
        nonlocal posts
        await request.read()
        posts += 1
        if request.transport is not None:
            connections.add(request.transport.get_extra_info("peername"))
        return web.Response(status=204)

    async def show(_: web.Request) -> web.Response:
        return web.json_response({"posts": posts, "connections": len(connections)})

    app = web.Application()
    app.router.add_post("/hook", take)
    app.router.add_get("/seen", show)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
    sys.stdout.write(f"http://127.0.0.1:{runner.addresses[0][1]}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve())
