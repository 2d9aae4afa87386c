"""`tocsin api`: health and metrics over HTTP, and the sweep where it holds the lock."""

import threading

import uvicorn

from services.api.app import make_app
from shared.logs import get_log
from shared.queue import BEAT_SECONDS, Bell
from shared.settings import Settings
from shared.store.database import Database
from shared.store.heartbeats import name_this_process, record_heartbeat
from shared.sweep import sweep_until

log = get_log("api")


def run_api(settings: Settings, database: Database, broker_url: str) -> None:
    """Serve until SIGTERM or SIGINT; without a token on loopback only."""
    bell = Bell(broker_url)
    stop = threading.Event()
    threads = [
        threading.Thread(
            target=sweep_until,
            args=(stop, database, bell),
            kwargs={"keep_releases_days": settings.keep_releases_days},
            name="sweep",
        ),
        threading.Thread(target=_beat_until, args=(stop, database), name="beat"),
    ]
    for thread in threads:
        thread.start()
    host = "0.0.0.0" if settings.api_token else "127.0.0.1"  # noqa: S104 - with a token it may be reached
    try:
        uvicorn.run(
            make_app(settings, database, bell),
            host=host,
            port=settings.api_port,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=5,
        )
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _beat_until(stop: threading.Event, database: Database) -> None:
    instance = name_this_process()
    while True:
        try:
            with database.begin() as transaction:
                record_heartbeat(transaction, "api", instance)
        except Exception:  # a loop's edge: the next beat tries again
            log.exception("no heartbeat")
        if stop.wait(BEAT_SECONDS):
            return
