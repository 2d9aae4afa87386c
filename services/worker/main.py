"""`tocsin worker`: the Celery process, on one queue or both."""

import logging
import warnings
from collections.abc import Sequence

from celery.exceptions import CPendingDeprecationWarning, SecurityWarning

from services.worker.tasks import worker_app
from shared.logs import get_log
from shared.queue import DELIVER, PROCESS
from shared.settings import Settings

QUEUES = (PROCESS, DELIVER)

log = get_log("worker")


def run_worker(
    settings: Settings, database_url: str, broker_url: str, *, queues: Sequence[str], concurrency: int
) -> None:
    """Work until SIGTERM: what is in hand is finished first, for at most 10 seconds."""
    # As root it warns of pickle, which JSON tasks cannot carry.
    warnings.filterwarnings("ignore", category=SecurityWarning)
    # It announces a change of its next major version at every reconnect.
    warnings.filterwarnings("ignore", category=CPendingDeprecationWarning)
    app = worker_app(settings, database_url, broker_url)
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
    log.info("worker started", queues=list(queues), children=concurrency)
    worker.start()
    log.info("worker stopped", queues=list(queues))
