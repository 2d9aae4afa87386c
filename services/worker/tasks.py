"""The Celery tasks: a few lines around plain functions; they carry ids and only ring."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Event, Semaphore, Thread
from typing import Any
from uuid import UUID

from celery import Celery
from celery.signals import worker_process_init, worker_process_shutdown

from services.worker.deliver import Sent, check_lease, deliver_endpoints
from services.worker.network import NetworkLoop
from services.worker.process import Processed, process_fetches
from services.worker.settle import settle_releases
from services.worker.watching import Watching, watch_until
from shared.garbage import collect_seldom
from shared.http import GuardedClient
from shared.meter import Meter
from shared.queue import (
    BEAT_SECONDS,
    BEAT_TASK,
    DELIVER,
    DELIVER_TASK,
    PROCESS,
    PROCESS_TASK,
    SETTLE_TASK,
    Bell,
    queue_app,
)
from shared.settings import Settings
from shared.store.database import Database, open_database
from shared.store.heartbeats import name_this_process, record_heartbeat
from shared.store.metrics import add_to_metrics, list_latencies
from shared.store.presence import Presence

_DELIVER_PATIENCE_SECONDS = 0.05
_MOST_DELIVERIES_PENDING = 200
_MOST_SETTLING = 4
_STOP_PATIENCE_SECONDS = 8.0


@dataclass(slots=True)
class _Desk:
    """What one worker process works with; made after the fork, for pools do not survive it."""

    settings: Settings
    database: Database
    presence: Presence
    bell: Bell
    topics: Watching
    network: NetworkLoop
    instance: str
    stop: Event = field(default_factory=Event)
    beat_at: float = 0.0
    meter: Meter = field(default_factory=Meter)
    room_to_settle: Semaphore = field(default_factory=lambda: Semaphore(_MOST_SETTLING))


def worker_app(settings: Settings, database_url: str, broker_url: str) -> Celery:
    """Make the app with its three tasks; each child process opens its own desk."""
    check_lease()
    app = queue_app(broker_url)
    desks: list[_Desk] = []

    def open_desk(**_: Any) -> None:  # noqa: ANN401 - celery's signal
        collect_seldom()
        desk = _Desk(
            settings=settings,
            database=open_database(database_url, connections=8, secret_keys=settings.secret_key),
            presence=Presence(database_url, "worker"),
            bell=Bell(broker_url),
            topics=Watching(),
            network=NetworkLoop(settings),
            instance=name_this_process(),
        )
        desks[:] = [desk]
        looking = (desk.stop, desk.database, desk.topics, desk.instance)
        Thread(target=watch_until, args=looking, name="topics", daemon=True).start()

    def close_desk(**_: Any) -> None:  # noqa: ANN401 - celery's signal
        for desk in desks:
            desk.stop.set()
            desk.network.stop(_STOP_PATIENCE_SECONDS)
            desk.presence.end()
            desk.database.close()

    worker_process_init.connect(open_desk, weak=False)
    worker_process_shutdown.connect(close_desk, weak=False)
    _add_tasks(app, desks)
    return app


def _add_tasks(app: Celery, desks: list[_Desk]) -> None:
    @app.task(name=PROCESS_TASK)  # type: ignore[untyped-decorator]  # celery ships no types
    def process(ids: list[str]) -> None:
        _process(desks[0], [UUID(i) for i in ids])

    @app.task(name=SETTLE_TASK)  # type: ignore[untyped-decorator]  # celery ships no types
    def settle(ids: list[str]) -> None:
        _settle(desks[0], [UUID(i) for i in ids])

    @app.task(name=DELIVER_TASK)  # type: ignore[untyped-decorator]  # celery ships no types
    def deliver(ids: list[str]) -> None:
        _deliver(desks[0], [UUID(i) for i in ids])

    @app.task(name=BEAT_TASK)  # type: ignore[untyped-decorator]  # celery ships no types
    def beat(queue: str) -> None:
        _beat(desks[0], queue)


def _beat(desk: _Desk, queue: str) -> None:
    """Note that this queue is being consumed; behind a long queue the work itself is the sign of life."""
    if time.monotonic() - desk.beat_at < BEAT_SECONDS / 2:
        return
    desk.beat_at = time.monotonic()
    with desk.database.begin() as transaction:
        record_heartbeat(transaction, queue, desk.instance, desk.topics.said())


def _process(desk: _Desk, ids: list[UUID]) -> None:
    _beat(desk, PROCESS)
    begun = time.perf_counter()
    done = process_fetches(
        desk.database, desk.presence, desk.topics, ids, settle_seconds=desk.settings.settle_seconds
    )
    _measure(desk, done, time.perf_counter() - begun)
    desk.bell.ring_deliver(sorted(done.endpoint_ids))
    desk.bell.ring_settle(done.settling_ids)


def _measure(desk: _Desk, done: Processed, seconds: float) -> None:
    for _ in range(done.fetches):
        desk.meter.process_seconds.observe(seconds / done.fetches)
    for taken in done.match_seconds:
        desk.meter.match_seconds.observe(taken)
    for outcome, count in done.outcomes.items():
        desk.meter.entries.labels(outcome).inc(count)
    with desk.database.begin() as transaction:
        add_to_metrics(transaction, desk.meter.take())


def _settle(desk: _Desk, ids: list[UUID]) -> None:
    # Pages wait in the queue of deliveries: while thousands are read, nothing else would say that it lives.
    _beat(desk, DELIVER)
    # Nor may they hold deliveries up: what finds no room here waits in SQL, and the sweep rings again.
    if not desk.room_to_settle.acquire(blocking=False):
        return

    async def work(client: GuardedClient) -> None:
        try:
            done = await settle_releases(desk.database, desk.presence, client, desk.topics, ids)
        finally:
            desk.room_to_settle.release()
        desk.bell.ring_deliver(sorted(done.endpoint_ids))

    desk.network.start(work, patience=0, most_pending=_MOST_DELIVERIES_PENDING)


def _measure_posts(desk: _Desk, sent: Sequence[Sent]) -> None:
    for one in sent:
        desk.meter.deliveries.labels(one.outcome).inc()
        desk.meter.delivery_seconds.observe(one.ms / 1000)
    with desk.database.begin() as transaction:
        for latency in list_latencies(transaction, [one.message_id for one in sent if one.told]):
            desk.meter.alert_latency.labels("first_seen").observe(latency.from_first_sight)
            if latency.from_publication is not None:
                desk.meter.alert_latency.labels("published").observe(latency.from_publication)
        add_to_metrics(transaction, desk.meter.take())


def _deliver(desk: _Desk, ids: list[UUID]) -> None:
    _beat(desk, DELIVER)

    async def work(client: GuardedClient) -> None:
        done = await deliver_endpoints(desk.database, desk.presence, client, ids)
        desk.bell.ring_deliver(done.more)
        await asyncio.to_thread(_measure_posts, desk, done.sent)

    desk.network.start(work, patience=_DELIVER_PATIENCE_SECONDS, most_pending=_MOST_DELIVERIES_PENDING)
