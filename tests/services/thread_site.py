"""A site on 127.0.0.1 in a thread of its own, for commands that bring their own event loop."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answers = Mapping[str, tuple[int, str, str]]


@dataclass(frozen=True, slots=True)
class Posted:
    """One POST that arrived."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Site:
    """Where the site is, the paths that were asked for and what was posted."""

    url: str
    asked: list[str] = field(default_factory=list)
    posted: list[Posted] = field(default_factory=list)


@contextmanager
def thread_site(answers: Answers) -> Iterator[Site]:
    """Answer each path with its status, content type and text, every other with 404."""
    asked: list[str] = []
    posted: list[Posted] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self._answer()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            posted.append(Posted(self.path, headers, body))
            self._answer()

        def _answer(self) -> None:
            status, content_type, text = answers.get(self.path, (404, "text/plain", "no such page"))
            body = text.encode()
            self.send_response(status)
            self.send_header("content-type", content_type)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield Site(f"http://127.0.0.1:{server.server_address[1]}", asked, posted)
    finally:
        server.shutdown()
        server.server_close()
