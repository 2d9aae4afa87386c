"""The HTTP application: health in words, the metrics, and the first of `/v1`."""

from dataclasses import asdict, replace
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Response

from services.api.access import keep_strangers_out, require_token, require_token_or_parameter
from services.api.metrics import metrics_routes
from services.api.problems import answer_with_problems
from services.api.v1.alerts import alert_routes
from services.api.v1.atom import atom_routes
from services.api.v1.feeds import feed_routes
from services.api.v1.releases import release_routes
from services.api.v1.stream import stream_routes
from services.api.v1.subscriptions import endpoint_routes, subscription_routes
from services.api.v1.topics import topic_routes
from services.api.well_known import well_known_routes
from shared.health import read_status
from shared.queue import Bell
from shared.settings import Settings
from shared.store.database import Database


def make_app(settings: Settings, database: Database, bell: Bell) -> FastAPI:
    """Make the application; everything it answers with is read afresh."""
    app = FastAPI(title="Tocsin", version="0.1.0", redoc_url=None)
    keep_strangers_out(app, settings.api_token)
    answer_with_problems(app)
    app.include_router(health_routes(database, bell))
    app.include_router(metrics_routes(database, bell))
    app.include_router(well_known_routes(database))
    read = [Depends(require_token_or_parameter(settings.api_token))]
    for routes in (atom_routes(database), stream_routes(database)):
        app.include_router(routes, prefix="/v1", dependencies=read)
    everything = [Depends(require_token(settings.api_token))]
    for routes in (
        feed_routes(database, settings.allowed_networks),
        topic_routes(database),
        subscription_routes(database),
        endpoint_routes(database),
        release_routes(database),
        alert_routes(database),
    ):
        app.include_router(routes, prefix="/v1", dependencies=everything)
    return app


def health_routes(database: Database, bell: Bell) -> APIRouter:
    """Make the routes that say how Tocsin is; they hold no secret and ask for no token."""
    router = APIRouter(prefix="/health", tags=["health"])

    @router.get("/live", summary="The process answers")
    def live() -> dict[str, bool]:
        return {"live": True}

    @router.get("/ready", summary="The line works: 200, or 503 and what is wrong in words")
    def ready(response: Response) -> dict[str, Any]:
        status = read_status(database, bell)
        response.status_code = 200 if status.ready else 503
        # Asked without a token: which feeds are watched is not for everybody.
        return asdict(replace(status, feed_events=(), endpoints_failing=(), clocks_apart=(), topics=()))

    return router
