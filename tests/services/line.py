"""The line in a test's hands: each hop called by name, on a real database, with a bell that only listens."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from xml.sax.saxutils import escape

from sqlalchemy import text

from services.worker.process import Processed, process_fetches
from services.worker.watching import Watching
from shared.domain.polling.novelty import SeenItems
from shared.store.database import Database, open_database
from shared.store.feeds import NewFeed, add_feeds, claim_due_feeds
from shared.store.polls import FeedCursor, NewFetch, PollRecord, record_polls
from shared.store.presence import Presence
from shared.store.subscriptions import AddedSubscription, add_subscription
from shared.store.topics import add_topic
from shared.sweep import Swept, sweep_once

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@dataclass(slots=True)
class ListeningBell:
    """A broker that remembers what was rung, and rings nobody."""

    fetches: list[UUID] = field(default_factory=list)
    releases: list[UUID] = field(default_factory=list)
    endpoints: list[UUID] = field(default_factory=list)

    def ring_process(self, ids: Sequence[UUID]) -> None:
        self.fetches += ids

    def ring_settle(self, ids: Sequence[UUID]) -> None:
        self.releases += ids

    def ring_deliver(self, ids: Sequence[UUID]) -> None:
        self.endpoints += ids

    def waiting(self, queue: str) -> int:
        return 0 if queue else -1


@dataclass(frozen=True, slots=True)
class Item:
    """One release as a feed carries it; whole texts, so that no page is awaited."""

    guid: str
    title: str = "Harbour police stop a freighter"
    body: str = (
        "The crew of the freighter is questioned about terrorism. Nobody was hurt, the prosecutor said."
    )
    url: str = ""


def feed_document(*items: Item, publisher: str = "Harbour police") -> bytes:
    """Write an RSS document; the words of an item are its own, so two items are two releases."""
    entries = "".join(
        f"<item><title>{escape(i.title)} {i.guid}</title><guid isPermaLink='false'>{i.guid}</guid>"
        f"<link>{i.url or f'https://press.example/{i.guid}'}</link>"
        f"<content:encoded><![CDATA[<p>{i.body} Reference {i.guid}.</p>]]></content:encoded></item>"
        for i in items
    )
    return (
        "<?xml version='1.0'?><rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/'>"
        f"<channel><title>{escape(publisher)}</title>{entries}</channel></rss>"
    ).encode()


class Line:
    """One database with the hops of the line as methods."""

    def __init__(self, database_url: str) -> None:
        self.database_url = database_url
        self.database: Database = open_database(database_url)
        self.presence = Presence(database_url, "test")
        self.topics = Watching()
        self.bell = ListeningBell()

    def close(self) -> None:
        self.presence.end()
        self.database.close()

    def feed(self, url: str = "https://press.example/feed.xml", *, quiet: bool = False) -> UUID:
        with self.database.begin() as transaction:
            ((feed_id, _),) = add_feeds(
                transaction, [NewFeed(url, "press.example", starts_quiet=quiet, own_network=True)]
            )
        return feed_id

    def subscribe(
        self, query: str, url: str = "https://desk.example/hook", name: str = ""
    ) -> AddedSubscription:
        with self.database.begin() as transaction:
            topic = add_topic(transaction, name or query, query)
            return add_subscription(transaction, topic.id, url, SECRET)

    def poll(
        self, feed_id: UUID, *items: Item, backlog: bool = False, publisher: str = "Harbour police"
    ) -> UUID:
        """Claim the feed and record a poll that found these items: T1 and T2, without ringing."""
        with self.database.begin() as transaction:
            claimed = claim_due_feeds(transaction, self.presence.lease(60), most=10, among=[feed_id])
        (feed,) = claimed
        record = PollRecord(
            feed_id=feed.id,
            lease=feed.lease,
            host=feed.host,
            started_at=datetime.now(UTC),
            outcome="changed",
            status=200,
            ms=5,
            detail="",
            next_poll_at=datetime.now(UTC) + timedelta(hours=1),
            failures=0,
            entries=len(items),
            new_entries=len(items),
            cursor=FeedCursor('"1"', None, uuid4().bytes, SeenItems().to_bytes(), len(items), ()),
            fetch=NewFetch(
                feed.url, "text/xml", feed_document(*items, publisher=publisher), None, len(items), backlog
            ),
        )
        with self.database.begin() as transaction:
            (fetch_id,) = record_polls(transaction, [record], host_gap_seconds=0, ring_after_seconds=0)
        return fetch_id

    def process(self, *fetch_ids: UUID) -> Processed:
        return process_fetches(self.database, self.presence, self.topics, list(fetch_ids), settle_seconds=60)

    def publish(self, feed_id: UUID, *items: Item, publisher: str = "Harbour police") -> Processed:
        """Poll and process in one go."""
        return self.process(self.poll(feed_id, *items, publisher=publisher))

    def sweep(self) -> Swept:
        return sweep_once(self.database, self.bell)  # type: ignore[arg-type]

    def sweep_until_rung(self) -> None:
        """Sweep, as every second does, until something is rung for; a dead process leaves within moments."""
        for _ in range(100):
            if self.sweep() != Swept():
                return
            time.sleep(0.05)
        raise AssertionError("the sweep found nothing to ring for")

    def ask(self, sql: str, **parameters: object) -> list[tuple[object, ...]]:
        with self.database.begin() as transaction:
            return [tuple(row) for row in transaction.execute(text(sql), parameters)]

    def one(self, sql: str, **parameters: object) -> object:
        """Give the only value that a query answers with."""
        ((value,),) = self.ask(sql, **parameters)
        return value

    def standard_bodies(self) -> list[dict[str, Any]]:
        """Read the body of every message that was made for an ordinary receiver, and was not erased."""
        made = self.ask(
            "SELECT convert_from(payload, 'UTF8') FROM core.messages "
            "WHERE format = 'standard' AND octet_length(payload) > 0"
        )
        return [json.loads(str(body)) for (body,) in made]

    def do(self, sql: str, **parameters: object) -> None:
        with self.database.begin() as transaction:
            transaction.execute(text(sql), parameters)
