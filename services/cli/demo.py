"""`up --demo`: a press office that publishes, a receiver that shows the alerts, and topics between them."""

import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from services.cli.stack import Stack
from services.demo.programme import demo_feed_urls
from services.demo.releases import DEMO_TOPICS
from shared.domain.alerts.signing import new_secret
from shared.domain.web.url import host_of
from shared.store.database import Transaction
from shared.store.feeds import NewFeed, add_feeds
from shared.store.subscriptions import add_subscription
from shared.store.topics import add_topic

LOOPBACK = "127.0.0.0/8"


@dataclass(frozen=True, slots=True)
class Demo:
    """The demo's two servers, what their start needs, and the feeds that are polled once all is ready."""

    services: Sequence[Sequence[str]]
    environment: dict[str, str]
    feed_urls: Sequence[str] = field(default_factory=tuple)

    def open(self, stack: Stack) -> None:
        """Start watching the press office."""
        with stack.database.begin() as transaction:
            watch_office(transaction, self.feed_urls)


def prepare_demo(stack: Stack) -> Demo:
    """Choose ports, write the secret down for the receiver, and subscribe it to the demo's topics."""
    office, receiver = free_port(), free_port()
    secret_file = stack.settings.data_dir / "demo-secret"
    secret = new_secret(os.urandom(24))
    _write_private(secret_file, secret)
    with stack.database.begin() as transaction:
        subscribe_receiver(transaction, f"http://127.0.0.1:{receiver}/alerts", secret)
    allowed = ",".join([LOOPBACK, *(str(network) for network in stack.settings.allowed_networks)])
    return Demo(
        services=(
            ("demo-receiver", "--port", str(receiver), "--secret-file", str(secret_file)),
            ("demo-office", "--port", str(office)),
        ),
        environment={"TOCSIN_ALLOWED_NETWORKS": allowed, "TOCSIN_POLL_MIN_SECONDS": "1"},
        feed_urls=demo_feed_urls(f"http://127.0.0.1:{office}"),
    )


def subscribe_receiver(transaction: Transaction, hook: str, secret: str) -> None:
    """Tell the demo's topics to its receiver; again is the same."""
    for name, query in DEMO_TOPICS:
        topic = add_topic(transaction, name, query)
        add_subscription(transaction, topic.id, hook, secret)


def watch_office(transaction: Transaction, feed_urls: Sequence[str]) -> None:
    """Poll the press office's feeds; they lie in a network of our own."""
    feeds = [NewFeed(url=url, host=host_of(url), own_network=True) for url in feed_urls]
    add_feeds(transaction, feeds)


def free_port() -> int:
    """Give a loopback port that is free at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _write_private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text + "\n", encoding="utf-8")
