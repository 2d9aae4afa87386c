"""Servers whose validators and cache headers cannot be taken at their word (RFC 9110 §8.8, §13; RFC 9111)."""

from tests.services.misbehaving.press import FEED, ITEMS, LATER, document, item
from tests.services.misbehaving.serving import Fault, Request, Wire, always, answer, in_turn

NOT_MODIFIED = b"HTTP/1.1 304 Not Modified\r\n\r\n"
FUTURE = "Last-Modified: Thu, 28 Feb 2041 09:00:00 GMT"


def published(body: bytes, *lines: str) -> bytes:
    return answer(200, body, *lines)


def conditional(plain: bytes, asked: bytes) -> Fault:
    """Answer `asked` to whoever sends a validator, whatever it is."""

    async def fault(request: Request, wire: Wire) -> None:
        await wire.send(asked if request.conditional else plain)

    return fault


def tagged(*states: tuple[str, bytes]) -> Fault:
    """Honour ETags; each full answer is one state further, and a validator holds for the state it named."""
    shown = 0

    async def fault(request: Request, wire: Wire) -> None:
        nonlocal shown
        tag, body = states[min(shown, len(states) - 1)]
        before = states[max(shown - 1, 0)][0]
        asked = request.headers.get("if-none-match")
        if asked is not None and asked == before:
            await wire.send(NOT_MODIFIED)
        else:
            shown += 1
            await wire.send(published(body, f"ETag: {tag}"))

    return fault


honest = conditional(published(FEED, 'ETag: "1"'), NOT_MODIFIED)
unasked_304 = in_turn(NOT_MODIFIED)
body_after_304 = in_turn(
    published(FEED, 'ETag: "1"'),
    b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n<rss>junk",
    published(LATER, 'ETag: "2"'),
)
same_etag_new_body = in_turn(published(FEED, 'ETag: "1"'), published(LATER, 'ETag: "1"'))
same_weak_etag_new_entries = in_turn(published(FEED, 'ETag: W/"1"'), published(LATER, 'ETag: W/"1"'))
new_etag_same_body = in_turn(published(FEED, 'ETag: "1"'), published(FEED, 'ETag: "2"'))
new_bytes_same_entries = in_turn(
    published(FEED, 'ETag: "1"'), published(FEED.replace(b"<item>", b"\n <item>"), 'ETag: "2"')
)
modified_in_2041 = conditional(published(FEED, FUTURE), NOT_MODIFIED)


async def for_ever_304(request: Request, wire: Wire) -> None:
    """Show something new to whoever asks in full, and 304 to all others."""
    body = document(item(4 + request.number, f"Mitteilung {request.number}"), *ITEMS).encode()
    await wire.send(NOT_MODIFIED if request.conditional else published(body, f'ETag: "{request.number}"'))


honest_and_changed = tagged(('"1"', FEED), ('"2"', LATER))
unquoted_etag = conditional(published(FEED, "ETag: abc"), NOT_MODIFIED)
foreign_etag = in_turn(published(FEED, 'ETag: "pressé"'), published(FEED, 'ETag: "pressé"'))
two_etags = in_turn(published(FEED, 'ETag: "1"', 'ETag: "2"'), NOT_MODIFIED)
modified_on_no_date = conditional(published(FEED, "Last-Modified: gestern"), NOT_MODIFIED)
other_etag_in_304 = in_turn(published(FEED, 'ETag: "1"'), b'HTTP/1.1 304 Not Modified\r\nETag: "9"\r\n\r\n')
precondition_failed = conditional(published(FEED, 'ETag: "1"'), answer(412, b"no"))
waits_with_304 = in_turn(
    published(FEED, 'ETag: "1"'), b"HTTP/1.1 304 Not Modified\r\nRetry-After: 900\r\n\r\n"
)
fresh_for_half_an_hour = always(200, FEED, "Cache-Control: max-age=1800")
