"""The compose stack from nothing: up with one command, a verified alert, down without a trace."""

import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.running import free_port

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs" / "compose.md"
PROJECT = f"tocsin-test-{os.getpid()}"
PORT = free_port()
VERIFIED = "✓ "


def has_docker() -> bool:
    return bool(shutil.which("docker")) and (
        subprocess.run(["docker", "info"], capture_output=True, check=False).returncode == 0
    )


pytestmark = pytest.mark.skipif(not has_docker(), reason="no Docker engine answers")


def compose(*arguments: str, check: bool = True) -> str:
    done = subprocess.run(
        ["docker", "compose", "-p", PROJECT, "--profile", "demo", *arguments],
        cwd=ROOT,
        env=os.environ | {"TOCSIN_API_PORT": str(PORT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert not check or done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def stack() -> Iterator[float]:
    """Bring the demo up; give the instant at which it was healthy."""
    try:
        compose("up", "--build", "--wait")
        yield time.monotonic()
    finally:
        compose("down", "--volumes", "--remove-orphans", "--timeout", "30", check=False)


def ask(query: str, user: str = "tocsin_reader") -> str:
    return compose("exec", "-T", "db", "psql", "-U", user, "-At", "-c", query).strip()


def containers() -> list[dict[str, Any]]:
    lines = compose("ps", "--all", "--format", "json").splitlines()
    return [json.loads(line) for line in lines if line.startswith("{")]


def test_a_verified_alert_arrives_within_30_seconds(stack: float) -> None:
    while VERIFIED not in compose("logs", "--no-color", "demo-receiver"):
        assert time.monotonic() - stack < 30
        time.sleep(0.5)


def test_every_service_is_healthy_and_every_one_shot_has_ended_well(stack: float) -> None:
    states = {c["Service"]: c["Health"] or f"{c['State']} {c['ExitCode']}" for c in containers()}
    assert set(states.values()) == {"healthy", "exited 0"}, states


# What asks whether the database is up is told so, in these words, until it is.
ORDINARY = "the database system is starting up"


def test_the_services_log_nothing_alarming(stack: float) -> None:
    logs = compose("logs", "--no-color", "ingest", "worker", "deliver", "api", "migrate", "db").lower()
    lines = [line for line in logs.splitlines() if any(w in line for w in ("error", "warning", "fatal"))]
    assert [line for line in lines if ORDINARY not in line] == []


def test_the_ledger_adds_up(stack: float) -> None:
    assert ask("SELECT coalesce(sum(abs(missing)), 0) FROM ledger") == "0"


def test_the_secrets_of_endpoints_are_sealed_with_a_key_that_only_the_services_read(stack: float) -> None:
    assert (
        ask("SELECT count(*) > 0 AND bool_and(secret LIKE 'sealed:%') FROM core.endpoints", "tocsin") == "t"
    )
    assert len(compose("exec", "-T", "api", "/venv/bin/python", "-c", READ_KEY).strip()) >= 32
    assert compose("exec", "-T", "db", "ls", "/secrets").split() == ["password"]


def test_the_reader_cannot_write_nor_read_a_secret(stack: float) -> None:
    for statement in ("DELETE FROM releases", "SELECT * FROM core.secrets", "CREATE TABLE t ()"):
        assert compose("exec", "-T", "db", "psql", "-c", statement, check=False) == ""


def test_only_loopback_can_reach_the_api(stack: float) -> None:
    assert compose("port", "api", "8400").strip() == f"127.0.0.1:{PORT}"


def test_a_worker_that_is_killed_comes_back(stack: float) -> None:
    name = next(c["Name"] for c in containers() if c["Service"] == "worker")
    # From inside, as a crash does: what is killed from outside counts as stopped by its operator.
    kill = "from services.cli.health import find_main_process as f; import os; os.kill(f()[0], 9)"
    compose("exec", "-T", "worker", "/venv/bin/python", "-c", kill, check=False)

    ends_at = time.monotonic() + 60
    while _restarts(name) == 0 or not _is_healthy(name):
        assert time.monotonic() < ends_at
        time.sleep(0.5)


READ_KEY = "print(open('/secrets/tocsin/secret_key').read())"
SERVICES = ("ingest", "worker", "deliver", "api", "redis", "db")
PROMISES = {
    "entries without an outcome": "SELECT count(*) FROM fetches WHERE state = 'processed' AND entries <> "
    "new + revised + copies + seen + settling + refused + failed",
    "matches without an outcome": "SELECT coalesce(sum(abs(missing)), 0) FROM ledger",
    "alerts of one match": "SELECT count(*) FROM (SELECT FROM alerts GROUP BY subscription_id, release_id, revision "
    "HAVING count(DISTINCT message_id) > 1) AS twice",
    "releases of one address": "SELECT count(*) FROM (SELECT FROM releases GROUP BY url HAVING count(*) > 1) AS twice",
    "holes in a sequence": "SELECT count(*) FROM subscriptions s WHERE s.sequence <> "
    "(SELECT count(DISTINCT a.sequence) FROM alerts a WHERE a.subscription_id = s.id)",
}


@pytest.mark.parametrize("way", ["crash", "kill"])
def test_every_service_may_end_under_load(stack: float, way: str) -> None:
    for service in SERVICES:
        _end_by_crash(service) if way == "crash" else _end_by_kill(service)
        _wait_until_healthy()
    for service in ("db", "redis"):
        compose("restart", service)
    _wait_until_healthy()
    _wait_for_new_alerts()
    _stop_publishing_and_wait()
    assert {promise: ask(query) for promise, query in PROMISES.items()} == dict.fromkeys(PROMISES, "0")
    compose("start", "demo-office")


def _end_by_crash(service: str) -> None:
    """End the main process from inside: what is killed from outside counts as stopped by its operator."""
    name = next(c["Name"] for c in containers() if c["Service"] == service)
    before = _restarts(name)
    crash = "for p in /proc/[0-9]*; do [ \"$(cut -d' ' -f4 $p/stat)\" = 1 ] && kill -9 ${p#/proc/}; done"
    compose("exec", "-T", service, "sh", "-c", crash, check=False)
    _wait_until(lambda: _restarts(name) > before, 60, f"{service} was not started again")


def _end_by_kill(service: str) -> None:
    compose("kill", "-s", "KILL", service)
    time.sleep(2)
    compose("up", "--no-build", "--detach", service)


def _wait_until_healthy() -> None:
    # A hung process is ended by its own health check after four minutes.
    _wait_until(lambda: all(c["Health"] in {"healthy", ""} for c in containers()), 360, "not healthy again")


def _wait_for_new_alerts() -> None:
    before = int(ask("SELECT count(*) FROM alerts WHERE state = 'delivered'"))
    told = "SELECT count(*) FROM alerts WHERE state = 'delivered'"
    _wait_until(lambda: int(ask(told)) > before + 3, 120, "no alert arrives any more")


def _stop_publishing_and_wait() -> None:
    compose("stop", "demo-office")
    unhandled = (
        "SELECT (SELECT count(*) FROM fetches WHERE state IN ('waiting', 'working')) + "
        "(SELECT count(*) FROM alerts WHERE state = 'pending')"
    )
    _wait_until(lambda: ask(unhandled) == "0", 180, "something is still unhandled")


def _wait_until(holds: Callable[[], bool], seconds: float, otherwise: str) -> None:
    ends_at = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < ends_at, otherwise
        time.sleep(1)


# The demo polls each feed once a second at most; whoever else polls it meanwhile does so too early.
DONE_TWICE = {
    "polls": "SELECT count(*) FROM (SELECT "
    "started_at - lag(started_at) OVER (PARTITION BY feed_id ORDER BY started_at) AS apart FROM polls "
    "WHERE started_at > now() - interval '1 minute') AS p WHERE apart < interval '0.9 s'",
    "messages": "SELECT count(*) FROM (SELECT FROM deliveries WHERE started_at > now() - interval '1 minute' "
    "AND outcome = 'delivered' GROUP BY message_id HAVING count(*) > 1) AS d",
}


def test_scaled_services_share_the_work_and_do_none_of_it_twice(stack: float) -> None:
    compose(
        "up", "--no-build", "--wait", "--scale", "ingest=2", "--scale", "worker=3", "--scale", "deliver=2"
    )
    time.sleep(60)
    _wait_for_new_alerts()
    assert {what: ask(query) for what, query in DONE_TWICE.items()} == dict.fromkeys(DONE_TWICE, "0")
    assert int(ask("SELECT count(*) FROM polls WHERE started_at > now() - interval '1 minute'")) > 20
    compose(
        "up", "--no-build", "--wait", "--scale", "ingest=1", "--scale", "worker=1", "--scale", "deliver=1"
    )


def test_the_reader_is_cut_off_after_its_time(stack: float) -> None:
    begun = time.monotonic()
    assert compose("exec", "-T", "db", "psql", "-c", "SELECT pg_sleep(120)", check=False) == ""
    assert time.monotonic() - begun < 60


BACKUP = re.search(r"## Backup and restore\n```\n(.+?)\n\n(.+?)\n```", DOCS.read_text(), re.DOTALL)
COUNTS = (
    "SELECT (SELECT count(*) FROM releases), (SELECT count(*) FROM alerts), (SELECT count(*) FROM fetches), "
    "(SELECT count(*) FROM deliveries), (SELECT string_agg(sequence::text, ',' ORDER BY id) FROM subscriptions)"
)


def test_a_backup_comes_back_on_an_empty_volume_and_rings_nothing_again(stack: float, tmp_path: Path) -> None:
    assert BACKUP
    _stop_publishing_and_wait()
    before = ask(COUNTS)
    _run_in_shell(BACKUP[1], tmp_path)
    compose("rm", "--stop", "--force", "db")
    subprocess.run(["docker", "volume", "rm", f"{PROJECT}_db"], check=True, capture_output=True)
    compose("up", "--no-build", "--wait", "--no-deps", "db")
    compose("up", "--no-build", "migrate")
    assert ask("SELECT count(*) FROM releases") == "0"
    # All but the press office, which would publish on, and the poller, whose network is not opened yet: a feed
    # that it may not reach it asks ever more seldom. Then nothing may happen.
    quietly = "docker compose up --no-build --no-deps --wait worker deliver api demo-receiver"
    _run_in_shell(BACKUP[2].replace("docker compose up --wait", quietly), tmp_path)
    time.sleep(20)
    assert ask(COUNTS) == before
    # With what it depends on: the demo's network is opened anew for what starts after.
    compose("up", "--no-build", "--wait", "--force-recreate", "deliver", "ingest", "demo-office")
    _wait_for_new_alerts()
    assert {promise: ask(query) for promise, query in PROMISES.items()} == dict.fromkeys(PROMISES, "0")


def _run_in_shell(commands: str, folder: Path) -> None:
    """Run what the page says, on this test's stack."""
    of_project = f"docker compose --project-directory {ROOT} -p {PROJECT} --profile demo "
    done = subprocess.run(
        ["sh", "-ec", commands.replace("docker compose ", of_project)],
        cwd=folder,
        env=os.environ | {"TOCSIN_API_PORT": str(PORT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _restarts(name: str) -> int:
    return int(_inspect(name, "{{.RestartCount}}"))


def _is_healthy(name: str) -> bool:
    return _inspect(name, "{{.State.Health.Status}}") == "healthy"


def _inspect(name: str, what: str) -> str:
    done = subprocess.run(
        ["docker", "inspect", "--format", what, name], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


OVERRIDES = re.findall(r"```yaml\n(# docker-compose.override.yml\n.*?)```", DOCS.read_text(), re.DOTALL)


@pytest.mark.parametrize("override", OVERRIDES)
def test_the_override_examples_of_the_docs_render(override: str, tmp_path: Path) -> None:
    file = tmp_path / "override.yml"
    file.write_text(override)
    rendered = compose("-f", str(ROOT / "docker-compose.yml"), "-f", str(file), "config", "--services")
    assert {"ingest", "worker", "deliver"} <= set(rendered.split())
