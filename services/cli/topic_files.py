"""Topics and subscriptions as YAML: what `topic export` prints and `topic import` takes."""

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.cli.endpoint_files import ListedEndpoint, set_listed
from services.cli.files import read_bounded
from services.cli.parsing import parse_known
from services.cli.subscription import checked_format
from shared.domain.alerts.holding import Timing
from shared.domain.alerts.signing import SECRET_BYTES, new_secret
from shared.domain.alerts.timing_options import TimingOptions
from shared.domain.web.feed_address import endpoint_url
from shared.domain.web.url import masked_url
from shared.errors import QueryError, RefusedError
from shared.store.catalog import list_view
from shared.store.database import Transaction
from shared.store.subscriptions import (
    AddedSubscription,
    Subscribed,
    add_subscription,
    change_timing,
    list_subscribed,
    mark_subscription_per,
)
from shared.store.topics import add_topic, mark_topic_edited

_LONGEST_NAME = 200


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ListedSubscription(_Strict):
    """Where a topic is told to, how and when; what is None stays as it is where the subscription is known."""

    url: str
    format: str = "standard"
    per: Literal["release", "story"] | None = None
    gather: Annotated[int, Field(ge=0, le=1440)] | None = None
    digest: str | None = None
    zone: str | None = None
    quiet: str | None = None
    ttl: str | None = None

    @property
    def timing(self) -> TimingOptions:
        """What is said of when it is told."""
        return TimingOptions(self.gather, self.digest, self.zone, self.quiet, self.ttl)


class ListedTopic(_Strict):
    """A topic with its subscriptions."""

    name: Annotated[str, Field(min_length=1, max_length=_LONGEST_NAME)]
    query: str
    subscriptions: tuple[ListedSubscription, ...] = ()

    def as_row(self) -> dict[str, Any]:
        """Give it as YAML and JSON have it."""
        return self.model_dump(mode="json", exclude_none=True)


class TopicFile(_Strict):
    """What a file holds: topics, and the endpoints of which something is set."""

    topics: tuple[ListedTopic, ...]
    endpoints: tuple[ListedEndpoint, ...] = ()


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did; `secrets` pairs the address of each new endpoint with its secret."""

    topics_added: int
    topics_edited: int
    subscriptions_added: int
    secrets: Sequence[tuple[str, str]]

    def as_row(self) -> dict[str, Any]:
        """Give it as JSON has it."""
        return {
            "topics_added": self.topics_added,
            "topics_edited": self.topics_edited,
            "subscriptions_added": self.subscriptions_added,
            "secrets": [{"url": url, "secret": secret} for url, secret in self.secrets],
        }

    def as_text(self) -> str:
        """Say it to a person, with each secret, this once."""
        added = f"Added {self.topics_added} topics and {self.subscriptions_added} subscriptions"
        secrets = (f"  {masked_url(url)}  secret {secret}" for url, secret in self.secrets)
        return "\n".join([f"{added}; edited {self.topics_edited} topics.", *secrets])


def list_topics(transaction: Transaction) -> list[ListedTopic]:
    """List every topic with its subscriptions, addresses in full."""
    told: dict[object, list[ListedSubscription]] = {}
    for one in list_subscribed(transaction):
        told.setdefault(one.topic_id, []).append(_listed(one))
    rows = list_view(transaction, "topics", order="name")
    return [
        ListedTopic(name=row["name"], query=row["query"], subscriptions=tuple(told.get(row["id"], ())))
        for row in rows
    ]


def _listed(one: Subscribed) -> ListedSubscription:
    per: Literal["story"] | None = "story" if one.per == "story" else None
    return ListedSubscription(url=one.url, format=one.format, per=per, **asdict(one.timing))


def write_topics(listed: Sequence[ListedTopic], endpoints: Sequence[ListedEndpoint] = ()) -> str:
    """Write topics and endpoints as YAML that `read_topics` reads back the same."""
    document = {"topics": [topic.as_row() for topic in listed]}
    if endpoints:
        document["endpoints"] = [endpoint.as_row() for endpoint in endpoints]
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=110)


def read_topics(file: Path) -> TopicFile:
    """Read a file of topics and check every query, address and format.

    Raises RefusedError naming the first that cannot be used.
    """
    listed = _read(file)
    return TopicFile(
        topics=tuple(_checked(topic, file) for topic in listed.topics),
        endpoints=tuple(endpoint.checked() for endpoint in listed.endpoints),
    )


def read_listed(file: Path) -> tuple[ListedTopic, ...]:
    """Read a file of topics, whatever their queries; raises RefusedError where it is none."""
    return _read(file).topics


def _read(file: Path) -> TopicFile:
    try:
        document = yaml.safe_load(read_bounded(file))
        return TopicFile.model_validate(document)
    except yaml.YAMLError as error:
        raise RefusedError(str(file), f"is no YAML: {' '.join(str(error).split())}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the document"
        raise RefusedError(str(file), f"{where}: {first['msg']}; see what topic export prints") from error


def _checked(topic: ListedTopic, file: Path) -> ListedTopic:
    try:
        parse_known(topic.query)
    except QueryError as error:
        raise RefusedError(str(file), f"topic {topic.name}: {error}") from error
    return topic.model_copy(update={"subscriptions": tuple(map(_checked_told, topic.subscriptions))})


def _checked_told(one: ListedSubscription) -> ListedSubscription:
    one.timing.change(Timing(), None)
    return one.model_copy(update={"url": endpoint_url(one.url), "format": checked_format(one.format)})


def add_listed(transaction: Transaction, listed: TopicFile) -> Imported:
    """Make topics, subscriptions and endpoints be as listed; a topic that is there with another query is edited."""
    known = {row["name"]: row for row in list_view(transaction, "topics")}
    added = edited = subscribed = 0
    secrets: list[tuple[str, str]] = []
    for topic in listed.topics:
        before = known.get(topic.name)
        if before and before["query"] != topic.query:
            mark_topic_edited(transaction, before["id"], topic.query)
            edited += 1
        topic_id = add_topic(transaction, topic.name, topic.query).id
        added += before is None
        for one in topic.subscriptions:
            made = _subscribe(transaction, topic_id, one)
            subscribed += made.is_new
            secrets += [(one.url, made.secret)] if made.secret else []
    secrets += set_listed(transaction, listed.endpoints)
    return Imported(added, edited, subscribed, secrets)


def _subscribe(transaction: Transaction, topic_id: UUID, one: ListedSubscription) -> AddedSubscription:
    secret = new_secret(os.urandom(SECRET_BYTES))
    made = add_subscription(transaction, topic_id, one.url, secret, message_format=one.format)
    change_timing(transaction, made.id, one.timing)
    if one.per:
        mark_subscription_per(transaction, made.id, one.per)
    return made
