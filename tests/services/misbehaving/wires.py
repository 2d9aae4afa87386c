"""Servers that speak no HTTP, an odd HTTP, or none to the end (RFC 9112 §2 to §5)."""

from tests.services.misbehaving.press import FEED
from tests.services.misbehaving.serving import Request, Wire, answer, raw

_BODY = b"\r\n\r\n" + FEED
_LENGTH = b"Content-Length: %d" % len(FEED)

mail_server = raw(b"220 mail.example ESMTP ready\r\n\r\n")
garbage_status = raw(b"HTTP/1.1 ?? whatever\r\n" + _LENGTH + _BODY)
status_of_four_digits = raw(b"HTTP/1.1 2000 OK\r\n" + _LENGTH + _BODY)
http_0_9 = raw(FEED)
http_1_0 = raw(b"HTTP/1.0 200 OK\r\n" + _LENGTH + _BODY)
http_2_only = raw(b"\x00\x00\x12\x04\x00\x00\x00\x00\x00" + bytes(18))
http_9_9 = raw(b"HTTP/9.9 200 OK\r\n" + _LENGTH + _BODY)
no_reason = raw(b"HTTP/1.1 200\r\n" + _LENGTH + _BODY)
foreign_reason = raw("HTTP/1.1 503 Überlastet\r\nContent-Length: 0\r\n\r\n".encode("latin-1"))
bare_line_feeds = raw(b"HTTP/1.1 200 OK\n" + _LENGTH + b"\n\n" + FEED)
folded_header = raw(b"HTTP/1.1 200 OK\r\nX-Long: a\r\n b\r\n" + _LENGTH + _BODY)
space_before_colon = raw(b"HTTP/1.1 200 OK\r\nX-Odd : a\r\n" + _LENGTH + _BODY)
nul_in_header = raw(b"HTTP/1.1 200 OK\r\nX-Odd: a\x00b\r\n" + _LENGTH + _BODY)
latin_1_header = raw("HTTP/1.1 200 OK\r\nX-Place: Zürich\r\n".encode("latin-1") + _LENGTH + _BODY)
two_content_types = raw(
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Type: text/xml; charset=utf-8\r\n"
    + _LENGTH
    + _BODY
)
header_of_a_megabyte = raw(b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 1_000_000 + b"\r\n" + _LENGTH + _BODY)
early_hints = raw(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" + answer(200, FEED))
continues_unasked = raw(b"HTTP/1.1 100 Continue\r\n\r\n" + answer(200, FEED))
switches_protocols = raw(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n")
hangs_up = raw(b"")
hangs_up_in_headers = raw(b"HTTP/1.1 200 OK\r\nContent-Ty")


async def resets_in_headers(_: Request, wire: Wire) -> None:
    await wire.send(b"HTTP/1.1 200 OK\r\nContent-")
    wire.reset()


async def resets_in_body(_: Request, wire: Wire) -> None:
    await wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n<rss>")
    wire.reset()
