"""The `standardwebhooks` package of npm verifies what we send, and nothing that was changed."""

import json
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.domain.alerts.event_schemas import EVENTS
from shared.domain.alerts.samples import sample_event
from shared.domain.alerts.signing import signed_headers
from tests.unit.vectors import SECRET, make_vectors

CHECK = """
import { readFileSync } from "node:fs";
import { Webhook } from "standardwebhooks";
const taken = ({ key, headers, body }) => {
  try { new Webhook(key).verify(body, headers); return true; } catch { return false; }
};
console.log(JSON.stringify(JSON.parse(readFileSync(0, "utf-8")).map(taken)));
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the package in a folder of the test's own; without npm, or where it has no way out, skip."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("needs npm")
    folder = tmp_path_factory.mktemp("npm")
    options = ("--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline", "--fetch-retries=0")
    done = subprocess.run(
        [npm, "install", *options, "standardwebhooks@1"],
        cwd=folder,
        capture_output=True,
        timeout=120,
        check=False,
    )
    if done.returncode:
        pytest.skip("npm could not install standardwebhooks")
    (folder / "check.mjs").write_text(CHECK, encoding="utf-8")
    return folder


def taken(library: Path, requests: list[dict[str, Any]]) -> list[bool]:
    said = subprocess.run(
        ["node", "check.mjs"],
        cwd=library,
        input=json.dumps(requests),
        capture_output=True,
        text=True,
        check=True,
    )
    value: list[bool] = json.loads(said.stdout)
    return value


def test_it_verifies_every_event(library: Path) -> None:
    now = datetime.now(UTC)
    bodies = [(sample_event(event, now) or b"").decode() for event in EVENTS]
    at = int(now.timestamp())
    requests = [
        {"key": SECRET, "headers": dict(signed_headers((SECRET,), "msg_1", at, body.encode())), "body": body}
        for body in bodies
    ]
    assert taken(library, requests) == [True] * len(EVENTS)


def test_it_refuses_a_changed_body_a_wrong_secret_and_a_stale_time(library: Path) -> None:
    now = datetime.now(UTC)
    shared = [one for one in make_vectors(now) if one["key"].startswith("whsec_") and one["wrong"] != "time"]
    assert taken(library, shared) == [one["wrong"] is None for one in shared]
    stale = [one for one in make_vectors(now - timedelta(hours=1)) if one["key"] == SECRET]
    assert not any(taken(library, stale))
