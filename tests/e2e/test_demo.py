"""The demo as a newcomer runs it: real processes, verified alerts, kills, and nothing left behind."""

import json
import re
import signal
import urllib.request
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
import redis

from shared.embedded import embedded_services
from tests.e2e.running import Up, eventually, processes_of, up

DELIVERED = "SELECT count(*) FROM alerts WHERE state = 'delivered'"
TWO_IDS = (
    "SELECT count(*) FROM (SELECT 1 FROM core.alerts a JOIN core.messages m ON m.id = a.message_id "
    "GROUP BY a.subscription_id, a.release_id, a.revision HAVING count(DISTINCT m.webhook_id) > 1) d"
)
STORED_TWICE = "SELECT count(*) FROM (SELECT 1 FROM releases GROUP BY title, body HAVING count(*) > 1) d"


def alerts_received(running: Up) -> list[dict[str, Any]]:
    url = re.search(r"receiver open at (http://\S+)", running.text())
    assert url
    with urllib.request.urlopen(f"{url[1]}alerts") as answer:  # noqa: S310 - loopback
        found: list[dict[str, Any]] = json.loads(answer.read())
    return found


def test_the_demo_rings_verified_alerts_and_survives_kills_and_a_flushed_broker(tmp_path: Path) -> None:
    with up(tmp_path, "--demo") as running, embedded_services(tmp_path / "data") as services:
        eventually(lambda: alerts_received(running), what="a first alert")
        assert all(alert["verified"] for alert in alerts_received(running))

        with psycopg.connect(services.database_url, autocommit=True) as database:

            def ask(sql: str) -> int:
                row = database.execute(sql).fetchone()  # type: ignore[arg-type]
                assert row
                return int(row[0])

            for service in (("worker", "process"), ("worker", "deliver"), ("ingest",)):
                for process in running.services(*service):
                    process.send_signal(signal.SIGKILL)
                redis.Redis.from_url(services.redis_url).flushall()
                before = ask(DELIVERED)
                eventually(lambda start=before: ask(DELIVERED) > start + 3, what=f"alerts after {service}")

            eventually(lambda: ask("SELECT sum(pending) FROM ledger") == 0, what="nothing pending")
            assert ask("SELECT sum(abs(missing)) FROM ledger") == 0
            assert ask(TWO_IDS) == 0
            assert ask(STORED_TWICE) == 0
            assert ask("SELECT count(*) FROM fetches WHERE entries <> new + revised + copies + seen") == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_up_ends_everything_it_started(tmp_path: Path, number: signal.Signals) -> None:
    with up(tmp_path) as running:
        family = psutil.Process(running.process.pid).children(recursive=True)
        assert {"ingest", "api"} <= {word for p in family for word in p.cmdline()}
        running.end(number)

    assert [p for p in family if p.is_running() and p.status() != psutil.STATUS_ZOMBIE] == []
    assert processes_of(tmp_path) == []


def test_services_end_with_an_up_that_was_killed(tmp_path: Path) -> None:
    with up(tmp_path) as running:
        family = psutil.Process(running.process.pid).children(recursive=True)
        running.process.kill()
        running.process.wait()
        services = [p for p in family if "tocsin" in " ".join(p.cmdline())]
        _, alive = psutil.wait_procs(services, timeout=30)
        assert alive == []

    with embedded_services(tmp_path / "data", database=False, broker=False):
        """Whoever enters and leaves last ends the servers that were left behind."""
    assert processes_of(tmp_path) == []


def test_servers_of_our_own_that_die_are_started_again(tmp_path: Path) -> None:
    with up(tmp_path):
        with embedded_services(tmp_path / "data") as services:
            """Only to learn where they are: no other command may start them for `up`."""
        for process in psutil.process_iter(["name", "cwd"]):
            ours = str(tmp_path) in str(process.info["cwd"])
            if ours and process.info["name"] in {"postgres", "valkey-server"}:
                process.kill()

        def both_answer() -> bool:
            try:
                with (
                    psycopg.connect(services.database_url),
                    redis.Redis.from_url(services.redis_url) as broker,
                ):
                    return bool(broker.ping())
            except (psycopg.OperationalError, redis.ConnectionError):
                return False

        eventually(both_answer, what="both servers answer again")
        assert both_answer()
