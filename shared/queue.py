"""The doorbell: Celery on Redis or RabbitMQ, two queues, tasks that carry ids and nothing else.

What is true stands in PostgreSQL before it is rung; a ring that is lost is rung again by the sweep.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import redis
from celery import Celery
from celery.signals import setup_logging
from kombu.entity import Queue
from kombu.exceptions import OperationalError

from shared.logs import get_log

PROCESS, DELIVER = "process", "deliver"
PROCESS_TASK, SETTLE_TASK, DELIVER_TASK = "tocsin.process", "tocsin.settle", "tocsin.deliver"
BEAT_TASK = "tocsin.beat"
BEAT_SECONDS = 5.0

_IDS_A_TASK = 25
# Above this many waiting tasks a ring adds nothing: the rows are in SQL, and the sweep comes back to them.
LONG_QUEUE = 400

log = get_log("queue")


def queue_app(broker_url: str) -> Celery:
    """Make the Celery app: late acknowledgement, JSON, bounded tasks, no gossip, no results.

    Each setting answers a known failure; the thread is named beside it.
    """
    app = Celery("tocsin", broker=broker_url, set_as_current=False)
    app.conf.update(
        task_queues=[_queue(PROCESS), _queue(DELIVER)],
        task_default_queue=PROCESS,
        task_ignore_result=True,
        task_serializer="json",
        accept_content=["json"],
        task_acks_late=True,
        task_reject_on_worker_lost=True,  # celery #1628: a killed child's task was acknowledged although late
        # No soft limit: its exception may be raised where a bad entry is counted as failed, or in a transaction.
        task_time_limit=150,
        task_publish_retry=False,  # the sweep rings again; a poller must not wait for a broker
        worker_prefetch_multiplier=1,  # celery #6500: prefetching starves short tasks
        worker_soft_shutdown_timeout=10,  # celery #9213: SIGTERM lost what was in hand
        worker_max_tasks_per_child=5_000,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_send_task_events=False,
        worker_enable_remote_control=False,  # kombu #294: reply keys filled Redis
        # celery #7185: True killed the main process
        worker_cancel_long_running_tasks_on_connection_loss=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options=_transport_options(broker_url),
        redis_socket_timeout=15,
        redis_socket_connect_timeout=5,
        redis_socket_keepalive=True,
        redis_backend_health_check_interval=10,
    )
    setup_logging.connect(_leave_logging_to_us, weak=False)
    return app


def _transport_options(broker_url: str) -> dict[str, Any]:
    if not _is_redis(broker_url):
        # What cannot be routed or stored must not look sent: then the sweep rings again. Nor may a ring wait.
        at_once = {"max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0}
        return {"confirm_publish": True} | at_once
    return {
        # Far above a task's hard limit: what is unacknowledged longer comes again (celery #5935).
        "visibility_timeout": 600,
        "socket_timeout": 15,  # celery #10502: a half-open connection is alive and deaf
        "socket_connect_timeout": 5,
        "socket_keepalive": True,
        "health_check_interval": 10,
        "retry_on_timeout": True,
    }


def _is_redis(broker_url: str) -> bool:
    return broker_url.startswith(("redis://", "rediss://", "unix://", "socket://"))


def _queue(name: str) -> Queue:
    return Queue(name)  # type: ignore[no-untyped-call]  # kombu ships no types


def _leave_logging_to_us(**_: Any) -> None:  # noqa: ANN401 - celery's signal
    """Keep Celery from installing its own handlers: connected, it takes no step of its own."""


def _redis_client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=5, socket_connect_timeout=5, health_check_interval=10)


class Bell:
    """Rings tasks; where the broker does not answer it says so once, and the sweep rings later."""

    def __init__(self, broker_url: str) -> None:
        self._app = queue_app(broker_url)
        self._redis = _redis_client(broker_url) if _is_redis(broker_url) else None
        self._silent = False

    def ring_process(self, fetch_ids: Sequence[UUID]) -> bool:
        """Ring for fetches to be processed."""
        return self._ring(PROCESS_TASK, PROCESS, fetch_ids)

    def ring_settle(self, release_ids: Sequence[UUID]) -> bool:
        """Ring for releases whose pages are to be fetched."""
        return self._ring(SETTLE_TASK, DELIVER, release_ids)

    def ring_deliver(self, endpoint_ids: Sequence[UUID]) -> bool:
        """Ring for endpoints that have something due."""
        return self._ring(DELIVER_TASK, DELIVER, endpoint_ids)

    def ring_beats(self) -> None:
        """Ask each queue for a sign of life: a worker that is connected and deaf cannot give one."""
        for queue in (PROCESS, DELIVER):
            self._send(BEAT_TASK, queue, [queue], expires=2 * BEAT_SECONDS)

    def waiting(self, queue: str) -> int | None:
        """Count the tasks that wait in a queue; None where the broker does not answer."""
        try:
            return int(self._redis.llen(queue)) if self._redis else self._declared(queue)
        except (redis.RedisError, OperationalError, OSError):
            return None

    def _declared(self, queue: str) -> int:
        """Count as brokers of the AMQP kind do: a queue that is asked for and not made says how long it is."""
        with self._app.pool.acquire(block=True, timeout=5) as connection:
            connection.ensure_connection(max_retries=1, interval_start=0, interval_step=0, timeout=5)
            try:
                with connection.channel() as channel:
                    return int(channel.queue_declare(queue, passive=True).message_count)
            except connection.channel_errors:
                return 0  # no worker has made it yet, so nothing waits in it

    def _ring(self, task: str, queue: str, ids: Sequence[UUID]) -> bool:
        if not ids:
            return True
        if (self.waiting(queue) or 0) > LONG_QUEUE:
            return False
        batches = [ids[start : start + _IDS_A_TASK] for start in range(0, len(ids), _IDS_A_TASK)]
        return all(self._send(task, queue, [[str(i) for i in batch]]) for batch in batches)

    def _send(self, task: str, queue: str, args: list[Any], expires: float | None = None) -> bool:
        try:
            self._app.send_task(task, args=args, queue=queue, expires=expires)
        except (OperationalError, redis.RedisError, OSError) as error:
            if not self._silent:
                log.warning("broker does not answer; the sweep will ring", task=task, error=str(error))
            self._silent = True
            return False
        self._silent = False
        return True
