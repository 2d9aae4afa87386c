"""The HTTP application: health in words, for people and for whoever restarts what hangs."""

from dataclasses import asdict
from typing import Any

from fastapi import FastAPI, Response
from starlette.middleware.trustedhost import TrustedHostMiddleware

from shared.health import read_status
from shared.queue import Bell
from shared.settings import Settings
from shared.store.database import Database


def make_app(settings: Settings, database: Database, bell: Bell) -> FastAPI:
    """Make the application; everything it answers with is read afresh."""
    app = FastAPI(title="Tocsin", version="0.1.0", redoc_url=None)
    if not settings.api_token:
        # A page elsewhere must not reach a stranger's loopback through a name of its own (DNS rebinding).
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost", "[::1]"])

    @app.get("/health/live", summary="The process answers")
    def live() -> dict[str, bool]:
        return {"live": True}

    @app.get("/health/ready", summary="The line works: 200, or 503 and what is wrong in words")
    def ready(response: Response) -> dict[str, Any]:
        status = read_status(database, bell)
        response.status_code = 200 if status.ready else 503
        return asdict(status)

    return app
