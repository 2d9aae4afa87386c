"""`/v1/alerts` and `/v1/deliveries`: what was told, to whom, and every attempt at it."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query

from services.api.listing import After, Listing, Most, Row, Since, list_page, load_row
from shared.store.catalog import list_view
from shared.store.database import Database
from shared.store.listings import load_alert

State = Annotated[
    Literal["pending", "held", "delivered", "accepted", "folded", "dead", "cancelled"] | None, Query()
]
Named = Annotated[UUID | None, Query()]


def alert_routes(database: Database) -> APIRouter:
    """Make the routes."""
    router = APIRouter(tags=["alerts"])

    @router.get("/alerts", summary="List alerts, the newest first")
    def list_alerts(
        state: State = None,
        topic_id: Named = None,
        subscription_id: Named = None,
        release_id: Named = None,
        since: Since = None,
        cursor: After = None,
        limit: Most = 50,
    ) -> Listing:
        where = {
            "state": state,
            "topic_id": topic_id,
            "subscription_id": subscription_id,
            "release_id": release_id,
        }
        with database.begin() as transaction:
            return list_page(transaction, "alerts", where=where, since=since, after=cursor, most=limit)

    @router.get("/alerts/{alert}", summary="Show an alert: why it rang, and each attempt to tell it")
    def show(alert: UUID) -> Row:
        with database.begin() as transaction:
            load_row(transaction, "alerts", alert, "alert")
            row = load_alert(transaction, alert)
            where = {"message_id": row["message_id"]}
            deliveries = list_view(transaction, "deliveries", where=where, order="started_at")
        return row | {"deliveries": deliveries}

    @router.get("/deliveries", summary="List attempts, the newest first")
    def list_deliveries(
        message_id: Named = None,
        endpoint_id: Named = None,
        outcome: Annotated[str | None, Query()] = None,
        since: Since = None,
        cursor: After = None,
        limit: Most = 50,
    ) -> Listing:
        where = {"message_id": message_id, "endpoint_id": endpoint_id, "outcome": outcome}
        with database.begin() as transaction:
            return list_page(transaction, "deliveries", where=where, since=since, after=cursor, most=limit)

    return router
