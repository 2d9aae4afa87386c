"""The tables of schema `core` that rows are inserted into, as SQLModel classes; they never leave the store.

SQLModel with `table=True` does not validate: the constraints that hold are the database's, in the migrations.
A test compares these columns with the migrated schema.
"""

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, Column, DateTime, FetchedValue, Integer, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel


def _instant() -> Any:  # noqa: ANN401 - sqlmodel's Field is untyped
    return Field(sa_type=DateTime(timezone=True), nullable=False)


def _instant_or_none() -> Any:  # noqa: ANN401 - sqlmodel's Field is untyped
    return Field(default=None, sa_type=DateTime(timezone=True))


def _by_database() -> Any:  # noqa: ANN401 - sqlmodel's Field is untyped
    return Field(default=None, primary_key=True, sa_column_kwargs={"server_default": FetchedValue()})


class Core(SQLModel):
    __table_args__ = {"schema": "core"}


class Host(Core, table=True):
    __tablename__ = "hosts"
    host: str = Field(primary_key=True)
    own_network: bool = False
    next_turn_at: datetime = _instant()
    waits_until: datetime | None = _instant_or_none()
    waits_why: str = ""
    pages_from: datetime = _instant()


class Feed(Core, table=True):
    __tablename__ = "feeds"
    id: UUID | None = _by_database()
    url: str
    host: str
    title: str = ""
    title_given: bool = False
    folder: str = ""
    state: str = "active"
    starts_quiet: bool = False
    kind: str = ""
    language: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    body_digest: bytes | None = None
    seen_items: bytes = b""
    item_count: int = 0
    trusts_guids: bool = True
    moved_to: str | None = None
    moved_times: int = 0
    failures: int = 0
    recent_changes: list[datetime] = Field(sa_column=Column(ARRAY(DateTime(timezone=True)), nullable=False))
    next_poll_at: datetime = _instant()
    lease: UUID | None = None
    holder: int | None = None
    leased_until: datetime | None = _instant_or_none()
    last_polled_at: datetime | None = _instant_or_none()
    full_fetch_at: datetime | None = _instant_or_none()
    last_changed_at: datetime | None = _instant_or_none()
    last_outcome: str | None = None
    last_detail: str = ""
    created_at: datetime = _instant()
    removed_at: datetime | None = _instant_or_none()
    conditions_off: str = ""
    options: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    rhythm: bytes | None = None
    rhythm_words: str = ""
    spoke_at: datetime | None = _instant_or_none()
    quiet_after: datetime | None = _instant_or_none()
    quiet_since: datetime | None = _instant_or_none()
    quiet_chance: float | None = None
    quiet_words: str = ""
    quiet_judged_at: datetime | None = _instant_or_none()
    missing_since: datetime | None = _instant_or_none()
    every_minutes: int = 0
    skip_hours: int = 0
    skip_days: int = 0
    failing_since: datetime | None = _instant_or_none()
    failing_told: bool = False
    trusts_dates: bool = True
    paused_until: datetime | None = _instant_or_none()
    page: str = ""
    page_layout: str = ""
    page_votes: str = ""
    page_voted_at: datetime | None = _instant_or_none()


class Poll(Core, table=True):
    __tablename__ = "polls"
    feed_id: UUID = Field(primary_key=True)
    started_at: datetime = Field(sa_type=DateTime(timezone=True), primary_key=True)
    outcome: str
    status: int | None = None
    ms: int
    bytes: int = 0
    entries: int = 0
    new_entries: int = 0
    overlap: int = 0
    detail: str = ""


class Gap(Core, table=True):
    __tablename__ = "gaps"
    id: UUID | None = _by_database()
    feed_id: UUID
    from_at: datetime = _instant()
    to_at: datetime = _instant()
    reason: str


class FeedEvent(Core, table=True):
    __tablename__ = "feed_events"
    id: UUID | None = _by_database()
    feed_id: UUID | None = None
    language: str | None = None
    type: str
    about: str
    at: datetime = _instant()
    detail: str
    figures: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))


class FeedCard(Core, table=True):
    __tablename__ = "feed_cards"
    feed_id: UUID = Field(primary_key=True)
    guids: str
    dates: str
    texts: str
    conditions: str
    entries_a_day: float | None = None
    words: str
    evidence: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    learnt_at: datetime = _instant()


class Fetch(Core, table=True):
    __tablename__ = "fetches"
    id: UUID | None = _by_database()
    feed_id: UUID
    fetched_at: datetime = _instant()
    url: str
    content_type: str | None = None
    document: bytes | None = None
    positions: list[int] | None = Field(default=None, sa_column=Column(ARRAY(Integer)))
    backlog: bool = False
    expected_entries: int
    state: str = "waiting"
    attempts: int = 0
    lease: UUID | None = None
    holder: int | None = None
    leased_until: datetime | None = _instant_or_none()
    ring_at: datetime = _instant()
    rings: int = 0
    entries: int = 0
    new: int = 0
    revised: int = 0
    copies: int = 0
    seen: int = 0
    settling: int = 0
    refused: int = 0
    failed: int = 0
    detail: str = ""


class Release(Core, table=True):
    __tablename__ = "releases"
    id: UUID | None = _by_database()
    revision: int = 1
    state: str
    settle_by: datetime | None = _instant_or_none()
    settle_url: str | None = None
    settle_host: str | None = None
    settle_attempts: int = 0
    filing_failures: int = 0
    late_until: datetime | None = _instant_or_none()
    page_etag: str = ""
    page_modified: str = ""
    pending_draft: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    lease: UUID | None = None
    holder: int | None = None
    leased_until: datetime | None = _instant_or_none()
    ring_at: datetime | None = _instant_or_none()
    rings: int = 0
    fetch_id: UUID | None = None
    backlog: bool = False
    publisher: str = ""
    url: str | None = None
    published_claim: str | None = None
    published_at: datetime | None = _instant_or_none()
    published_doubt: str = ""
    published_precision: str = ""
    first_seen_at: datetime = _instant()
    updated_at: datetime = _instant()
    story_id: UUID | None = None
    tags: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    media: list[dict[str, str]] = Field(sa_column=Column(JSONB, nullable=False))
    text_source: str
    text_detail: str = ""
    embargo_until: datetime | None = _instant_or_none()
    matched_version: int | None = None
    site: str = ""
    withdrawn_at: datetime | None = _instant_or_none()
    withdrawn_reason: str = ""
    merged_into: UUID | None = None
    erased_at: datetime | None = _instant_or_none()
    bands: list[int] = Field(sa_column=Column(ARRAY(BigInteger), nullable=False))


class Revision(Core, table=True):
    __tablename__ = "revisions"
    release_id: UUID = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    title: str
    summary: str = ""
    body: str
    dateline: str = ""
    language: str | None = None
    zones: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    words: bytes
    made_at: datetime = _instant()
    changes: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))


class Identity(Core, table=True):
    __tablename__ = "identities"
    kind: str = Field(primary_key=True)
    digest: bytes = Field(primary_key=True)
    release_id: UUID


class Sighting(Core, table=True):
    __tablename__ = "sightings"
    release_id: UUID = Field(primary_key=True)
    feed_id: UUID = Field(primary_key=True)
    entry_key: bytes = Field(primary_key=True)
    guid: str | None = None
    url: str | None = None
    carried: bytes
    is_primary: bool
    reason: str
    first_seen_at: datetime = _instant()
    last_seen_at: datetime = _instant()
    claim: str | None = None
    redated: int = 0
    by_hand: bool = False
    merged_from: UUID | None = None


class Topic(Core, table=True):
    __tablename__ = "topics"
    id: UUID | None = _by_database()
    name: str
    query: str
    version: int = 1
    changed_version: int = 1
    created_at: datetime = _instant()
    last_rang_at: datetime | None = _instant_or_none()
    removed_at: datetime | None = _instant_or_none()


class Endpoint(Core, table=True):
    __tablename__ = "endpoints"
    id: UUID | None = _by_database()
    url: str
    secret: str
    previous_secret: str | None = None
    previous_secret_until: datetime | None = _instant_or_none()
    state: str = "active"
    reason: str = ""
    paused_until: datetime | None = _instant_or_none()
    failures: int = 0
    failing_since: datetime | None = _instant_or_none()
    lease: UUID | None = None
    holder: int | None = None
    leased_until: datetime | None = _instant_or_none()
    ring_at: datetime = _instant()
    rings: int = 0
    created_at: datetime = _instant()
    concurrency: int = 4
    rate: float | None = None
    fallback_id: UUID | None = None
    next_send_at: datetime | None = _instant_or_none()
    good_rounds: int = 20
    owed_before: UUID | None = None
    health_told: int = 0
    heartbeat: timedelta | None = None
    heartbeat_due_at: datetime | None = _instant_or_none()
    heartbeat_told_at: datetime | None = _instant_or_none()
    clock_ahead_seconds: int | None = None


class Subscription(Core, table=True):
    __tablename__ = "subscriptions"
    id: UUID | None = _by_database()
    topic_id: UUID | None = None
    endpoint_id: UUID
    format: str = "standard"
    per: str = "release"
    sequence: int = 0
    since_version: int
    created_at: datetime = _instant()
    removed_at: datetime | None = _instant_or_none()
    event: str | None = None
    gather: timedelta = timedelta()
    digest_at: time | None = None
    zone: str = "UTC"
    quiet_from: time | None = None
    quiet_to: time | None = None
    muted_until: datetime | None = _instant_or_none()
    ttl: timedelta | None = None
    held_until: datetime | None = _instant_or_none()


class Match(Core, table=True):
    __tablename__ = "matches"
    release_id: UUID = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    topic_id: UUID = Field(primary_key=True)
    topic_version: int
    evidence: list[dict[str, Any]] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    snippet: str = ""
    matched_at: datetime = _instant()
    watched_version: int
    corrects_version: int | None = None


class Message(Core, table=True):
    __tablename__ = "messages"
    id: UUID | None = _by_database()
    webhook_id: str | None = Field(default=None, sa_column_kwargs={"server_default": FetchedValue()})
    endpoint_id: UUID
    subscription_id: UUID | None = None
    type: str
    format: str = "standard"
    payload: bytes
    sequence: int | None = None
    state: str = "pending"
    reason: str = ""
    attempts: int = 0
    refusals: int = 0
    suspect: bool = False
    next_attempt_at: datetime | None = _instant_or_none()
    created_at: datetime = _instant()
    told_at: datetime | None = _instant_or_none()
    expires_at: datetime | None = _instant_or_none()


class Alert(Core, table=True):
    __tablename__ = "alerts"
    id: UUID | None = _by_database()
    subscription_id: UUID
    topic_id: UUID
    release_id: UUID
    revision: int
    message_id: UUID | None = None
    state: str | None = None
    folded: bool = False
    reason: str = ""
    created_at: datetime = _instant()
    telling: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    folded_into: UUID | None = None


class Delivery(Core, table=True):
    __tablename__ = "deliveries"
    message_id: UUID = Field(primary_key=True)
    started_at: datetime = Field(sa_type=DateTime(timezone=True), primary_key=True)
    endpoint_id: UUID
    attempt: int
    outcome: str
    status: int | None = None
    ms: int
    error: str = ""
    answer: str = ""


def table_of(model: type[SQLModel]) -> Table:
    """Give the Core table of a class, for bulk statements."""
    return SQLModel.metadata.tables[f"core.{model.__tablename__}"]
