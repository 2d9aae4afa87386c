"""Servers whose bodies are packed, cut, slow, endless or empty (RFC 9110 §8.4, RFC 9112 §6 and §7)."""

import asyncio
import gzip
import zlib

import brotli
import zstandard

from tests.services.misbehaving.press import FEED
from tests.services.misbehaving.serving import Fault, Request, Wire, always, answer, in_turn, packed, raw

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
BOMB = gzip.compress(bytes(40_000_000))


def chunk(data: bytes, extension: bytes = b"") -> bytes:
    return b"%x%s\r\n%s\r\n" % (len(data), extension, data)


def then_for_ever(start: bytes, more: bytes, pause: float = 0.0) -> Fault:
    """Send `start`, then `more` again and again."""

    async def fault(_: Request, wire: Wire) -> None:
        await wire.send(start)
        while True:
            await wire.send(more)
            await asyncio.sleep(pause)

    return fault


_bare_deflate = zlib.compressobj(wbits=-15)
gzip_said_and_done = in_turn(packed("gzip", gzip.compress(FEED)))
gzip_said_not_done = in_turn(packed("gzip", FEED))
gzip_done_not_said = always(200, gzip.compress(FEED))
gzip_twice = in_turn(packed("gzip, gzip", gzip.compress(gzip.compress(FEED))))
gzip_cut = in_turn(packed("gzip", gzip.compress(FEED)[:-40]))
gzip_with_junk_after = in_turn(packed("gzip", gzip.compress(FEED) + bytes(64)))
deflate_with_header = in_turn(packed("deflate", zlib.compress(FEED)))
deflate_bare = in_turn(packed("deflate", _bare_deflate.compress(FEED) + _bare_deflate.flush()))
br_whoever_asks = in_turn(packed("br", brotli.compress(FEED)))
br_said_not_done = in_turn(packed("br", FEED))
zstd = in_turn(packed("zstd", zstandard.compress(FEED)))
unknown_coding = in_turn(packed("sdch", FEED))
bomb = in_turn(packed("gzip", BOMB))
bomb_in_a_bomb = in_turn(packed("gzip, gzip", gzip.compress(BOMB)))
announced_26_mb = raw(OK + b"Content-Length: 26000000\r\n\r\n" + FEED)
chunked_26_mb = then_for_ever(CHUNKED, chunk(b" " * 1_000_000))
endless = then_for_ever(OK + b"\r\n", b"<item/>" * 20_000)
dripping = then_for_ever(OK + b"Content-Length: 5000\r\n\r\n", b" ", 0.05)
slow_headers = then_for_ever(OK, b"X-Wait: more\r\n", 0.05)
silent = then_for_ever(b"", b"", 1.0)
cut = raw(OK + b"Content-Length: 9000\r\n\r\n" + FEED[:300])
cut_chunk = raw(CHUNKED + chunk(FEED[:300]) + b"500\r\n<item>")
no_last_chunk = raw(CHUNKED + chunk(FEED))
bad_chunk_size = raw(CHUNKED + b"zz\r\n" + FEED)
length_too_short = raw(OK + b"Content-Length: 420\r\n\r\n" + FEED)
length_and_chunks = raw(
    OK + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk(FEED) + b"0\r\n\r\n"
)
two_lengths = raw(OK + b"Content-Length: 3\r\nContent-Length: 900\r\n\r\n" + FEED)
length_in_words = raw(OK + b"Content-Length: many\r\n\r\n" + FEED)
length_negative = raw(OK + b"Content-Length: -1\r\n\r\n" + FEED)
until_close = raw(OK + b"\r\n" + FEED)
chunks_with_extensions = raw(CHUNKED + chunk(FEED, b";sig=abc") + b"0\r\n\r\n")
chunks_with_trailers = raw(CHUNKED + chunk(FEED) + b"0\r\nX-Digest: abc\r\n\r\n")
one_byte_chunks = raw(CHUNKED + b"".join(chunk(FEED[i : i + 1]) for i in range(len(FEED))) + b"0\r\n\r\n")
empty = always(200)
no_content = raw(b"HTTP/1.1 204 No Content\r\n\r\n")
partial = always(206, FEED[:200], "Content-Range: bytes 0-199/2000")
junk_after = in_turn(answer(200, FEED) + b"junk that nobody asked for")
