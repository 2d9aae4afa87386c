"""An answer ends where its own Content-Length says: what a server sends beyond it spoils nothing.

aiohttp's parser reads the bytes after an answer as the next one, and throws the good answer away with them. Servers
that count characters, not bytes, or that give a 304 a body, would then never be read.
"""

import re
from asyncio import AbstractEventLoop
from functools import partial
from typing import Any

import aiohttp
from aiohttp.client_proto import ResponseHandler

_END = re.compile(rb"\r?\n\r?\n")
_STATUS = re.compile(rb"HTTP/\d\.\d (\d{3})")
_LENGTH = re.compile(rb"\ncontent-length:[ \t]*(\d{1,18})[ \t]*\r?\n", re.IGNORECASE)
_CODED = re.compile(rb"\ntransfer-encoding[ \t]*:", re.IGNORECASE)
_BODILESS = frozenset({b"204", b"304"})
_LONGEST_HEAD = 100_000


class FramedHandler(ResponseHandler):
    """Counts an answer's bytes, and drops what comes after the last together with the connection."""

    def __init__(self, loop: AbstractEventLoop) -> None:
        super().__init__(loop)
        self._head: bytearray | None = None
        self._left: int | None = None

    def set_response_params(self, **params: Any) -> None:  # noqa: ANN401 - handed on as it came
        """Begin to count anew: a request is about to be sent."""
        self._begin()
        super().set_response_params(**params)

    def data_received(self, data: bytes) -> None:
        """Hand on what belongs to the answer."""
        rest = self._through_head(data) if data and self._head is not None else data
        if self._head is not None or (data and not rest):
            return
        if self._left is None or not rest:
            super().data_received(rest)
            return
        body, beyond = rest[: self._left], rest[self._left :]
        self._left -= len(body)
        if body:
            super().data_received(body)
        if beyond:
            self.force_close()
            if self.transport is not None:
                self.transport.close()

    def set_exception(self, exc: BaseException, *cause: BaseException) -> None:
        """Fail the body too: where a chunk is damaged aiohttp would leave its reader waiting."""
        payload = self._payload
        super().set_exception(exc, *cause)
        if payload is not None and not payload.is_eof() and payload.exception() is None:
            payload.set_exception(aiohttp.ClientPayloadError(f"damaged: {exc}"))

    def _begin(self) -> None:
        self._head, self._left = bytearray(), None

    def _through_head(self, data: bytes) -> bytes:
        """Hand on the bytes up to the end of the header; return those after it."""
        head = self._head if self._head is not None else bytearray()
        known = len(head)
        head += data
        end = _END.search(head, max(known - 3, 0))
        if end is None:
            if len(head) > _LONGEST_HEAD:
                self._head = None
            super().data_received(data)
            return b""
        rest = bytes(head[end.end() :])
        super().data_received(data[: end.end() - known])
        return self._measure(bytes(head[: end.end()]), rest)

    def _measure(self, head: bytes, rest: bytes) -> bytes:
        status = _STATUS.match(head)
        if status and status[1].startswith(b"1") and status[1] != b"101":
            self._begin()
            return self._through_head(rest) if rest else b""
        self._head = None
        length = _LENGTH.search(head)
        if status and status[1] in _BODILESS:
            self._left = 0
        elif length and not _CODED.search(head):
            self._left = int(length[1])
        return rest


def frame_answers(connector: aiohttp.TCPConnector, loop: AbstractEventLoop) -> aiohttp.TCPConnector:
    """Make the connector's connections count their answers' bytes."""
    factory: Any = partial(FramedHandler, loop=loop)
    connector._factory = factory  # noqa: SLF001 - there is no other way in
    return connector
