"""`/v1/subscriptions` and `/v1/endpoints`: which topic is told to which receiver."""

import os
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel

from services.api.listing import After, Listing, Most, Row, list_page, load_row
from shared.domain.door_answers import Door
from shared.domain.feed_address import endpoint_url
from shared.domain.signing import SECRET_BYTES, new_secret
from shared.store.catalog import list_view
from shared.store.database import Database
from shared.store.subscriptions import (
    add_subscription,
    find_endpoint,
    find_subscription,
    mark_endpoint_enabled,
    mark_subscription_removed,
)
from shared.store.topics import find_topic

_DELIVERIES_SHOWN = 10


class SubscriptionToAdd(BaseModel):
    """A topic, by id or name, and where its alerts are posted to."""

    topic: str
    url: str
    format: Door = "standard"


def subscription_routes(database: Database) -> APIRouter:
    """Make the routes of subscriptions."""
    router = APIRouter(prefix="/subscriptions", tags=["subscriptions"])

    @router.get("", summary="List which topic is told to which endpoint")
    def list_subscriptions(
        topic_id: Annotated[UUID | None, Query()] = None,
        endpoint_id: Annotated[UUID | None, Query()] = None,
        cursor: After = None,
        limit: Most = 50,
    ) -> Listing:
        where = {"topic_id": topic_id, "endpoint_id": endpoint_id}
        with database.begin() as transaction:
            return list_page(transaction, "subscriptions", where=where, after=cursor, most=limit)

    @router.post("", status_code=201, summary="Tell a topic to an endpoint; a new one's secret is shown once")
    def add(subscription: SubscriptionToAdd) -> Row:
        url = endpoint_url(subscription.url)
        with database.begin() as transaction:
            topic_id = find_topic(transaction, subscription.topic)
            secret = new_secret(os.urandom(SECRET_BYTES))
            added = add_subscription(transaction, topic_id, url, secret, message_format=subscription.format)
            row = load_row(transaction, "subscriptions", added.id, "subscription")
        return row | {"secret": added.secret, "is_new": added.is_new}

    @router.get("/{subscription}", summary="Show a subscription")
    def show(subscription: UUID) -> Row:
        with database.begin() as transaction:
            return load_row(transaction, "subscriptions", subscription, "subscription")

    @router.delete(
        "/{subscription}", status_code=204, summary="End a subscription; what it was owed is cancelled"
    )
    def remove(subscription: UUID) -> None:
        with database.begin() as transaction:
            mark_subscription_removed(transaction, find_subscription(transaction, str(subscription)))

    return router


def endpoint_routes(database: Database) -> APIRouter:
    """Make the routes of endpoints."""
    router = APIRouter(prefix="/endpoints", tags=["endpoints"])

    @router.get("", summary="List the receivers and how they are")
    def list_endpoints(
        state: Annotated[Literal["active", "paused", "disabled"] | None, Query()] = None,
        cursor: After = None,
        limit: Most = 50,
    ) -> Listing:
        with database.begin() as transaction:
            return list_page(transaction, "endpoints", where={"state": state}, after=cursor, most=limit)

    @router.get("/{endpoint}", summary="Show a receiver, what is told to it, and the last attempts")
    def show(endpoint: UUID) -> Row:
        where = {"endpoint_id": endpoint}
        with database.begin() as transaction:
            row = load_row(transaction, "endpoints", endpoint, "endpoint")
            subscriptions = list_view(transaction, "subscriptions", where=where, order="topic")
            deliveries = list_view(
                transaction, "deliveries", where=where, order="started_at DESC", most=_DELIVERIES_SHOWN
            )
        return row | {"subscriptions": subscriptions, "deliveries": deliveries}

    @router.post("/{endpoint}/enable", summary="Send to a paused or disabled receiver again at once")
    def enable(endpoint: UUID) -> Row:
        with database.begin() as transaction:
            mark_endpoint_enabled(transaction, find_endpoint(transaction, str(endpoint)))
            return load_row(transaction, "endpoints", endpoint, "endpoint")

    return router
