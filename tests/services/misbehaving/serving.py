"""How a fault is served: each is a coroutine that answers one request on a bare connection."""

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from itertools import count

from tests.services.loopback import read_request

PATH = "/feed.xml"


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came; `number` counts those to this server, from 1."""

    number: int
    path: str
    headers: dict[str, str]

    @property
    def conditional(self) -> bool:
        return "if-none-match" in self.headers or "if-modified-since" in self.headers


@dataclass(slots=True)
class Wire:
    """The server's end of a connection, to be written to byte by byte."""

    writer: asyncio.StreamWriter
    closed: bool = False

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    def close(self) -> None:
        self.closed = True

    def reset(self) -> None:
        """End the connection with an RST, as a crashed server's kernel does."""
        raw: socket.socket = self.writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()
        self.closed = True


Fault = Callable[[Request, Wire], Awaitable[None]]


def answer(status: int, body: bytes = b"", *lines: str, reason: str = "Said") -> bytes:
    """Write an answer with a right Content-Length; `lines` are further headers."""
    head = [f"HTTP/1.1 {status} {reason}", *lines, f"Content-Length: {len(body)}"]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def packed(coding: str, body: bytes) -> bytes:
    """Answer with a body that is said to be packed like this."""
    return answer(200, body, f"Content-Encoding: {coding}")


def raw(data: bytes) -> Fault:
    """Send these very bytes and close."""

    async def fault(_: Request, wire: Wire) -> None:
        await wire.send(data)
        wire.close()

    return fault


def in_turn(*answers: bytes) -> Fault:
    """Give one answer after another, the last for ever, on connections that stay open."""

    async def fault(request: Request, wire: Wire) -> None:
        await wire.send(answers[min(request.number, len(answers)) - 1])

    return fault


def always(status: int, body: bytes = b"", *lines: str) -> Fault:
    """Give this answer to everyone."""
    return in_turn(answer(status, body, *lines))


@asynccontextmanager
async def serving(
    fault: Fault, *, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1"
) -> AsyncIterator[str]:
    """Serve a fault; yields the address of a feed on it."""
    numbers = count(1)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        wire = Wire(writer)
        with suppress(ConnectionError):
            while not wire.closed and (head := await read_request(reader)):
                await fault(_request(head, next(numbers)), wire)
        writer.close()

    server = await asyncio.start_server(talk, host, 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    try:
        yield f"{'https' if tls else 'http'}://{f'[{host}]' if ':' in host else host}:{port}{PATH}"
    finally:
        server.close()


def _request(head: bytes, number: int) -> Request:
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines if line)
    return Request(number, first.split(" ")[1], {name.lower(): value.strip() for name, _, value in pairs})
