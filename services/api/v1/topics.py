"""`/v1/topics`: the queries that someone watches, and each as a feed of what it rang for."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from services.api.listing import After, Listing, Most, Row, list_page, load_row
from shared.backtest import FORESEEN_SPAN, FORESEEN_TEXTS, Backtest, backtest
from shared.clock import now
from shared.domain.since import parse_since
from shared.domain.topics.concepts import Concepts
from shared.domain.topics.forecast import MOST_ALERTS_A_DAY
from shared.domain.topics.query_parser import parse_query
from shared.domain.topics.query_words import describe_query
from shared.errors import RefusedError
from shared.store.catalog import list_view
from shared.store.concepts import load_concepts
from shared.store.database import Database
from shared.store.names import checked_name
from shared.store.topics import add_topic, find_topic, mark_topic_edited, mark_topic_removed

_EXAMPLES = 10


class TopicToAdd(BaseModel):
    """A name, unique, and what to watch for."""

    name: str
    query: str
    yes: bool = Field(default=False, description=f"Take more than {MOST_ALERTS_A_DAY} alerts a day.")


class QueryToTry(BaseModel):
    """A query, and how far back to try it."""

    query: str
    since: str = Field(default="30d", description="90m, 12h, 30d, 4w or a date.")


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
        understood = understand(database, topic.query)
        with database.begin() as transaction:
            is_known = bool(list_view(transaction, "topics", where={"name": checked_name(topic.name)}))
        if not topic.yes and not is_known:
            refuse_flood(foresee(database, topic.query, now() - FORESEEN_SPAN))
        with database.begin() as transaction:
            added = add_topic(transaction, checked_name(topic.name), topic.query)
            row = load_row(transaction, "topics", added.id, "topic")
        return row | {"is_new": added.is_new, "understood": understood}

    @router.post("/preview", summary="Say what a query means and what it would have rung for")
    def preview(wanted: QueryToTry) -> Row:
        understood = understand(database, wanted.query)
        trial = foresee(database, wanted.query, parse_since(wanted.since, now()))
        return {"understood": understood} | preview_row(trial)

    @router.get("/{topic}", summary="Show a topic and how much it has read since it last rang")
    def show(topic: UUID) -> Row:
        with database.begin() as transaction:
            return load_row(transaction, "topics", topic, "topic")

    @router.patch("/{topic}", summary="Give a topic another query, and with it the next version")
    def edit(topic: UUID, change: TopicChange) -> Row:
        understood = understand(database, change.query)
        with database.begin() as transaction:
            mark_topic_edited(transaction, find_topic(transaction, str(topic)), change.query)
            return load_row(transaction, "topics", topic, "topic") | {"understood": understood}

    @router.delete("/{topic}", status_code=204, summary="Stop watching a topic; its subscriptions end")
    def remove(topic: UUID) -> None:
        with database.begin() as transaction:
            mark_topic_removed(transaction, find_topic(transaction, str(topic)))

    return router


def understand(database: Database, query: str) -> str:
    """Say in words what a query means; raises QueryError with the column where it cannot be used."""
    return describe_query(parse_query(query, known_concepts(database)))


def known_concepts(database: Database) -> Concepts:
    """Load the concepts that a query may name."""
    with database.begin() as transaction:
        return load_concepts(transaction)


def foresee(database: Database, query: str, since: datetime) -> Backtest:
    """Try a query on what was stored since an instant, as much as a forecast needs."""
    return backtest(database, query, known_concepts(database), since=since, now=now(), most=FORESEEN_TEXTS)


def refuse_flood(trial: Backtest) -> None:
    """Raise RefusedError for a query that would ring all day."""
    if trial.is_too_much:
        raise RefusedError(
            "query",
            f"this would have rung for {len(trial.hits):,} of the last {trial.read:,} releases; "
            'narrow it, or send "yes": true',
        )


def preview_row(trial: Backtest) -> Row:
    """Give what a query would have rung for: how often, where from, because of what, and ten examples."""
    examples = [hit.as_row() for hit in trial.hits[:_EXAMPLES]]
    return trial.counts() | {"hits": len(trial.hits), "examples": examples}
