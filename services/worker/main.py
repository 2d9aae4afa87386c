"""`tocsin worker`: the Celery process, on one queue or both."""

import logging
import warnings
from collections.abc import Sequence

from celery.exceptions import SecurityWarning

from services.worker.tasks import worker_app
from shared.queue import DELIVER, PROCESS
from shared.settings import Settings

QUEUES = (PROCESS, DELIVER)


def run_worker(
    settings: Settings, database_url: str, redis_url: str, *, queues: Sequence[str], concurrency: int
) -> None:
    """Work until SIGTERM: what is in hand is finished first, for at most 10 seconds."""
    # As root it warns of pickle, which JSON tasks cannot carry.
    warnings.filterwarnings("ignore", category=SecurityWarning)
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
