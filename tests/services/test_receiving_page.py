"""The page docs/receiving.md: its receiver and its check by hand do what it says."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from cryptography.exceptions import InvalidSignature
from standardwebhooks import Webhook

from shared.domain.alerts.signing import new_private_key, public_key
from shared.domain.alerts.signing import signed_headers as sign_by

PAGE = (Path(__file__).parents[2] / "docs" / "receiving.md").read_text(encoding="utf-8")
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = '{"type": "release.published", "data": {"release": {"title": "Marée noire à Roquesable"}}}'


def sample(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found
    return found[1]


def signed_headers(body: str) -> dict[str, str]:
    now = datetime.now(UTC)
    signature = Webhook(SECRET).sign("msg_1", now, body)
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signature,
    }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def started_sample(**environment: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    port = free_port()
    code = sample("python").replace("9000", str(port))
    with subprocess.Popen(
        [sys.executable, "-c", code],
        env={"PYTHONIOENCODING": "utf-8", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            wait_until_open(port)
            yield process, f"http://127.0.0.1:{port}/"
        finally:
            process.kill()


def wait_until_open(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(port)


def post(url: str, body: str, headers: dict[str, str]) -> int:
    request = Request(url, data=body.encode(), headers=headers, method="POST")  # noqa: S310 - loopback only
    try:
        with urlopen(request, timeout=20) as answer:  # noqa: S310 - loopback only
            return int(answer.status)
    except HTTPError as refusal:
        return refusal.code


def test_the_sample_receiver_takes_a_signed_post_and_refuses_an_altered_one() -> None:
    with started_sample(SECRET=SECRET) as (process, url):
        assert post(url, BODY, signed_headers(BODY)) == 204
        assert post(url, BODY + " ", signed_headers(BODY)) == 400
        assert process.stdout
        assert process.stdout.readline() == "msg_1 release.published Marée noire à Roquesable\n"


def test_the_sample_receiver_without_a_secret_distrusts_what_comes() -> None:
    # `subscribe` tells this from a receiver that does not work, and prints the secret.
    with started_sample() as (_process, url):
        assert post(url, BODY, signed_headers(BODY)) == 400


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node")
def test_the_receiver_in_node_takes_a_signed_post_and_refuses_others(tmp_path: Path) -> None:
    (tmp_path / "receiver.mjs").write_text(sample("js"), encoding="utf-8")
    port = free_port()
    environment = {"PATH": os.environ["PATH"], "SECRET": SECRET, "PORT": str(port)}
    command = ["node", str(tmp_path / "receiver.mjs")]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            wait_until_open(port)
            url, signed = f"http://127.0.0.1:{port}/", signed_headers(BODY)
            assert post(url, BODY, signed) == 204
            assert post(url, BODY + " ", signed) == 400
            assert post(url, BODY, signed | {"webhook-timestamp": "1600000000"}) == 400
            assert post(url, BODY, {}) == 400
            assert process.stdout
            assert process.stdout.readline() == "msg_1 release.published\n"
        finally:
            process.kill()


def test_the_check_with_a_public_key_takes_what_we_sign_and_nothing_else() -> None:
    names: dict[str, Any] = {}
    exec(sample("py"), names)  # noqa: S102 - the page's own words
    private = new_private_key(bytes(range(32)))
    headers = dict(sign_by(("whsec_YW5vdGhlciBvbmU=", private), "msg_1", 7, BODY.encode()))
    names["verify"](headers, BODY.encode(), public_key(private))
    with pytest.raises(InvalidSignature):
        names["verify"](headers, BODY.encode() + b" ", public_key(private))


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")
def test_the_check_by_hand_prints_the_signature_that_was_sent(tmp_path: Path) -> None:
    headers = signed_headers(BODY)
    (tmp_path / "body.json").write_text(BODY, encoding="utf-8")
    known = {"ID": headers["webhook-id"], "TIMESTAMP": headers["webhook-timestamp"], "SECRET": SECRET}
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", **known}
    printed = subprocess.run(
        ["sh", "-c", sample("sh")], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    ).stdout
    assert f"v1,{printed}" == headers["webhook-signature"]
