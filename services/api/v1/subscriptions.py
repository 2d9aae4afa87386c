"""`/v1/subscriptions` and `/v1/endpoints`: which topic is told to which receiver."""

import os
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from services.api.listing import After, Listing, Most, Row, list_page, load_row
from shared.domain.alerts.doors import FORMATS
from shared.domain.alerts.feed_events import EVENT_NAMES
from shared.domain.alerts.signing import SECRET_BYTES, SignatureScheme, new_signing_secret, public_key
from shared.domain.alerts.timing_options import TimingOptions
from shared.domain.web.feed_address import endpoint_url
from shared.store.catalog import list_view
from shared.store.database import Database, Transaction
from shared.store.subscriptions import (
    AddedSubscription,
    add_event_subscription,
    add_subscription,
    change_timing,
    find_endpoint,
    find_subscription,
    mark_endpoint_enabled,
    mark_subscription_edited,
    mark_subscription_per,
    mark_subscription_removed,
)
from shared.store.topics import find_topic

_DELIVERIES_SHOWN = 10


class Told(BaseModel):
    """When and how a subscription is told; what is left out stays as it is, `none` takes it back."""

    gather: int | None = Field(default=None, ge=0, le=1440, description="Minutes to gather after the first.")
    digest: str | None = Field(default=None, description="One digest a day at this time: 08:00.")
    zone: str | None = Field(default=None, description="The time zone of its hours: Europe/Paris.")
    quiet: str | None = Field(default=None, description="Send nothing from 22:00-07:00, tell it after.")
    ttl: str | None = Field(default=None, description="List what could not be sent for so long (12h).")
    per: Literal["release", "story"] | None = Field(
        default=None, description="story: a translation or rewrite of what was told joins it."
    )
    format: Literal[FORMATS] | None = None  # type: ignore[valid-type]  # the formats are named once


class SubscriptionToAdd(Told):
    """A topic by id or name, or events of feeds (`feed.*`), and where it is posted to."""

    topic: str
    url: str
    signature: SignatureScheme = "v1"


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
        secret = new_signing_secret(subscription.signature, os.urandom(SECRET_BYTES))
        with database.begin() as transaction:
            added = _add(transaction, subscription, url, secret)
            _tell_so(transaction, added.id, subscription)
            row = load_row(transaction, "subscriptions", added.id, "subscription")
        key = public_key(added.secret) if added.secret and subscription.signature == "v1a" else None
        return row | {"secret": added.secret, "public_key": key, "is_new": added.is_new}

    @router.get("/{subscription}", summary="Show a subscription")
    def show(subscription: UUID) -> Row:
        with database.begin() as transaction:
            return load_row(transaction, "subscriptions", subscription, "subscription")

    @router.patch("/{subscription}", summary="Change how and when a subscription is told from now on")
    def change(subscription: UUID, told: Told) -> Row:
        with database.begin() as transaction:
            _tell_so(transaction, find_subscription(transaction, str(subscription)), told)
            return load_row(transaction, "subscriptions", subscription, "subscription")

    @router.delete(
        "/{subscription}", status_code=204, summary="End a subscription; what it was owed is cancelled"
    )
    def remove(subscription: UUID) -> None:
        with database.begin() as transaction:
            mark_subscription_removed(transaction, find_subscription(transaction, str(subscription)))

    return router


def _add(transaction: Transaction, wanted: SubscriptionToAdd, url: str, secret: str) -> AddedSubscription:
    message_format = wanted.format or "standard"
    if wanted.topic in EVENT_NAMES:
        return add_event_subscription(transaction, wanted.topic, url, secret, message_format=message_format)
    topic_id = find_topic(transaction, wanted.topic)
    return add_subscription(transaction, topic_id, url, secret, message_format=message_format)


def _tell_so(transaction: Transaction, subscription_id: UUID, told: Told) -> None:
    options = TimingOptions(told.gather, told.digest, told.zone, told.quiet, told.ttl)
    change_timing(transaction, subscription_id, options)
    if told.per:
        mark_subscription_per(transaction, subscription_id, told.per)
    if told.format:
        mark_subscription_edited(transaction, subscription_id, told.format)


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
