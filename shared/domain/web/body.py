"""Unpacking an answer's body: every content coding in use, with a bound on what comes out."""

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import brotli
import zstandard

_GZIP_MAGIC = b"\x1f\x8b"
# Each step copies the packed rest, so few and large ones.
_STEP = 1024 * 1024
# Each member copies what follows it, however little it holds.
_MOST_MEMBERS = 100
_MOST_CODINGS = 3
# RFC 9659: a decoder of HTTP content needs no window over 8 MB.
_ZSTD_WINDOW = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class BodyFault:
    """A body that was not unpacked: over the limit, or damaged; `detail` says it in words."""

    kind: Literal["too_big", "damaged"]
    detail: str


class _DamagedError(Exception):
    pass


def decode_body(raw: bytes, encodings: tuple[str, ...], limit: int) -> bytes | BodyFault:
    """Undo the content codings (as Content-Encoding lists them) and return at most `limit` bytes.

    Never holds much more than `limit` bytes. What plainly is text although a coding is claimed passes as it
    is, and so does an unknown coding; gzip that nobody declared is unpacked, for no feed begins with its
    magic.
    """
    if len(encodings) > _MOST_CODINGS:
        return BodyFault("damaged", f"packed {len(encodings)} times")
    body = raw
    for encoding in reversed(encodings):
        unpacked = _decode_one(body, encoding, limit)
        if isinstance(unpacked, BodyFault):
            return unpacked
        body = unpacked
    if body.startswith(_GZIP_MAGIC):
        return _decode_one(body, "gzip", limit)
    return body if len(body) <= limit else _too_big(limit)


def _decode_one(body: bytes, encoding: str, limit: int) -> bytes | BodyFault:
    pieces_of = _CODINGS.get(encoding)
    if pieces_of is None or not body:
        return body
    try:
        return _joined(pieces_of(body, limit), limit)
    except (_DamagedError, zlib.error, brotli.error, zstandard.ZstdError) as error:
        if _plain(body, encoding):
            return body
        return BodyFault("damaged", f"cannot be unpacked as {encoding}: {error}")


def _joined(pieces: Iterator[bytes], limit: int) -> bytes | BodyFault:
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) > limit:
            return _too_big(limit)
    return bytes(body)


def _plain(body: bytes, encoding: str) -> bool:
    if encoding in {"gzip", "x-gzip"}:
        return not body.startswith(_GZIP_MAGIC)
    return body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"<", b"{", b"["}


def _too_big(limit: int) -> BodyFault:
    return BodyFault("too_big", f"more than {limit} bytes once unpacked")


def _gzip(body: bytes, limit: int) -> Iterator[bytes]:
    rest = body
    for _ in range(_MOST_MEMBERS):
        member = zlib.decompressobj(wbits=31)
        yield from _inflate(member, rest, limit)
        rest = member.unused_data
        if not rest.startswith(_GZIP_MAGIC):
            return  # Padding after the last member is no part of the body.
    raise _DamagedError(f"more than {_MOST_MEMBERS} gzip members")


def _deflate(body: bytes, limit: int) -> Iterator[bytes]:
    # RFC 9110 §8.4.1.2: "deflate" means the zlib format, and many servers send it bare.
    zlib_header = len(body) > 1 and body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0
    return _inflate(zlib.decompressobj(wbits=15 if zlib_header else -15), body, limit)


def _inflate(stream: "zlib._Decompress", body: bytes, limit: int) -> Iterator[bytes]:
    step = min(_STEP, limit + 1)
    piece = stream.decompress(body, step)
    while piece:
        yield piece
        piece = stream.decompress(stream.unconsumed_tail, step)
    if not stream.eof:
        raise _DamagedError("the packed data ends early")


def _brotli(body: bytes, limit: int) -> Iterator[bytes]:
    stream = brotli.Decompressor()
    step = min(_STEP, limit + 1)
    piece = stream.process(body, output_buffer_limit=step)
    while piece:
        yield piece
        piece = b"" if stream.is_finished() else stream.process(b"", output_buffer_limit=step)
    if not stream.is_finished():
        raise _DamagedError("the packed data ends early")


def _zstd(body: bytes, limit: int) -> Iterator[bytes]:
    stream = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
    with stream.stream_reader(body, read_across_frames=True) as reader:
        while piece := reader.read(min(_STEP, limit + 1)):
            yield piece


_CODINGS: dict[str, Callable[[bytes, int], Iterator[bytes]]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
