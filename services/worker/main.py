"""`tocsin worker`: the Celery process, on one queue or both."""

import logging
from collections.abc import Sequence

from services.worker.tasks import worker_app
from shared.queue import DELIVER, PROCESS
from shared.settings import Settings

QUEUES = (PROCESS, DELIVER)


def run_worker(
    settings: Settings, database_url: str, redis_url: str, *, queues: Sequence[str], concurrency: int
) -> None:
    """Work until SIGTERM: what is in hand is finished first, for at most 10 seconds."""
    app = worker_app(settings, database_url, redis_url)
    worker = app.Worker(
        pool="prefork",
        concurrency=concurrency,
        queues=list(queues),
        hostname=f"{'-'.join(queues)}@%h",
        loglevel=logging.WARNING,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
        quiet=True,
    )
    worker.start()
