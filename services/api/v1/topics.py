"""`/v1/topics`: the queries that someone watches, and each as a feed of what it rang for."""

from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from services.api.listing import After, Listing, Most, Row, list_page, load_row
from shared.domain.lexicon import load_lexicon
from shared.domain.query_parser import parse_query
from shared.domain.query_words import describe_query
from shared.store.database import Database
from shared.store.names import checked_name
from shared.store.topics import add_topic, find_topic, mark_topic_edited, mark_topic_removed


class TopicToAdd(BaseModel):
    """A name, unique, and what to watch for."""

    name: str
    query: str


class TopicChange(BaseModel):
    """The query that a topic has from now on; what it has told stays told."""

    query: str = Field(min_length=1)


def topic_routes(database: Database) -> APIRouter:
    """Make the routes."""
    router = APIRouter(prefix="/topics", tags=["topics"])

    @router.get("", summary="List the topics")
    def list_topics(cursor: After = None, limit: Most = 50) -> Listing:
        with database.begin() as transaction:
            return list_page(transaction, "topics", after=cursor, most=limit)

    @router.post("", status_code=201, summary="Watch for what a query describes")
    def add(topic: TopicToAdd) -> Row:
        understood = understand(topic.query)
        with database.begin() as transaction:
            added = add_topic(transaction, checked_name(topic.name), topic.query)
            row = load_row(transaction, "topics", added.id, "topic")
        return row | {"is_new": added.is_new, "understood": understood}

    @router.get("/{topic}", summary="Show a topic and how much it has read since it last rang")
    def show(topic: UUID) -> Row:
        with database.begin() as transaction:
            return load_row(transaction, "topics", topic, "topic")

    @router.patch("/{topic}", summary="Give a topic another query, and with it the next version")
    def edit(topic: UUID, change: TopicChange) -> Row:
        understood = understand(change.query)
        with database.begin() as transaction:
            mark_topic_edited(transaction, find_topic(transaction, str(topic)), change.query)
            return load_row(transaction, "topics", topic, "topic") | {"understood": understood}

    @router.delete("/{topic}", status_code=204, summary="Stop watching a topic; its subscriptions end")
    def remove(topic: UUID) -> None:
        with database.begin() as transaction:
            mark_topic_removed(transaction, find_topic(transaction, str(topic)))

    return router


def understand(query: str) -> str:
    """Say in words what a query means; raises QueryError with the column where it cannot be used."""
    return describe_query(parse_query(query, load_lexicon()))
