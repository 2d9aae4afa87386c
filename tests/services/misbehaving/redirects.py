"""Servers that send the reader elsewhere (RFC 9110 §15.4)."""

from collections.abc import Callable

from tests.services.misbehaving.press import FEED, LATER, PAGE
from tests.services.misbehaving.serving import PATH, Fault, Request, Wire, always, answer

NEW = "/neu/feed.xml"


def to(target: str, status: int = 302, *lines: str) -> bytes:
    return answer(status, b"", f"Location: {target}", *lines)


def from_feed_to(target: str, status: int = 302, body: bytes = FEED, *, ends: int = 200) -> Fault:
    """Redirect the feed's own address, and answer everywhere else."""

    async def fault(request: Request, wire: Wire) -> None:
        await wire.send(to(target, status) if request.path == PATH else answer(ends, body))

    return fault


def chain(most: int, status: Callable[[int], int]) -> Fault:
    """Lead on from /1 to /2 and so on, and serve the feed after `most` redirects."""

    async def fault(request: Request, wire: Wire) -> None:
        step = int(request.path[1:]) if request.path != PATH else 0
        await wire.send(answer(200, FEED) if step == most else to(f"/{step + 1}", status(step)))

    return fault


async def moved_and_news_each_time(request: Request, wire: Wire) -> None:
    body = FEED if request.number < 5 else LATER
    await wire.send(to(NEW, 301) if request.path == PATH else answer(200, body))


async def moved_and_unchanged(request: Request, wire: Wire) -> None:
    if request.path == PATH:
        await wire.send(to(NEW, 308))
    elif request.conditional:
        await wire.send(b"HTTP/1.1 304 Not Modified\r\n\r\n")
    else:
        await wire.send(answer(200, FEED, 'ETag: "1"'))


async def cookie_loop(request: Request, wire: Wire) -> None:
    passed = "seen=1" in request.headers.get("cookie", "")
    await wire.send(answer(200, FEED) if passed else to(PATH, 302, "Set-Cookie: seen=1; Path=/"))


moved = from_feed_to(NEW, 301)
found = from_feed_to(NEW, 302)
see_other = from_feed_to(NEW, 303)
temporary = from_feed_to(NEW, 307)
permanent = from_feed_to(NEW, 308)
relative = from_feed_to("../archiv/./feed.xml?jahr=2026#oben")
spelled_badly = from_feed_to("/neu/pressemitteilungen für alle.xml")
scheme_left_out = from_feed_to("//127.0.0.1:1/feed.xml")
to_a_missing_page = from_feed_to(NEW, 302, PAGE, ends=404)
to_maintenance = from_feed_to("/wartung.html", 301, PAGE)
to_a_file = always(302, b"", "Location: file:///etc/passwd")
to_ftp = always(302, b"", "Location: ftp://presse.example/feed.xml")
to_a_private_address = always(302, b"", "Location: http://10.0.0.7/feed.xml")
to_the_metadata = always(301, b"", "Location: http://0xA9FEA9FE/latest/meta-data")
without_location = always(302, PAGE)
with_empty_location = always(301, PAGE, "Location: ")
to_no_address = always(302, b"", "Location: http://[")
around_itself = always(302, b"", f"Location: {PATH}")
longer_than_allowed = chain(11, lambda _: 302)
nine_of_every_kind = chain(9, lambda step: (301, 302, 303, 307, 308)[step % 5])
ten_permanent = chain(10, lambda step: (301, 308)[step % 2])
many_choices = always(300, PAGE)
use_proxy = always(305, PAGE)


async def endless_redirect_body(request: Request, wire: Wire) -> None:
    if request.path != PATH:
        await wire.send(answer(200, FEED))
        return
    await wire.send(f"HTTP/1.1 302 Found\r\nLocation: {NEW}\r\nContent-Length: 900000000\r\n\r\n".encode())
    await wire.send(b" " * 100_000)
