"""The compose stack from nothing: up with one command, a verified alert, down without a trace."""

import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
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


def test_the_services_log_nothing_alarming(stack: float) -> None:
    logs = compose("logs", "--no-color", "ingest", "worker", "deliver", "api", "migrate", "db").lower()
    assert not [line for line in logs.splitlines() if any(w in line for w in ("error", "warning", "fatal"))]


def test_the_ledger_adds_up(stack: float) -> None:
    assert ask("SELECT coalesce(sum(abs(missing)), 0) FROM ledger") == "0"


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
    compose("-f", str(ROOT / "docker-compose.yml"), "-f", str(file), "config", "--quiet")
