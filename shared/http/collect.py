"""Reading an answer: its bytes within a bound, its headers, its body unpacked."""

from dataclasses import dataclass

import httpx

from shared.domain.web.answer import Headers, headers_from
from shared.domain.web.body import decode_body
from shared.http.failures import CLIENT_ERRORS, Failure

_BODILESS = frozenset({204, 304})


@dataclass(frozen=True, slots=True)
class Body:
    """A complete body, unpacked; `wire_bytes` is what travelled."""

    content: bytes
    wire_bytes: int


def headers_of(response: httpx.Response) -> Headers:
    """Return the answer's headers; bytes outside ASCII are read as UTF-8, else as Latin-1 (RFC 9110 §5.5)."""
    pairs = [(_text(name), _text(value)) for name, value in response.headers.raw]
    location = response.extensions.get("location")
    return headers_from([*pairs, ("location", location)] if location else pairs)


async def collect_body(
    response: httpx.Response, headers: Headers, limit: int, raw: bytearray
) -> Body | Failure:
    """Read the body into `raw` and unpack it; a failure where it is over `limit`, cut off or damaged."""
    if response.status_code in _BODILESS:
        return Body(b"", 0)
    announced = _announced(headers)
    if announced is not None and announced > limit:
        return Failure("too_big", f"announces {announced} bytes, the limit is {limit}")
    try:
        async for chunk in response.aiter_raw():
            raw += chunk
            if len(raw) > limit:
                return Failure("too_big", f"more than {limit} bytes")
    except CLIENT_ERRORS as error:
        return _cut_off(error, len(raw), announced)
    return _unpacked(bytes(raw), headers, limit)


async def collect_start(response: httpx.Response, limit: int) -> bytes:
    """Read the first `limit` bytes of a body as they are; a connection that breaks ends them early."""
    raw = bytearray()
    try:
        async for chunk in response.aiter_raw():
            raw += chunk
            if len(raw) >= limit:
                break
    except CLIENT_ERRORS:
        pass  # The status has been read, and it is what counts.
    return bytes(raw[:limit])


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _announced(headers: Headers) -> int | None:
    length = headers.get("content-length")
    return int(length) if length.isdecimal() and length.isascii() else None


def _cut_off(error: Exception, got: int, announced: int | None) -> Failure:
    if isinstance(error, TimeoutError) or isinstance(error.__cause__, TimeoutError):
        return Failure("too_slow", f"stopped sending after {got} bytes")
    whole = f" of {announced}" if announced is not None else ""
    return Failure("refused", f"cut off after {got}{whole} bytes")


def _unpacked(raw: bytes, headers: Headers, limit: int) -> Body | Failure:
    content = decode_body(raw, headers.tokens("content-encoding"), limit)
    if isinstance(content, bytes):
        return Body(content, len(raw))
    return Failure("too_big" if content.kind == "too_big" else "refused", content.detail)
