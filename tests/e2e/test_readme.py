"""Every command of the README works as it stands there, on addresses of our own."""

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from shared.embedded import embedded_services
from tests.e2e.running import environment
from tests.services.line import Item, feed_document

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)
COMMANDS = [line.split("  #")[0].strip() for block in BLOCKS for line in block.splitlines() if line.strip()]


class Press(BaseHTTPRequestHandler):
    """A feed, and a desk that takes every webhook."""

    def do_GET(self) -> None:
        body = feed_document(Item("a"), Item("b"), Item("c"))
        self.send_response(200)
        self.send_header("content-type", "application/rss+xml")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def press() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Press)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture(scope="module")
def env(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Keep the services running beside the commands, as `make up` does for a user."""
    data_dir = tmp_path_factory.mktemp("readme") / "data"
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    with embedded_services(data_dir):
        yield environment(data_dir, PATH=path)


def test_every_tocsin_command_of_the_readme_works_in_its_order(press: str, env: dict[str, str]) -> None:
    ours = [command for command in COMMANDS if command.startswith("tocsin ")]
    assert len(ours) > 15
    failed = {}
    for command in ours:
        here = command.replace("https://press.example", press).replace("https://desk.example", press)
        done = subprocess.run(here, shell=True, env=env, capture_output=True, text=True, check=False)  # noqa: S602 - the README's own words
        if done.returncode != 0 and not (command == "tocsin status" and done.returncode == 1):
            failed[command] = done.stderr

    assert failed == {}


def test_every_make_command_of_the_readme_is_a_target() -> None:
    targets = [command.split()[1] for command in COMMANDS if command.startswith("make ")]

    for target in targets:
        done = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def test_every_page_that_the_readme_links_to_exists() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", README)

    assert [link for link in links if not (ROOT / link).exists()] == []
