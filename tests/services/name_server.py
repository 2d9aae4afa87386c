"""A name server on loopback, over UDP, whose answers change from one question to the next (RFC 1035)."""

import asyncio
import socket
import struct
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import cast

_A, _AAAA, _IN = 1, 28, 1
_POINTER_TO_QUESTION = b"\xc0\x0c"


@dataclass(slots=True)
class NameServer(asyncio.DatagramProtocol):
    """`answers` holds, for each name, the addresses of the first look-up, of the second, and so on; the last stays.

    Every answer is good for 0 seconds.
    """

    answers: dict[str, list[tuple[str, ...]]]
    port: int = 0
    asked: Counter[str] = field(default_factory=Counter)
    transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.DatagramTransport", transport)
        self.port = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        assert self.transport is not None
        self.transport.sendto(self.answer(data), addr)

    def answer(self, query: bytes) -> bytes:
        name, end = _read_name(query)
        kind = struct.unpack_from(">H", query, end)[0]
        # A look-up asks for both families: it is counted by the first of the two.
        self.asked[name] += kind == _A
        turns = self.answers.get(name, [()])
        turn = turns[min(self.asked[name], len(turns)) - 1]
        found = [ip_address(a).packed for a in turn if (":" in a) == (kind == _AAAA)]
        records = [
            _POINTER_TO_QUESTION + struct.pack(">HHIH", kind, _IN, 0, len(packed)) + packed
            for packed in found
        ]
        flags = 0x8180 if name in self.answers else 0x8183
        header = query[:2] + struct.pack(">HHHHH", flags, 1, len(records), 0, 0)
        return header + query[12 : end + 4] + b"".join(records)

    def look_up(self, name: str) -> tuple[str, ...]:
        """Ask this server over the network, as a resolver of a system does: first for A, then for AAAA."""
        found = (*_ask(self.port, name, _A), *_ask(self.port, name, _AAAA))
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return found


@asynccontextmanager
async def name_server(**answers: list[tuple[str, ...]]) -> AsyncIterator[NameServer]:
    """Serve names under `.example`."""
    server = NameServer({f"{name}.example": turns for name, turns in answers.items()})
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: server, local_addr=("127.0.0.1", 0)
    )
    try:
        yield server
    finally:
        transport.close()


def _ask(port: int, name: str, kind: int) -> list[str]:
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(5)
        asking.sendto(
            b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00"
            + labels
            + b"\x00"
            + struct.pack(">HH", kind, _IN),
            ("127.0.0.1", port),
        )
        answer = asking.recv(4096)
    count = struct.unpack_from(">H", answer, 6)[0]
    position = _read_name(answer)[1] + 4
    size = 4 if kind == _A else 16
    packed = (answer[position + number * (12 + size) + 12 :][:size] for number in range(count))
    return [str(ip_address(address)) for address in packed]


def _read_name(message: bytes) -> tuple[str, int]:
    labels, position = [], 12
    while length := message[position]:
        labels.append(message[position + 1 : position + 1 + length].decode())
        position += 1 + length
    return ".".join(labels), position + 1
